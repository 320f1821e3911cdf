import { described } from '../endpoint/described.js';
import type { Session as NativeSession } from '../endpoint/session.js';
import { parseExtensions } from '../protocol/handshake/headers.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import type { AddedHandlers } from './added-handlers.js';
import { CloseReason } from './close-reason.js';
import type { DecoderOption } from './codec.js';
import type { AnyMessageHandler, PartialHandler, WholeHandler } from './message-handler.js';
import type { PongMessage } from './pong-message.js';
import { AsyncRemote, BasicRemote } from './remote.js';
import { parameterMap, requestUri } from './request-facts.js';

/** What a session needs of the endpoint that it belongs to. */
export interface SessionSurroundings {
  /** The open sessions of the same endpoint, this one included. */
  openSessions(): Iterable<Session>;
  handlersOf(session: NativeSession): AddedHandlers;
}

/**
 * An open WebSocket by Jakarta's names: a view of Moorage's own session, which `unwrap()` gives.
 *
 * ```ts
 * @OnMessage
 * async onMessage(text: string, session: Session) {
 *   for (const other of session.getOpenSessions()) {
 *     await other.getBasicRemote().sendText(text);
 *   }
 * }
 * ```
 */
export class Session {
  readonly #native: NativeSession;
  readonly #surroundings: SessionSurroundings;
  #handlers: AddedHandlers | undefined = undefined;

  /** Sessions are made by the container. */
  constructor(native: NativeSession, surroundings: SessionSurroundings) {
    this.#native = native;
    this.#surroundings = surroundings;
  }

  /** Moorage's session of the same connection. */
  unwrap(): NativeSession {
    return this.#native;
  }

  /** Unique, and not to be guessed. */
  getId(): string {
    return this.#native.id;
  }

  /** True until a Close was sent or received or the connection was lost. */
  isOpen(): boolean {
    return this.#native.isOpen;
  }

  isSecure(): boolean {
    return this.#native.isSecure;
  }

  /** Always `'13'`, the version of RFC 6455. */
  getProtocolVersion(): string {
    return '13';
  }

  /** Empty where none was agreed on. */
  getNegotiatedSubprotocol(): string {
    return this.#native.subprotocol ?? '';
  }

  /** The names of the extensions that were agreed on. */
  getNegotiatedExtensions(): readonly string[] {
    const { extensions } = this.#native.upgradeResponse;
    return extensions === '' ? [] : (parseExtensions(extensions) ?? []).map(({ name }) => name);
  }

  /** The absolute URI of the request, `ws:` or `wss:`, with its query. */
  getRequestURI(): URL {
    return requestUri(this.#native.upgradeRequest);
  }

  /** The query as it was sent; empty where there was none. */
  getQueryString(): string {
    return this.#native.upgradeRequest.queryString;
  }

  /** The values of the query by name. */
  getRequestParameterMap(): ReadonlyMap<string, readonly string[]> {
    return parameterMap(this.#native.upgradeRequest);
  }

  /** The values of the path's variables, percent-decoded. */
  getPathParameters(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#native.pathParameters));
  }

  /** A place for the application's own values. */
  getUserProperties(): Map<string, unknown> {
    return this.#native.userProperties;
  }

  /** What the container's `authorize` hook answered with; undefined without one. */
  getUserPrincipal(): unknown {
    return this.#native.principal;
  }

  /** The sessions of the same endpoint that are open now, this one included. */
  getOpenSessions(): ReadonlySet<Session> {
    return new Set(this.#surroundings.openSessions());
  }

  /** Milliseconds; 0 for never. */
  getMaxIdleTimeout(): number {
    const { idleTimeout } = this.#native;
    return idleTimeout === Infinity ? 0 : idleTimeout;
  }

  /** @param milliseconds whole; 0 and less for never. @throws RangeError for fractions. */
  setMaxIdleTimeout(milliseconds: number): void {
    this.#native.idleTimeout = milliseconds < 0 ? 0 : milliseconds;
  }

  /** Bytes of one text message that are accepted, whole or in parts. */
  getMaxTextMessageBufferSize(): number {
    return this.#native.maxTextMessageSize;
  }

  /** @throws RangeError for anything but a whole number from 1, or Infinity. */
  setMaxTextMessageBufferSize(bytes: number): void {
    this.#native.maxTextMessageSize = bytes;
  }

  /** Bytes of one binary message that are accepted, whole or in parts. */
  getMaxBinaryMessageBufferSize(): number {
    return this.#native.maxBinaryMessageSize;
  }

  /** @throws RangeError for anything but a whole number from 1, or Infinity. */
  setMaxBinaryMessageBufferSize(bytes: number): void {
    this.#native.maxBinaryMessageSize = bytes;
  }

  getAsyncRemote(): AsyncRemote {
    return new AsyncRemote(this.#native);
  }

  getBasicRemote(): BasicRemote {
    return new BasicRemote(this.#native);
  }

  /**
   * Adds a handler of messages: one for text (`String`), one for binary (`Buffer`), one for pongs (`PongMessage`); text
   * and binary also as what a decoder makes (`new MoveDecoder()`, `json(Schema)`). A function or `MessageHandler.Whole` is
   * given whole messages, a `MessageHandler.Partial` parts.
   *
   * Nothing is read before `@OnOpen` has settled, so what is added there misses nothing.
   *
   * @throws MoorageError `MOORAGE_MESSAGE_HANDLER_EXISTS` for a second one of a kind, `@OnMessage` methods counted;
   *   InvalidArgumentError for another type.
   */
  addMessageHandler(type: typeof String, handler: WholeHandler<string> | PartialHandler<string>): void;
  addMessageHandler(type: typeof Buffer, handler: WholeHandler<Buffer> | PartialHandler<Buffer>): void;
  addMessageHandler(type: typeof PongMessage, handler: WholeHandler<PongMessage>): void;
  addMessageHandler<T>(decoder: DecoderOption, handler: WholeHandler<T>): void;
  addMessageHandler(type: unknown, handler: AnyMessageHandler): void {
    this.#added().add(type, handler);
  }

  /** A message that is arriving is still given to it. */
  removeMessageHandler(handler: AnyMessageHandler): void {
    this.#added().remove(handler);
  }

  /** The handlers that were added. */
  getMessageHandlers(): ReadonlySet<AnyMessageHandler> {
    return this.#added().all;
  }

  /**
   * Begins the closing handshake, with 1000 where no reason is given. Without effect when it has begun.
   *
   * @throws RangeError for a code that may not be sent; nothing has changed then.
   */
  close(reason?: CloseReason): void {
    if (reason === undefined) {
      this.#native.close();
    } else if (reason instanceof CloseReason) {
      this.#native.close(reason.getCloseCode(), reason.getReasonPhrase());
    } else {
      throw new InvalidArgumentError(
        `session.close(reason) takes a CloseReason, and was given ${described(reason)}. Write session.close(new CloseReason(code, phrase)).`,
      );
    }
  }

  #added(): AddedHandlers {
    this.#handlers ??= this.#surroundings.handlersOf(this.#native);
    return this.#handlers;
  }
}
