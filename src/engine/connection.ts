import type { Duplex } from 'node:stream';
import { MoorageError, SessionClosedError } from '../protocol/errors.js';
import type { ExtensionAgreement } from '../protocol/extensions/negotiation.js';
import { FrameParser, type FrameParserOptions } from '../protocol/frame-parser.js';
import type { MessageLimits } from '../protocol/limits.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { Channel, ConnectionHandler, Settling, SocketAddress } from './contract.js';
import type { EngineEnvironment } from './environment.js';
import { extend } from './extend.js';
import { toError } from './failure.js';
import { ignorable } from './ignorable.js';
import { IncomingPump } from './incoming-pump.js';
import { Lifecycle } from './lifecycle.js';
import { Liveness } from './liveness.js';
import type { Outgoing } from './outgoing.js';
import { OutgoingQueue } from './outgoing-queue.js';
import { PartialMessage } from './partial-message.js';
import type { PreparedMessage } from './prepared-message.js';
import type { ConnectionSettings } from './settings.js';
import { Transport, type TransportEvents } from './transport.js';

const MAX_CONTROL_PAYLOAD = 125;

/**
 * One WebSocket connection after its handshake, over any Node `Duplex`: puts the parts together and hands each event of
 * the transport to the part that it concerns. Its outside is the `Channel` that the handler gets.
 *
 *     transport → pump (parser) → lifecycle → handler
 *     channel → queue (generator) → transport
 *
 * Extensions, where there are any, stand in front of the handler and of the queue.
 */
export class Connection implements Channel, TransportEvents {
  readonly #environment: EngineEnvironment;
  readonly #transport: Transport;
  readonly #parser: FrameParser;
  readonly #queue: Outgoing;
  readonly #liveness: Liveness;
  readonly #lifecycle: Lifecycle;
  readonly #pump: IncomingPump;
  #partial: PartialMessage | null = null;
  #failure: Error | null = null;

  /** @param extensions what was agreed on in the handshake; null for none. */
  constructor(
    duplex: Duplex,
    handler: ConnectionHandler,
    settings: ConnectionSettings,
    environment: EngineEnvironment,
    extensions: ExtensionAgreement | null = null,
  ) {
    const { role, sweep, turn } = environment;
    this.#environment = environment;
    this.#transport = new Transport(duplex);
    const { wantsWholeFrames: wholeFrames, wantsControlFrames } = handler;
    const parsing: FrameParserOptions = { role, limits: settings.limits, wholeFrames };
    this.#parser = new FrameParser(extensions === null ? parsing : { ...parsing, rsv: extensions.rsv });
    const queue = new OutgoingQueue(this.#transport, environment, settings);
    const ends =
      extensions === null
        ? { handler, outgoing: queue }
        : extend(this, handler, queue, extensions, settings, environment);
    this.#queue = ends.outgoing;
    this.#liveness = new Liveness(settings, sweep.read());
    this.#lifecycle = new Lifecycle(
      ends.handler,
      this.#queue,
      this.#transport,
      environment,
      this.#liveness,
      settings.closeTimeout,
    );
    this.#pump = new IncomingPump(this.#parser, this.#lifecycle, turn, settings, wantsControlFrames);
    // Last: an extension of the application's may have failed, and then there is nobody to be told anything.
    this.#transport.listen(this);
  }

  /**
   * Runs the connect handler, then reads: first `head`, the bytes that came together with the handshake. What is sent
   * meanwhile has been written when this returns. Call it once.
   */
  start(head: Buffer): void {
    const { turn } = this.#environment;
    turn.enter();
    try {
      const connecting = this.#lifecycle.connect(this);
      if (connecting === undefined) {
        this.#pump.begin(head);
      } else {
        this.#transport.reading(false);
        void connecting.then(() => this.#pump.begin(head));
      }
    } finally {
      turn.leave();
    }
  }

  // What the transport reports.

  received(chunk: Buffer): void {
    const { turn, sweep } = this.#environment;
    this.#liveness.heard(sweep.now);
    turn.enter();
    try {
      this.#pump.push(chunk);
    } finally {
      turn.leave();
    }
  }

  ended(): void {
    this.#lifecycle.transportHalfClosed();
    this.#pump.end(null);
  }

  failed(cause: Error): void {
    this.#failure = cause;
  }

  closed(): void {
    this.#lifecycle.transportLost();
    this.#pump.end(this.#failure);
  }

  written(): void {
    this.#queue.written();
  }

  // What the handler may ask.

  get isOpen(): boolean {
    return this.#lifecycle.isOpen;
  }

  get isSecure(): boolean {
    return this.#transport.isSecure;
  }

  get remoteAddress(): SocketAddress {
    return this.#transport.remoteAddress;
  }

  get localAddress(): SocketAddress {
    return this.#transport.localAddress;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  drained(): Settling {
    return this.#queue.drained();
  }

  partsEnded(): Settling {
    return this.#partial?.ended;
  }

  get limits(): MessageLimits {
    return this.#parser.limits;
  }

  set limits(limits: MessageLimits) {
    this.#parser.limits = limits;
  }

  get idleTimeout(): number {
    return this.#liveness.idleTimeout;
  }

  set idleTimeout(milliseconds: number) {
    this.#liveness.idleTimeout = milliseconds;
    this.#liveness.sent(this.#environment.sweep.read()); // It begins now: where no deadline stood, the sweep's time did too.
    this.#lifecycle.watch();
  }

  sendText(text: string, compress?: boolean): Settling {
    return this.#refusal() ?? this.#sent(this.#queue.text(text, compress));
  }

  sendBinary(payload: Uint8Array, compress?: boolean): Settling {
    return (
      this.#refusal() ?? this.#sent(this.#queue.frame({ opcode: Opcode.Binary, fin: true, rsv: 0, payload, compress }))
    );
  }

  sendPartialText(text: string, last: boolean): Settling {
    return this.#sendPartial(Opcode.Text, text, last);
  }

  sendPartialBinary(data: Uint8Array, last: boolean): Settling {
    return this.#sendPartial(Opcode.Binary, data, last);
  }

  sendPrepared(message: PreparedMessage): Settling {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      return refusal;
    }
    return this.#sent(this.#queue.prepared(message));
  }

  sendPing(payload: Uint8Array): Settling {
    return this.#sendControl(Opcode.Ping, payload);
  }

  sendPong(payload: Uint8Array): Settling {
    return this.#sendControl(Opcode.Pong, payload);
  }

  close(code: number, reason: string): void {
    this.#lifecycle.close(code, reason);
  }

  disconnect(): void {
    this.#lifecycle.disconnect();
  }

  fail(thrown: unknown): void {
    void this.#lifecycle.fail(toError(thrown));
  }

  #sendPartial(opcode: MessageOpcode, part: string | Uint8Array, last: boolean): Settling {
    if (!this.isOpen) {
      return rejected(new SessionClosedError());
    }
    this.#partial ??= new PartialMessage(opcode);
    if (this.#partial.opcode !== opcode) {
      return rejected(unfinished());
    }
    const frame = this.#partial.next(part, last);
    if (last) {
      this.#partial.end();
      this.#partial = null;
    }
    return this.#sent(this.#queue.frame(frame));
  }

  #sendControl(opcode: typeof Opcode.Ping | typeof Opcode.Pong, payload: Uint8Array): Settling {
    if (payload.length > MAX_CONTROL_PAYLOAD) {
      throw new RangeError(
        `Payload of ${payload.length} bytes for a ping or pong: at most ${MAX_CONTROL_PAYLOAD} fit (RFC 6455 §5.5).`,
      );
    }
    return this.isOpen ? this.#sent(this.#queue.control(opcode, payload)) : rejected(new SessionClosedError());
  }

  /** Why a whole message can't be sent now, as a rejection; undefined when it can. */
  #refusal(): Promise<void> | undefined {
    if (!this.isOpen) {
      return rejected(new SessionClosedError());
    }
    return this.#partial === null ? undefined : rejected(unfinished());
  }

  /** The end of every send. */
  #sent(settling: Settling): Settling {
    this.#liveness.sent(this.#environment.sweep.now);
    if (settling !== undefined) {
      this.#lifecycle.checkQueue();
    }
    return settling;
  }
}

/** A rejection that may be ignored without harm to the process. */
function rejected(cause: Error): Promise<void> {
  return ignorable(Promise.reject(cause));
}

function unfinished(): MoorageError {
  return new MoorageError(
    'MOORAGE_MESSAGE_IN_PROGRESS',
    "A partial message is not finished: messages can't interleave (RFC 6455 §5.4). Send its last part (last = true) before another message.",
  );
}
