/**
 * The contract between the engine and the layer above it. The engine owns sockets, clocks and order; the layer above
 * owns user code. They meet here and nowhere else: the engine calls a `ConnectionHandler`, a handler asks things of a
 * `Channel`.
 *
 * What the engine promises a handler:
 *  - `onConnect` comes first, and nothing is read before it has settled;
 *  - calls never overlap: the next one is made when the result of the last has settled;
 *  - frames come in the order of the wire, `onError` at most once and before `onClose`, `onClose` exactly once and last;
 *  - whatever a call throws or rejects with ends this connection only, and never the process.
 */
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { MessageLimits } from '../protocol/limits.js';
import type { MessageOpcode } from '../protocol/opcode.js';
import type { PreparedMessage } from './prepared-message.js';

/** Done at once (`undefined`), or when the promise settles. One place of the engine tells them apart. */
export type Settling = void | Promise<void>;

export interface ConnectionHandler {
  /** Whether pings and pongs are to be handed up as events. Without it they cost nothing but the answer. */
  readonly wantsControlFrames: boolean;
  /** Whether data frames must come whole rather than in the pieces in which TCP brought them. */
  readonly wantsWholeFrames: boolean;
  /** Whether messages of this kind are handed on as they come: extensions that decode then do so piece by piece. */
  wantsPieces(opcode: MessageOpcode): boolean;

  onConnect(channel: Channel): Settling;
  /** A data frame or a piece of one, in sequence, decoded by the extensions. */
  onData(frame: IncomingFrame): Settling;
  /** A ping (already answered) or a pong; only with `wantsControlFrames`. A Close too, before `onClose`. */
  onControl(frame: IncomingFrame): Settling;
  onError(cause: Error): Settling;
  onClose(code: number, reason: string): Settling;
  /**
   * The peer's Close was read while a call is running: what it does for the peer is no longer wanted. At once. Sends still
   * work, so that what came before the Close can be answered, until its turn has come or the close timeout has passed.
   */
  onPeerClosing(): void;
  /** The connection can send no more: the transport ended or a Close went either way. At once, also while a call is running. */
  onEnd(): void;
  /** A failure that can't reach `onError` any more: thrown by `onError` or `onClose`, or by a call that the end overtook. Must not throw. */
  onUnhandled(cause: unknown, during: 'connection' | 'error' | 'close'): void;
}

/** What a handler may ask of its connection. Sends return `undefined` while the queue is below the high-water mark. */
export interface Channel {
  /** True from the upgrade until a Close was sent or received or the transport ended. */
  readonly isOpen: boolean;
  readonly isSecure: boolean;
  readonly remoteAddress: SocketAddress;
  readonly localAddress: SocketAddress;
  /** Bytes accepted for sending and not yet taken by the operating system. */
  readonly queuedBytes: number;
  /**
   * Undefined while the queue is below the high-water mark; above it, a promise that settles when the queue has come
   * down to the low one, and rejects when the connection ends before.
   */
  drained(): Settling;
  /**
   * Undefined while a whole message can be sent. In the middle of one that is sent in parts, which nothing may interrupt
   * (RFC 6455 §5.4): a promise that resolves after its last part, and never when the connection ends before.
   */
  partsEnded(): Settling;
  /** The bounds on what is received; assign a copy to change them for this connection from the next message on. */
  limits: MessageLimits;
  /** Milliseconds without a frame either way until the connection is closed with 1001; 0 or Infinity for never. */
  idleTimeout: number;

  /** @param compress `false` keeps extensions from compressing the message. */
  sendText(text: string, compress?: boolean): Settling;
  /** Large payloads are borrowed until the send has settled, small ones are copied. */
  sendBinary(data: Uint8Array, compress?: boolean): Settling;
  sendPartialText(text: string, last: boolean): Settling;
  sendPartialBinary(data: Uint8Array, last: boolean): Settling;
  sendPrepared(message: PreparedMessage): Settling;
  /** @throws RangeError over 125 bytes (RFC 6455 §5.5). */
  sendPing(payload: Uint8Array): Settling;
  sendPong(payload: Uint8Array): Settling;

  /**
   * Begins the closing handshake; without effect when it has begun. 1005 sends a Close without a code.
   * @throws RangeError for a code that may not be sent or a reason over 123 bytes of UTF-8; nothing has changed then.
   */
  close(code: number, reason: string): void;
  /** Destroys the transport without a Close; the handler's `onClose` gets 1006. */
  disconnect(): void;
  /**
   * Ends the connection as if a call to its handler had thrown this; without effect when it is ending. For what fails
   * while no call is running, as the method of a message that is still arriving may.
   */
  fail(thrown: unknown): void;
}

export interface SocketAddress {
  /** `undefined` when the transport is not a network socket. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly family: string | undefined;
}
