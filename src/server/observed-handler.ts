import { openSession, type Session } from '../endpoint/session.js';
import type { Channel, ConnectionHandler, Settling } from '../engine/contract.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type MessageOpcode, type Opcode, Opcode as Opcodes } from '../protocol/opcode.js';
import type { TrafficKind } from './instrument.js';
import type { UpgradeWatch } from './instrumentation.js';
import { ObservedChannel } from './observed-channel.js';
import type { SessionWatch } from './session-watch.js';

const KINDS: Readonly<Partial<Record<Opcode, TrafficKind>>> = {
  [Opcodes.Text]: 'text',
  [Opcodes.Binary]: 'binary',
  [Opcodes.Ping]: 'ping',
  [Opcodes.Pong]: 'pong',
  [Opcodes.Close]: 'close',
};

/** Stands in front of a connection's handler and changes nothing, but tells what comes in and how it ends. */
export class ObservedHandler implements ConnectionHandler {
  readonly wantsControlFrames: boolean;
  readonly #inner: ConnectionHandler;
  readonly #session: Session;
  readonly #endpoint: string;
  #upgrade: UpgradeWatch | undefined;
  #watch: SessionWatch | undefined;
  #message: TrafficKind = 'text';

  /** @param session the one that `inner` gives the endpoint. */
  constructor(inner: ConnectionHandler, session: Session, endpoint: string, upgrade: UpgradeWatch) {
    this.#inner = inner;
    this.#session = session;
    this.#endpoint = endpoint;
    this.#upgrade = upgrade;
    this.wantsControlFrames = inner.wantsControlFrames || upgrade.wantsControlFrames;
  }

  get wantsWholeFrames(): boolean {
    return this.#inner.wantsWholeFrames;
  }

  wantsPieces(opcode: MessageOpcode): boolean {
    return this.#inner.wantsPieces(opcode);
  }

  onConnect(channel: Channel): Settling {
    // Observers may ask the session things from the first moment on, as the connect handler may.
    openSession(this.#session, channel);
    const watch = this.#upgrade?.opened(this.#session, this.#endpoint);
    this.#upgrade = undefined;
    this.#watch = watch;
    return this.#inner.onConnect(watch?.hearsSent === true ? new ObservedChannel(channel, watch) : channel);
  }

  onData(frame: IncomingFrame): Settling {
    if (this.#watch?.hearsReceived === true) {
      if (frame.opcode !== Opcodes.Continuation) {
        this.#message = KINDS[frame.opcode] as TrafficKind;
      }
      this.#watch.received(this.#message, frame);
    }
    return this.#inner.onData(frame);
  }

  onControl(frame: IncomingFrame): Settling {
    this.#watch?.received(KINDS[frame.opcode] as TrafficKind, frame);
    return this.#inner.wantsControlFrames ? this.#inner.onControl(frame) : undefined;
  }

  onError(cause: Error): Settling {
    this.#watch?.failed(cause, 'connection');
    return this.#inner.onError(cause);
  }

  onClose(code: number, reason: string): Settling {
    const over = (): void => {
      this.#watch?.closed(code, reason);
      this.#watch = undefined;
    };
    const failed = (cause: unknown): never => {
      this.#watch?.failed(cause, 'close');
      over();
      throw cause;
    };
    try {
      const settling = this.#inner.onClose(code, reason);
      if (settling !== undefined) {
        return settling.then(over, failed);
      }
    } catch (cause) {
      failed(cause);
    }
    over();
    return undefined;
  }

  onPeerClosing(): void {
    this.#inner.onPeerClosing();
  }

  onEnd(): void {
    this.#inner.onEnd();
  }

  onUnhandled(cause: unknown, during: 'connection' | 'error' | 'close'): void {
    this.#watch?.failed(cause, during);
    this.#inner.onUnhandled(cause, during);
  }
}
