import type { Channel, ConnectionHandler, Settling } from '#moorage/engine/contract.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { describeFrame } from './wire.js';

/** What a test wants done within a call; the rest is only recorded. */
export interface Behaviour {
  connect?(channel: Channel): Settling;
  data?(channel: Channel, frame: IncomingFrame): Settling;
  control?(channel: Channel, frame: IncomingFrame): Settling;
  error?(channel: Channel, cause: Error): Settling;
  close?(channel: Channel, code: number, reason: string): Settling;
}

/**
 * Writes down what the engine calls, as `connect`, `text hello`, `ping x`, `error MOORAGE_…`, `close 1000 bye`; and
 * throws at the test, through `violations`, when the engine breaks a promise of its contract.
 */
export class RecordingHandler implements ConnectionHandler {
  readonly wantsControlFrames: boolean;
  readonly wantsWholeFrames: boolean;
  readonly events: string[] = [];
  readonly errors: Error[] = [];
  readonly unhandled: [cause: unknown, during: string][] = [];
  readonly violations: string[] = [];
  /** How many events had come when the end was announced; -1 before. */
  endedAfter = -1;
  /** How many events had come when the peer's Close was seen behind a busy handler; -1 before that. */
  peerClosingAfter = -1;
  channel!: Channel;
  readonly #behaviour: Behaviour;
  #running = 0;

  constructor(behaviour: Behaviour = {}, { control = false, whole = true } = {}) {
    this.#behaviour = behaviour;
    this.wantsControlFrames = control;
    this.wantsWholeFrames = whole;
  }

  wantsPieces(): boolean {
    return !this.wantsWholeFrames;
  }

  onConnect(channel: Channel): Settling {
    this.channel = channel;
    return this.#call('connect', () => this.#behaviour.connect?.(channel));
  }

  onData(frame: IncomingFrame): Settling {
    return this.#call(describeFrame(frame), () => this.#behaviour.data?.(this.channel, frame));
  }

  onControl(frame: IncomingFrame): Settling {
    const event = describeFrame(frame).replace(/^close/, 'close-frame');
    return this.#call(event, () => this.#behaviour.control?.(this.channel, frame));
  }

  onError(cause: Error): Settling {
    this.errors.push(cause);
    const event = `error ${(cause as { code?: string }).code ?? cause.message}`;
    return this.#call(event, () => this.#behaviour.error?.(this.channel, cause));
  }

  onClose(code: number, reason: string): Settling {
    return this.#call(`close ${code} ${reason}`.trimEnd(), () => this.#behaviour.close?.(this.channel, code, reason));
  }

  onPeerClosing(): void {
    if (this.endedAfter !== -1) this.violations.push('onPeerClosing came after onEnd');
    this.peerClosingAfter = this.events.length;
  }

  onEnd(): void {
    if (this.endedAfter !== -1) this.violations.push('onEnd came twice');
    this.endedAfter = this.events.length;
  }

  onUnhandled(cause: unknown, during: 'connection' | 'error' | 'close'): void {
    this.unhandled.push([cause, during]);
  }

  #call(event: string, act: () => Settling): Settling {
    if (this.#running > 0) this.violations.push(`${event} came during another call`);
    if (this.events.some((earlier) => /^close( |$)/.test(earlier))) this.violations.push(`${event} came after close`);
    this.events.push(event);
    this.#running += 1;
    let settling: Settling;
    try {
      settling = act();
    } catch (thrown) {
      this.#running -= 1;
      throw thrown;
    }
    if (settling === undefined) {
      this.#running -= 1;
      return undefined;
    }
    return settling.finally(() => {
      this.#running -= 1;
    });
  }
}
