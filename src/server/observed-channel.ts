import type { Channel, Settling, SocketAddress } from '../engine/contract.js';
import type { PreparedMessage } from '../engine/prepared-message.js';
import type { MessageLimits } from '../protocol/limits.js';
import { Opcode } from '../protocol/opcode.js';
import type { SessionWatch } from './session-watch.js';

/** Stands in front of a connection's channel and changes nothing, but tells what is accepted for sending. */
export class ObservedChannel implements Channel {
  readonly #inner: Channel;
  readonly #watch: SessionWatch;

  constructor(inner: Channel, watch: SessionWatch) {
    this.#inner = inner;
    this.#watch = watch;
  }

  get isOpen(): boolean {
    return this.#inner.isOpen;
  }

  get isSecure(): boolean {
    return this.#inner.isSecure;
  }

  get remoteAddress(): SocketAddress {
    return this.#inner.remoteAddress;
  }

  get localAddress(): SocketAddress {
    return this.#inner.localAddress;
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes;
  }

  drained(): Settling {
    return this.#inner.drained();
  }

  partsEnded(): Settling {
    return this.#inner.partsEnded();
  }

  get limits(): MessageLimits {
    return this.#inner.limits;
  }

  set limits(limits: MessageLimits) {
    this.#inner.limits = limits;
  }

  get idleTimeout(): number {
    return this.#inner.idleTimeout;
  }

  set idleTimeout(milliseconds: number) {
    this.#inner.idleTimeout = milliseconds;
  }

  sendText(text: string, compress?: boolean): Settling {
    const accepted = this.#takesMessages;
    const settling = this.#inner.sendText(text, compress);
    if (accepted) this.#watch.sent('text', text, true);
    return settling;
  }

  sendBinary(data: Uint8Array, compress?: boolean): Settling {
    const accepted = this.#takesMessages;
    const settling = this.#inner.sendBinary(data, compress);
    if (accepted) this.#watch.sent('binary', data, true);
    return settling;
  }

  sendPartialText(text: string, last: boolean): Settling {
    const accepted = this.isOpen;
    const settling = this.#inner.sendPartialText(text, last);
    if (accepted) this.#watch.sent('text', text, last);
    return settling;
  }

  sendPartialBinary(data: Uint8Array, last: boolean): Settling {
    const accepted = this.isOpen;
    const settling = this.#inner.sendPartialBinary(data, last);
    if (accepted) this.#watch.sent('binary', data, last);
    return settling;
  }

  sendPrepared(message: PreparedMessage): Settling {
    const accepted = this.#takesMessages;
    const settling = this.#inner.sendPrepared(message);
    if (accepted) this.#watch.sent(message.opcode === Opcode.Text ? 'text' : 'binary', message.payload, true);
    return settling;
  }

  sendPing(payload: Uint8Array): Settling {
    const accepted = this.isOpen;
    const settling = this.#inner.sendPing(payload);
    if (accepted) this.#watch.sent('ping', payload, true);
    return settling;
  }

  sendPong(payload: Uint8Array): Settling {
    const accepted = this.isOpen;
    const settling = this.#inner.sendPong(payload);
    if (accepted) this.#watch.sent('pong', payload, true);
    return settling;
  }

  close(code: number, reason: string): void {
    const accepted = this.isOpen;
    this.#inner.close(code, reason);
    if (accepted) this.#watch.sent('close', `${code} ${reason}`.trimEnd(), true);
  }

  disconnect(): void {
    this.#inner.disconnect();
  }

  fail(thrown: unknown): void {
    this.#inner.fail(thrown);
  }

  /** Whole messages are refused on a connection that has ended, and in the middle of one that is sent in parts. */
  get #takesMessages(): boolean {
    return this.#inner.isOpen && this.#inner.partsEnded() === undefined;
  }
}
