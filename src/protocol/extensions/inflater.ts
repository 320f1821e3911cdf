import { ASYNCHRONOUS_FROM, ENDING, inflateWhole, SYNCHRONOUS_OUTPUT } from './inflate-whole.js';
import type { KeptInflater } from './kept-inflater.js';

const EMPTY = Buffer.alloc(0);
/** What is inflated at once where pieces are of use too. */
const SHORT = 64 * 1024;

/** Inflates messages, for all connections. Large data are inflated off the event loop. */
export class Inflater {
  readonly #kept: KeptInflater | null;

  constructor(kept: KeptInflater | null) {
    this.#kept = kept;
  }

  /**
   * The data of the message `bytes[start, end)`, as it was on the wire. Asynchronous when there is much of it.
   *
   * @param history what went before in the same stream.
   * @param limit bytes that the data may come to; inflating stops there.
   * @throws MessageTooLargeError, or BadPayloadError `MOORAGE_INVALID_COMPRESSED_DATA`; also as a rejection.
   */
  inflate(
    bytes: Buffer,
    start: number,
    end: number,
    history: Buffer | undefined,
    limit: number,
  ): Buffer | Promise<Buffer> {
    const data = this.#atOnce(bytes, start, end, history, limit, SYNCHRONOUS_OUTPUT);
    if (data !== null) {
      return data;
    }
    const whole = Buffer.allocUnsafe(end - start + ENDING.length);
    bytes.copy(whole, 0, start, end);
    ENDING.copy(whole, end - start);
    return inflateWhole(whole, history, limit);
  }

  /** The same where it comes to little, else null. */
  inflateShort(bytes: Buffer, start: number, end: number, history: Buffer | undefined, limit: number): Buffer | null {
    return this.#atOnce(bytes, start, end, history, limit, SHORT);
  }

  #atOnce(
    bytes: Buffer,
    start: number,
    end: number,
    history: Buffer | undefined,
    limit: number,
    most: number,
  ): Buffer | null {
    if (start === end) {
      // Not how RFC 7692 §7.2.3.6 writes an empty message, but there is nothing else that it could mean.
      return EMPTY;
    }
    return this.#kept === null || end - start >= ASYNCHRONOUS_FROM
      ? null
      : this.#kept.inflate(bytes, start, end, history, limit, most);
  }
}
