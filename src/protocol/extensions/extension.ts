/**
 * The one seam for extensions (RFC 6455 §9): an `Extension` is negotiated in the handshake, and what comes of it stands
 * between the frames on the wire and those that the application sends and receives.
 */
import { MoorageError } from '../errors.js';
import type { RsvClaims } from '../frame-parser.js';
import type { ExtensionParameter } from '../handshake/extension-offer.js';
import type { IncomingFrame } from '../incoming-frame.js';
import type { MessageLimits } from '../limits.js';
import type { MessageOpcode } from '../opcode.js';
import type { OutgoingFrame } from '../outgoing-frame.js';

/** Done at once, or when the promise settles. Return nothing wherever the work was done at once: it keeps messages cheap. */
export type Settling = void | Promise<void>;

export type Parameters = readonly ExtensionParameter[];

/**
 * An extension that endpoints can enable. One value serves any number of connections: what belongs to one connection
 * goes into the instance that `create` returns.
 *
 * @example
 * // Says that its frames are special, and changes nothing else.
 * const marked: Extension = {
 *   name: 'x-marked',
 *   rsv: { first: 2, continuation: 2 },                       // RSV2, on every data frame
 *   accept: () => marking,
 *   offers: () => [[]],
 *   confirm: () => marking,
 * };
 * const marking: AgreedExtension = {
 *   parameters: [],
 *   create: () => ({
 *     send: (frame, next) => next({ ...frame, rsv: frame.rsv | 2 }),
 *     receive: (frame, next) => next(frame),
 *   }),
 * };
 */
export interface Extension {
  /** The token in `Sec-WebSocket-Extensions`. */
  readonly name: string;
  /**
   * The RSV bits that it gives a meaning to (RSV1 is 4, RSV2 is 2, RSV3 is 1), on the first frames of messages and on
   * continuations. Control frames have none. Default: none at all.
   */
  readonly rsv?: RsvClaims;
  /** A server's answer to one offer of a client; `null` declines it, and the next one is tried. */
  accept(offered: Parameters): AgreedExtension | null;
  /** What a client offers: lists of parameters, in order of preference. */
  offers(): readonly Parameters[];
  /**
   * A client's look at the server's answer.
   *
   * @throws ExtensionError for parameters that were not offered or make no sense: the handshake fails (RFC 6455 §4.1).
   */
  confirm(answered: Parameters): AgreedExtension;
}

/** What both sides have settled on; one value may serve many connections. */
export interface AgreedExtension {
  /** For the server's answer. */
  readonly parameters: Parameters;
  /**
   * Says that what becomes of an outgoing message depends on the message and on this text alone. Messages prepared for
   * many are then encoded once for all connections whose extensions have the same. Left out: once for each connection.
   */
  readonly shareKey?: string;
  create(context: ExtensionContext): ExtensionInstance;
}

/** What an instance may know of its connection. */
export interface ExtensionContext {
  /** The bounds on what is received, as they are now. An extension that makes messages larger has to mind them. */
  readonly limits: MessageLimits;
  /** The bits that all extensions of the connection claim together. */
  readonly rsv: RsvClaims;
  /**
   * Whether a message of this kind is handed to the application as it comes, as a stream or in parts: an extension that
   * decodes should do so piece by piece then, each when the last has settled.
   */
  wantsPieces(opcode: MessageOpcode): boolean;
}

/**
 * An extension at work on one connection. Frames come in order, none before the last has settled, and never a control
 * frame. What is thrown ends the connection, with the error's own close code where it has one.
 */
export interface ExtensionInstance {
  /** Undoes what the peer's side did. Incoming frames may be pieces of frames: see `startsFrame` and `endsFrame`. */
  receive(frame: IncomingFrame, next: (frame: IncomingFrame) => Settling): Settling;
  /** Takes a frame of the application; `next` may be called any number of times, each after the last has settled. */
  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling;
  /** The connection is over: give back what would otherwise be held. Must not throw. */
  close?(): void;
}

/** The server answered with extensions that can't be: the handshake fails. */
export class ExtensionError extends MoorageError {
  override readonly name = 'ExtensionError';
}
