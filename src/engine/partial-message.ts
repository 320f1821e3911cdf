import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { OutgoingFrame } from '../protocol/outgoing-frame.js';
import { Drain } from './drain.js';

const HIGH_SURROGATE_FIRST = 0xd800;
const HIGH_SURROGATE_LAST = 0xdbff;

/** A message that this side sends in parts: one frame each (RFC 6455 §5.4). */
export class PartialMessage {
  readonly opcode: MessageOpcode;
  #begun = false;
  /** A high surrogate that ended a part: encoded with its low half, so that a cut inside a pair does no harm. */
  #held = '';
  /** Not null when somebody waits for the end. */
  #ended: Drain | null = null;

  constructor(opcode: MessageOpcode) {
    this.opcode = opcode;
  }

  /** Resolves when `end` is called. */
  get ended(): Promise<void> {
    this.#ended ??= new Drain();
    return this.#ended.promise;
  }

  /** The last part was sent. */
  end(): void {
    this.#ended?.settle();
  }

  /** The frame for the next part. */
  next(part: string | Uint8Array, last: boolean): OutgoingFrame {
    const opcode = this.#begun ? Opcode.Continuation : this.opcode;
    this.#begun = true;
    return { opcode, fin: last, rsv: 0, payload: typeof part === 'string' ? this.#encode(part, last) : part };
  }

  #encode(part: string, last: boolean): Buffer {
    let text = this.#held + part;
    this.#held = '';
    const final = text.charCodeAt(text.length - 1);
    if (!last && final >= HIGH_SURROGATE_FIRST && final <= HIGH_SURROGATE_LAST) {
      this.#held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return Buffer.from(text);
  }
}
