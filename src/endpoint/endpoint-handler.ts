import type { Channel, ConnectionHandler, Settling } from '../engine/contract.js';
import { BytesSink, readBytes } from '../messages/bytes-sink.js';
import type { DecodeError } from '../messages/codec-errors.js';
import { DiscardSink } from '../messages/discard-sink.js';
import type { MessageSink } from '../messages/message-sink.js';
import { readText, TextSink } from '../messages/text-sink.js';
import { WholeSink } from '../messages/whole-sink.js';
import { SessionClosedError } from '../protocol/errors.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { messageLimit } from '../protocol/limits.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { EndpointSettings } from './config.js';
import type { DispatchTable, Instance, Invoker } from './dispatch-table.js';
import { UnsupportedDataError } from './errors.js';
import { Frame } from './frame.js';
import { sendReply, unlessClosed } from './reply.js';
import { abortSession, endSession, openSession, Session } from './session.js';
import { ignore, type Outcome, settle } from './settle.js';
import type { Topics } from './topics.js';
import { Undecoded } from './undecoded.js';
import type { UpgradeRecord } from './upgrade-record.js';

/** What all connections of an endpoint share. */
export interface SharedByConnections {
  readonly settings: Pick<EndpointSettings, 'unhandled' | 'onDecodeError'>;
  /** Where there are any. */
  readonly topics?: Topics | undefined;
  /** Takes the failures that no error handler took. Must not throw. */
  report(cause: unknown, session: Session, during: FailedDuring): void;
}

/** Where a reported failure came from: the connection, without an error handler to take it, or a failing error or close handler. */
export type FailedDuring = 'connection' | 'error' | 'close';

/** What becomes of that which a message's method came to. */
let answer: Outcome<EndpointHandler>;

/**
 * The events of one connection, carried to one instance of an endpoint.
 *
 * There is one of these for every open connection, so it holds no more than it needs: a message that comes in one
 * piece goes straight to the user's method, and only others have a sink, while they last.
 */
export class EndpointHandler implements ConnectionHandler {
  readonly #table: DispatchTable;
  readonly #instance: Instance;
  readonly #shared: SharedByConnections;
  readonly #session: Session;
  // There from `onConnect` on, which the engine's contract puts before everything else.
  #channel!: Channel;
  #sink: MessageSink | null = null;

  /** @param instance has the methods that the table was compiled from. */
  constructor(table: DispatchTable, instance: object, upgrade: UpgradeRecord, shared: SharedByConnections) {
    this.#table = table;
    this.#instance = instance as Instance;
    this.#shared = shared;
    this.#session = new Session(undefined, upgrade, table.encoders, shared.topics);
  }

  /** The user's view of the connection, of use from `onConnect` on. */
  get session(): Session {
    return this.#session;
  }

  get wantsControlFrames(): boolean {
    return this.#table.ping !== null || this.#table.pong !== null || this.#table.frame !== null;
  }

  get wantsWholeFrames(): boolean {
    return this.#table.frame !== null;
  }

  wantsPieces(opcode: MessageOpcode): boolean {
    const { frame, arrivingText, arrivingBinary } = this.#table;
    // A handler of raw frames is shown a message's frame whole.
    return frame === null && (opcode === Opcode.Text ? arrivingText : arrivingBinary) !== null;
  }

  onConnect(channel: Channel): Settling {
    this.#channel = channel;
    openSession(this.#session, channel);
    const { connect } = this.#table;
    return connect === null ? undefined : settle(connect(this.#instance, this.#session), channel, ignore);
  }

  onData(frame: IncomingFrame): Settling {
    if (this.#table.frame !== null) {
      const seen = this.#showFrame(frame);
      if (seen !== undefined) {
        return seen.then(() => this.#onMessageData(frame));
      }
    }
    return this.#onMessageData(frame);
  }

  onControl(frame: IncomingFrame): Settling {
    const seen = this.#showFrame(frame);
    return seen === undefined ? this.#onHeartbeat(frame) : seen.then(() => this.#onHeartbeat(frame));
  }

  onError(cause: Error): Settling {
    const left = this.#leaveMessage(cause);
    return left === undefined ? this.#tellError(cause) : left.then(() => this.#tellError(cause));
  }

  onClose(code: number, reason: string): Settling {
    const left = this.#leaveMessage(null);
    return left === undefined ? this.#tellClose(code, reason) : left.then(() => this.#tellClose(code, reason));
  }

  onPeerClosing(): void {
    abortSession(this.#session);
  }

  onEnd(): void {
    endSession(this.#session);
  }

  onUnhandled(cause: unknown, during: FailedDuring): void {
    this.#shared.report(cause, this.#session, during);
  }

  /** A handler of raw frames sees each before the event that is made from it, and never takes it away. */
  #showFrame(frame: IncomingFrame): Settling {
    const invoke = this.#table.frame;
    return invoke === null
      ? undefined
      : settle(invoke(this.#instance, this.#session, new Frame(frame)), this.#channel, ignore);
  }

  #onHeartbeat(frame: IncomingFrame): Settling {
    const { ping, pong } = this.#table;
    const invoke = frame.opcode === Opcode.Ping ? ping : frame.opcode === Opcode.Pong ? pong : null;
    return invoke === null
      ? undefined
      : settle(invoke(this.#instance, this.#session, frame.payload), this.#channel, ignore);
  }

  #tellError(cause: Error): Settling {
    if (cause instanceof UnsupportedDataError) {
      // Nothing failed here: the peer is told, and the close handler gets 1003.
      return undefined;
    }
    const { error, errorType } = this.#table;
    // Error itself takes all: one of another realm, such as a test runner's, is no instance of ours.
    if (error === null || (errorType !== Error && !(cause instanceof errorType))) {
      this.#shared.report(cause, this.#session, 'connection');
      return undefined;
    }
    return settle(error(this.#instance, this.#session, cause), this.#channel, ignore);
  }

  #tellClose(code: number, reason: string): Settling {
    const { close } = this.#table;
    return close === null
      ? undefined
      : settle(close(this.#instance, this.#session, code, reason), this.#channel, ignore);
  }

  #onMessageData(frame: IncomingFrame): Settling {
    const { opcode } = frame;
    if (opcode === Opcode.Continuation || !frame.startsFrame || !frame.endsMessage) {
      return this.#onPiece(frame);
    }
    if (opcode === Opcode.Text) {
      const { text } = this.#table;
      if (text !== null) {
        const message = readText(frame, this.#channel.limits.maxTextMessageSize);
        return settle(text(this.#instance, this.#session, message), this, answer);
      }
    } else {
      const { binary } = this.#table;
      if (binary !== null) {
        const message = readBytes(frame, this.#channel.limits.maxBinaryMessageSize);
        return settle(binary(this.#instance, this.#session, message), this, answer);
      }
    }
    return this.#onPiece(frame);
  }

  #onPiece(piece: IncomingFrame): Settling {
    this.#sink ??= this.#openSink(piece.opcode as MessageOpcode);
    const sink = this.#sink;
    const settling = sink.append(piece);
    if (piece.endsMessage) {
      this.#sink = null;
    }
    return settling;
  }

  /** @throws UnsupportedDataError where nobody handles such messages and that is not to be passed over. */
  #openSink(opcode: MessageOpcode): MessageSink {
    const { text, binary, arrivingText, arrivingBinary } = this.#table;
    const isText = opcode === Opcode.Text;
    const limit = messageLimit(opcode, this.#channel.limits);
    const arriving = isText ? arrivingText : arrivingBinary;
    if (arriving !== null) {
      return arriving.form(opcode, limit, {
        deliver: (first, last) => this.#call(arriving.invoke, first, last),
        fail: (thrown) => this.#channel.fail(thrown),
      });
    }
    const invoke = isText ? text : binary;
    if (invoke === null) {
      return new WholeSink(this.#discard(opcode, limit), ignore);
    }
    const deliver = (message: unknown): Settling => this.#call(invoke, message);
    return isText ? new WholeSink(new TextSink(limit), deliver) : new WholeSink(new BytesSink(limit), deliver);
  }

  #discard(opcode: MessageOpcode, limit: number): DiscardSink {
    const { text, binary, arrivingText, arrivingBinary, frame } = this.#table;
    // An endpoint of raw frames alone has seen the message in its own way.
    const framesOnly = frame !== null && !(text ?? binary ?? arrivingText ?? arrivingBinary);
    if (this.#shared.settings.unhandled === 'close' && !framesOnly) {
      const kind = opcode === Opcode.Text ? 'text' : 'binary';
      throw new UnsupportedDataError(
        `The endpoint has no handler for ${kind} messages. Add a method with @OnWebSocketMessage that takes one, or set unhandled: 'ignore'.`,
      );
    }
    return new DiscardSink(opcode, limit);
  }

  #call(invoke: Invoker, first: unknown, second?: unknown): Settling {
    return settle(invoke(this.#instance, this.#session, first, second), this, answer);
  }

  /** @throws the error, where a message that can't be decoded ends the connection. */
  #onUndecoded(error: DecodeError): Settling {
    if (this.#shared.settings.onDecodeError === 'close') {
      throw error;
    }
    return this.#tellError(error);
  }

  /** A message that the end overtook. Settles when its method has, whose failure comes too late to be the connection's. */
  #leaveMessage(cause: Error | null): Settling {
    const sink = this.#sink;
    this.#sink = null;
    return sink
      ?.abort(cause ?? new SessionClosedError('The connection ended before the message did.'))
      ?.catch((thrown: unknown) => this.#shared.report(thrown, this.#session, 'connection'));
  }

  static {
    answer = (handler, value) => {
      const channel = handler.#channel;
      const encodes = handler.#table.encoders.length > 0;
      if (typeof value === 'string' && !encodes && channel.isOpen) {
        return unlessClosed(channel.sendText(value)); // What most answers are.
      }
      return value instanceof Undecoded
        ? handler.#onUndecoded(value.error)
        : sendReply(handler.#session, channel, value);
    };
  }
}
