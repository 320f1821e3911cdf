import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Decoder } from '../messages/codec.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { EndpointOptions } from './config.js';
import type { Reply } from './decorator-types.js';
import type { Frame } from './frame.js';
import type { Session } from './session.js';

type Replying = Reply | PromiseLike<Reply>;
type Settled = void | PromiseLike<void>;

/**
 * An endpoint without decorators: any object that has some of these methods. They are what the decorators of the same
 * names are, with their arguments always in this order; only those that are there are registered, and one that returns a
 * promise holds the next event until it settles.
 *
 * Of text messages one method takes all, in one form, and of binary ones. `onWebSocketDecoded` stands beside them for
 * what the decoders take; by default that is all text, as JSON.
 *
 * @typeParam Message what the listener's `decoders` make. `listener(…)` finds it out.
 */
export interface WebSocketListener<Message = unknown> {
  /** The connection is open. Comes first; nothing is read before it has settled. */
  onWebSocketConnect?(session: Session): Settled;
  /** A whole text message. What it returns is sent as the reply. */
  onWebSocketText?(session: Session, text: string): Replying;
  /** Text as it arrives, never cut inside a character; `last` says whether the message ends with this part. */
  onWebSocketPartialText?(session: Session, part: string, last: boolean): Replying;
  /** Text as a Node stream, and so an async iterable, of strings. The message is done when this has settled and the stream was read. */
  onWebSocketTextStream?(session: Session, text: Readable): Replying;
  /** Text as a web stream. */
  onWebSocketTextWebStream?(session: Session, text: ReadableStream<string>): Replying;
  /** A whole binary message: a view of what was received, to be copied if it is kept for long. What it returns is sent. */
  onWebSocketBinary?(session: Session, data: Buffer): Replying;
  /** Bytes as they arrive; `last` says whether the message ends with this part. */
  onWebSocketPartialBinary?(session: Session, part: Buffer, last: boolean): Replying;
  /** Bytes as a Node stream, and so an async iterable, of Buffers. The message is done when this has settled and the stream was read. */
  onWebSocketBinaryStream?(session: Session, data: Readable): Replying;
  /** Bytes as a web stream. */
  onWebSocketBinaryWebStream?(session: Session, data: ReadableStream<Uint8Array>): Replying;
  /** What one of the option `decoders` has made of a message; of text as JSON where the option isn't given. What it returns is sent. */
  onWebSocketDecoded?(session: Session, message: Message): Replying;
  /** Every frame, before the event that is made from it. */
  onWebSocketFrame?(session: Session, frame: Frame): Settled;
  /** A ping, which has been answered already. */
  onWebSocketPing?(session: Session, payload: Buffer): Settled;
  onWebSocketPong?(session: Session, payload: Buffer): Settled;
  /** What ended the connection before its time. Comes before close, at most once. */
  onWebSocketError?(session: Session, cause: Error): Settled;
  /** The connection has ended; the last event. */
  onWebSocketClose?(session: Session, statusCode: number, reason: string): Settled;
}

/** Methods named as if a listener had them are refused: such a name is a slip. */
type WithoutSlips<L> = { readonly [Name in Exclude<keyof L, keyof WebSocketListener> & `onWebSocket${string}`]: never };

/** What decoders make. */
type MadeBy<D extends readonly Decoder[]> = D[number] extends Decoder<infer Message> ? Message : never;

/** A listener whose method takes less than the decoders make is refused: methods alone would be let through. */
type TakesAll<L, Message> = unknown extends Message
  ? unknown
  : L extends { onWebSocketDecoded(session: Session, message: infer Taken): unknown }
    ? [Message] extends [Taken]
      ? unknown
      : { readonly onWebSocketDecoded: (session: Session, message: Message) => Replying }
    : unknown;

/** The options that a listener is given: what `@WebSocket` takes, but for `stateless`, which says itself what it is. */
export interface ListenerOptions<D extends readonly Decoder[] = readonly Decoder[]>
  extends Omit<EndpointOptions, 'stateless' | 'decoders'> {
  /** What makes the messages of `onWebSocketDecoded`. Default JSON, of text. */
  decoders?: D;
}

/** Makes the listener of one connection. May be asynchronous; it is awaited before the upgrade is answered. */
export type ListenerFactory<L extends WebSocketListener = WebSocketListener> = (
  request: UpgradeRequest,
) => L | PromiseLike<L>;

/** One listener for all connections: what `listener({ … })` makes. */
export class ListenerEndpoint<L extends WebSocketListener = WebSocketListener> {
  readonly listener: L;
  readonly options: ListenerOptions;

  constructor(listener: L, options: ListenerOptions) {
    this.listener = listener;
    this.options = options;
  }
}

/** A listener for each connection: what `listener((request) => …)` makes. */
export class ListenerFactoryEndpoint {
  readonly factory: ListenerFactory;
  readonly options: ListenerOptions;

  constructor(factory: ListenerFactory, options: ListenerOptions) {
    this.factory = factory;
    this.options = options;
  }
}

/**
 * Makes an endpoint of a listener: an object for all connections, or a function that gives one for each.
 *
 * Whatever is wrong with it is said by `addEndpoint`, with an EndpointError; of what a function gives, at the upgrade,
 * which is answered with 500 then.
 *
 * @example
 * container.addEndpoint('/echo', listener({ onWebSocketText: (session, text) => text }));
 * container.addEndpoint('/count', listener(() => {
 *   let count = 0;
 *   return { onWebSocketText: () => `${++count}` };
 * }));
 * container.addEndpoint('/orders', listener(
 *   { onWebSocketDecoded: (session, order) => ({ ordered: order.pieces }) },
 *   { decoders: [json(Order)] },
 * ));
 */
export function listener<const D extends readonly Decoder[] = readonly Decoder[]>(
  factory: ListenerFactory<WebSocketListener<MadeBy<D>>>,
  options?: ListenerOptions<D>,
): ListenerFactoryEndpoint;
export function listener<
  const D extends readonly Decoder[] = readonly Decoder[],
  L extends WebSocketListener<MadeBy<D>> = WebSocketListener<MadeBy<D>>,
>(listener: L & WithoutSlips<L> & TakesAll<L, MadeBy<D>>, options?: ListenerOptions<D>): ListenerEndpoint<L>;
export function listener(
  given: ListenerFactory | WebSocketListener,
  options: ListenerOptions = {},
): ListenerFactoryEndpoint | ListenerEndpoint {
  return typeof given === 'function'
    ? new ListenerFactoryEndpoint(given, options)
    : new ListenerEndpoint(given, options);
}
