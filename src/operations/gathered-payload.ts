import { ByteGatherer } from '../protocol/byte-gatherer.js';

/** The beginning of a message that comes in pieces, and how long all of it is. */
export class GatheredPayload {
  readonly #most: number;
  readonly #kept = new ByteGatherer();
  #total = 0;

  /** @param most bytes that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get total(): number {
    return this.#total;
  }

  /** The bytes are copied, since their buffer is not ours. */
  add(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const taken = Math.min(bytes.length, this.#most - this.#kept.length);
    if (taken > 0) {
      this.#kept.append(Buffer.from(bytes.subarray(0, taken)), 0, taken);
    }
  }

  /** The bytes that were kept. They are given once. */
  finish(): Buffer {
    return this.#kept.finish();
  }
}
