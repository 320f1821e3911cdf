import type { Writable } from 'node:stream';
import type { Channel, Settling, SocketAddress } from '../engine/contract.js';
import { PreparedMessage } from '../engine/prepared-message.js';
import type { Encoder } from '../messages/codec.js';
import type { StreamSource } from '../messages/message-writer.js';
import { SessionClosedError } from '../protocol/errors.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { UpgradeResponse } from '../protocol/handshake/upgrade-response.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { Opcode } from '../protocol/opcode.js';
import type { SendOptions } from '../protocol/outgoing-frame.js';
import { toBytes } from './bytes.js';
import { described } from './described.js';
import { isMilliseconds, isSizeLimit } from './option-rules.js';
import { OutgoingParts, type StreamOptions } from './outgoing-parts.js';
import type { PathParameters } from './path-parameters.js';
import { BYTES, refused, sendHeartbeat, sent, wrongArgument } from './send-result.js';
import { type RefuseValue, sendValue, type ValueOutlet } from './send-value.js';
import { noTopics, type Topics } from './topics.js';
import type { UpgradeRecord } from './upgrade-record.js';

/** What a session needs only if its user asks for it. */
interface Extras {
  userProperties?: Map<string, unknown>;
  abort?: AbortController;
  parts?: OutgoingParts;
}

const NO_BYTES = new Uint8Array(0);
const NO_ENCODERS: readonly Encoder[] = Object.freeze([]);

let open: (session: Session, channel: Channel) => void;
let end: (session: Session) => void;
let abort: (session: Session) => void;
let broadcast: (session: Session, message: PreparedMessage) => Settling | false;
let send: (session: Session, value: unknown, refuse: RefuseValue) => Settling;

/** For the session's handler: what it goes through. Nobody has the session before. */
export function openSession(session: Session, channel: Channel): void {
  open(session, channel);
}

/** For replies: sends a value as `session.send` does, with an error of the caller's for what can't be sent. */
export function sendFrom(session: Session, value: unknown, refuse: RefuseValue): Settling {
  return send(session, value, refuse);
}

/** For the session's handler: the peer has said that it closes, and waits for what is being done to be done. */
export function abortSession(session: Session): void {
  abort(session);
}

/** For broadcasts: sends it, unless a message that is sent in parts is unfinished: `false`. @throws as the channel does. */
export function broadcastTo(session: Session, message: PreparedMessage): Settling | false {
  return broadcast(session, message);
}

/** For the session's handler: the session can send no more. */
export function endSession(session: Session): void {
  end(session);
}

/**
 * One open WebSocket, as an endpoint sees it: who is there, what was agreed, and the means to send and to close.
 *
 * Every `send…` returns a promise that resolves at once while the outgoing queue is short, and otherwise when it has
 * drained: `await session.sendText(text)` is backpressure. On a session that is closing or closed it rejects with
 * `SessionClosedError`, and with `InvalidArgumentError` for an argument of the wrong type; a rejection that nobody
 * looks at is harmless.
 *
 * ```ts
 * @OnWebSocketMessage
 * async onText(session: Session<'/chat/{room}'>, text: string) {
 *   await session.sendText(`${session.pathParameters.room}: ${text}`);
 * }
 * ```
 *
 * @typeParam Path the endpoint's path, for the types of `pathParameters`.
 */
export class Session<Path extends string = string> {
  #channel: Channel;
  readonly #upgrade: UpgradeRecord;
  readonly #encoders: readonly Encoder[];
  readonly #topics: Topics | undefined;
  #extras: Extras | undefined = undefined;

  /** Sessions are made by the container. */
  constructor(
    channel: Channel | undefined,
    upgrade: UpgradeRecord,
    encoders: readonly Encoder[] = NO_ENCODERS,
    topics?: Topics,
  ) {
    this.#topics = topics;
    this.#channel = channel as Channel; // Where it comes later, `openSession` brings it before anyone has the session.
    this.#upgrade = upgrade;
    this.#encoders = encoders;
  }

  /** Unique, and not to be guessed. */
  get id(): string {
    return this.#upgrade.id;
  }

  /** True until a Close was sent, the peer's Close has had its turn behind the messages before it, or the connection was lost. */
  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  /** Whether the connection is encrypted by this server (`wss:`). */
  get isSecure(): boolean {
    return this.#channel.isSecure;
  }

  get remoteAddress(): SocketAddress {
    return this.#channel.remoteAddress;
  }

  get localAddress(): SocketAddress {
    return this.#channel.localAddress;
  }

  /** The request that opened the connection: path, query, headers, cookies, origin, what the client offered. */
  get upgradeRequest(): UpgradeRequest {
    return this.#upgrade.request;
  }

  /** What was answered: the subprotocol and the extensions. */
  get upgradeResponse(): UpgradeResponse {
    return this.#upgrade.response;
  }

  /**
   * The values of the path's variables, percent-decoded. A value may hold a `/` where the peer wrote `%2F`, as in
   * `../../etc`: don't join it to a file name as it is.
   */
  get pathParameters(): PathParameters<Path> {
    return this.#upgrade.pathParameters as PathParameters<Path>;
  }

  /** The subprotocol that was agreed on, if any. */
  get subprotocol(): string | undefined {
    return this.#upgrade.response.subprotocol;
  }

  /** What the container's authorisation hook answered with. */
  get principal(): unknown {
    return this.#upgrade.principal;
  }

  /** A place for the application's own values, as in Jakarta WebSocket. */
  get userProperties(): Map<string, unknown> {
    const extras = this.#rare();
    extras.userProperties ??= new Map();
    return extras.userProperties;
  }

  /**
   * Aborts when the session was closed from either side, or lost: at once, also while a handler is at work. The reason is a
   * `SessionClosedError`. For work that is done on behalf of the peer: `fetch(url, { signal: session.signal })`.
   */
  get signal(): AbortSignal {
    const extras = this.#rare();
    if (extras.abort === undefined) {
      extras.abort = new AbortController();
      if (!this.#channel.isOpen) {
        extras.abort.abort(new SessionClosedError());
      }
    }
    return extras.abort.signal;
  }

  /** Bytes accepted for sending that the operating system has not taken yet. */
  get queuedBytes(): number {
    return this.#channel.queuedBytes;
  }

  /** Bytes of one text message that are accepted, from the next message on; a whole number from 1, or `Infinity`. */
  get maxTextMessageSize(): number {
    return this.#channel.limits.maxTextMessageSize;
  }

  /** @throws RangeError for anything else. */
  set maxTextMessageSize(bytes: number) {
    checkSize('maxTextMessageSize', bytes);
    this.#channel.limits = { ...this.#channel.limits, maxTextMessageSize: bytes };
  }

  /** Bytes of one binary message that are accepted, from the next message on; a whole number from 1, or `Infinity`. */
  get maxBinaryMessageSize(): number {
    return this.#channel.limits.maxBinaryMessageSize;
  }

  /** @throws RangeError for anything else. */
  set maxBinaryMessageSize(bytes: number) {
    checkSize('maxBinaryMessageSize', bytes);
    this.#channel.limits = { ...this.#channel.limits, maxBinaryMessageSize: bytes };
  }

  /** Milliseconds without a frame either way until the session is closed with 1001; 0 or `Infinity` for never. */
  get idleTimeout(): number {
    return this.#channel.idleTimeout;
  }

  /** @throws RangeError for anything but a whole number from 0, or `Infinity`. */
  set idleTimeout(milliseconds: number) {
    if (!isMilliseconds(milliseconds)) {
      throw new RangeError(
        `session.idleTimeout was set to ${described(milliseconds)}. It takes whole milliseconds; 0 or Infinity for no timeout.`,
      );
    }
    this.#channel.idleTimeout = milliseconds;
  }

  /** Sends a whole text message. */
  sendText(text: string, options?: SendOptions): Promise<void> {
    if (typeof text !== 'string') {
      return wrongArgument('sendText', 'a string', text);
    }
    try {
      return sent(this.#channel.sendText(text, options?.compress));
    } catch (error) {
      return refused(error);
    }
  }

  /**
   * Sends a whole binary message. The bytes must not be changed until the promise has settled: large ones are not copied.
   */
  sendBinary(data: Uint8Array | ArrayBuffer, options?: SendOptions): Promise<void> {
    const bytes = toBytes(data);
    if (bytes === undefined) {
      return wrongArgument('sendBinary', BYTES, data);
    }
    try {
      return sent(this.#channel.sendBinary(bytes, options?.compress));
    } catch (error) {
      return refused(error);
    }
  }

  /** Sends the next part of a text message; the message ends with the part that is `last`. Any cut between characters will do. */
  sendPartialText(part: string, last: boolean): Promise<void> {
    return this.#parts().sendText(part, last);
  }

  /** Sends the next part of a binary message; the message ends with the part that is `last`. */
  sendPartialBinary(part: Uint8Array | ArrayBuffer, last: boolean): Promise<void> {
    return this.#parts().sendBinary(part, last);
  }

  /**
   * Sends a message that was framed once for many receivers.
   *
   * ```ts
   * const news = PreparedMessage.text(JSON.stringify(state));
   * for (const session of sessions) session.sendPrepared(news);
   * ```
   */
  sendPrepared(message: PreparedMessage): Promise<void> {
    if (!(message instanceof PreparedMessage)) {
      return wrongArgument('sendPrepared', 'a PreparedMessage', message);
    }
    try {
      return sent(this.#channel.sendPrepared(message));
    } catch (error) {
      return refused(error);
    }
  }

  /**
   * Sends a value as a message, as it would be sent if a message handler returned it: whatever an encoder of the endpoint
   * takes, a string, bytes, a `PreparedMessage`, a stream (one message in fragments), or each value of a generator.
   */
  send(value: unknown, options?: SendOptions): Promise<void> {
    try {
      return sent(sendValue(this.#outlet(), value, unsendable, options?.compress));
    } catch (error) {
      return refused(error);
    }
  }

  /**
   * Sends what a Node `Readable`, a web `ReadableStream` or another iterable gives as one message, a fragment for each
   * chunk and no faster than they leave. Resolves when all of it is sent. Until then no other message can be sent.
   *
   * When the session ends it rejects at once and the source is stopped. When the source fails after the first chunk, the
   * connection ends with 1011, since a message can't be taken back.
   */
  sendStream(source: StreamSource, options?: StreamOptions): Promise<void> {
    return this.#parts().sendStream(source, this.signal, options);
  }

  /**
   * Opens a text message to be written to: each write is sent as a fragment, and the message ends with `end()`. Until then
   * no other message can be sent.
   *
   * A writer that is destroyed before its end ends the connection with 1011, since a message can't be taken back.
   *
   * ```ts
   * await pipeline(createReadStream('story.txt', 'utf8'), session.openTextStream());
   * ```
   */
  openTextStream(): Writable {
    return this.#parts().open(Opcode.Text, this.signal);
  }

  /** Opens a binary message to be written to, as `openTextStream` does. */
  openBinaryStream(): Writable {
    return this.#parts().open(Opcode.Binary, this.signal);
  }

  /**
   * Opens a text message to be written to as a web stream, as `openTextStream` does; it ends with `close()`. One that is
   * aborted before ends the connection with 1011.
   *
   * ```ts
   * await response.body.pipeTo(session.openTextWebStream());
   * ```
   */
  openTextWebStream(): WritableStream<string | Uint8Array> {
    return this.#parts().openWeb(Opcode.Text, this.signal);
  }

  /** Opens a binary message to be written to, as `openTextWebStream` does. */
  openBinaryWebStream(): WritableStream<string | Uint8Array> {
    return this.#parts().openWeb(Opcode.Binary, this.signal);
  }

  /** Sends a ping with up to 125 bytes of payload; longer ones reject with a RangeError (RFC 6455 §5.5). */
  sendPing(payload: Uint8Array | ArrayBuffer = NO_BYTES): Promise<void> {
    return sendHeartbeat(this.#channel, 'sendPing', payload);
  }

  /** Sends a pong that nobody asked for, a one-way heartbeat; pings are answered without it. Up to 125 bytes. */
  sendPong(payload: Uint8Array | ArrayBuffer = NO_BYTES): Promise<void> {
    return sendHeartbeat(this.#channel, 'sendPong', payload);
  }

  /**
   * Joins a topic: from now on the session gets what `container.publish(topic, …)` sends, until it leaves or ends.
   *
   * @returns false when it has ended already, and gets nothing any more.
   * @throws MoorageError `MOORAGE_NO_TOPICS` on a client's session.
   */
  join(topic: string): boolean {
    if (typeof topic !== 'string' || topic === '') {
      throw new InvalidArgumentError(
        `session.join takes the name of a topic, a string that is not empty, and was given ${described(topic)}.`,
      );
    }
    const topics = this.#joinable();
    if (this.#channel.isOpen) {
      topics.join(this, this.#channel, topic);
    }
    return this.#channel.isOpen;
  }

  /** Leaves a topic. Without effect when the session has not joined it. */
  leave(topic: string): void {
    this.#topics?.leave(this, topic);
  }

  /** The topics that the session has joined, in this order. */
  get topics(): readonly string[] {
    return this.#topics?.topicsOf(this) ?? [];
  }

  /**
   * Begins the closing handshake: what was sent before still goes out, then a Close. Without effect when it has begun.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999; 1005 sends a Close without a code.
   * @param reason for the peer to read, up to 123 bytes of UTF-8.
   * @throws RangeError for another code or a longer reason, TypeError for another type; nothing has changed then.
   */
  close(code = 1000, reason = ''): void {
    if (typeof code !== 'number' || typeof reason !== 'string') {
      throw new InvalidArgumentError(
        `session.close(code, reason) takes a number and a string, and was given ${described(code)} and ${described(reason)}.`,
      );
    }
    this.#channel.close(code, reason);
  }

  /** Cuts the connection without a Close. The close handler gets 1006. */
  disconnect(): void {
    this.#channel.disconnect();
  }

  #outlet(): ValueOutlet {
    return { channel: this.#channel, encoders: this.#encoders, session: this };
  }

  #parts(): OutgoingParts {
    const extras = this.#rare();
    extras.parts ??= new OutgoingParts(this.#channel);
    return extras.parts;
  }

  #joinable(): Topics {
    if (this.#topics === undefined) {
      throw noTopics();
    }
    return this.#topics;
  }

  #rare(): Extras {
    this.#extras ??= {};
    return this.#extras;
  }

  static {
    open = (session, channel) => {
      session.#channel = channel;
    };
    send = (session, value, refuse) => sendValue(session.#outlet(), value, refuse);
    broadcast = (session, message) =>
      session.#channel.partsEnded() === undefined && session.#channel.sendPrepared(message);
    end = (session) => {
      session.#topics?.ended(session);
      abort(session);
    };
    abort = (session) => session.#extras?.abort?.abort(new SessionClosedError());
  }
}

function unsendable(value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    `session.send was given ${described(value)}. It takes a string, ${BYTES}, a PreparedMessage, a stream, a generator, and what an encoder of the endpoint takes: add encoders: [json()] to the options of @WebSocket to send objects as JSON.`,
  );
}

function checkSize(name: string, bytes: number): void {
  if (!isSizeLimit(bytes)) {
    throw new RangeError(
      `session.${name} was set to ${described(bytes)}. It takes a whole number of bytes from 1, or Infinity for no limit.`,
    );
  }
}
