import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { Fifo } from './fifo.js';

/** What a frame in waiting costs besides its payload: without it, a flood of empty frames would count for nothing. */
const FRAME_COST = 128;

/** Frames that were read while a handler is busy, in order, with what they come to. */
export class LookAhead {
  readonly #frames = new Fifo<IncomingFrame>();
  #messages = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#frames.isEmpty;
  }

  keep(frame: IncomingFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.length + FRAME_COST;
    this.#messages += frame.endsMessage ? 1 : 0;
  }

  /** The oldest frame; there must be one. */
  take(): IncomingFrame {
    const frame = this.#frames.shift()!;
    this.#bytes -= frame.length + FRAME_COST;
    this.#messages -= frame.endsMessage ? 1 : 0;
    return frame;
  }

  exceeds(messages: number, bytes: number): boolean {
    return this.#messages >= messages || this.#bytes >= bytes;
  }
}
