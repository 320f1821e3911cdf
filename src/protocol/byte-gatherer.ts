/** From this size on a piece is worth keeping as it is; below, copying it costs less than holding on to its chunk. */
const KEPT_FROM = 16 * 1024;
const SMALLEST_BLOCK = 256;
const LARGEST_BLOCK = 64 * 1024;

/**
 * The bytes of a message that comes in pieces. Small pieces are copied together into blocks, large ones kept by
 * reference, and all of it is put into one Buffer at the end: a byte is copied twice at most.
 *
 * Invariant: what is allocated follows what has come, never what a header announces.
 */
export class ByteGatherer {
  /** What is complete, in order. */
  #parts: Buffer[] = [];
  /** The block that small pieces are being copied into. */
  #block: Buffer | null = null;
  #blockUsed = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#length += length;
    if (length >= KEPT_FROM) {
      this.#sealBlock();
      this.#parts.push(bytes.subarray(start, end));
    } else if (length > 0) {
      this.#copy(bytes, start, end);
    }
  }

  /** All bytes, contiguous. The gatherer is empty afterwards. */
  finish(): Buffer {
    this.#sealBlock();
    const parts = this.#parts;
    const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    return whole;
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#block === null || this.#blockUsed + length > this.#block.length) {
      this.#sealBlock();
      // Each block as large as all before it, so that their number grows with the logarithm of the message.
      this.#block = Buffer.allocUnsafe(
        Math.max(length, Math.min(Math.max(this.#length, SMALLEST_BLOCK), LARGEST_BLOCK)),
      );
    }
    bytes.copy(this.#block, this.#blockUsed, start, end);
    this.#blockUsed += length;
  }

  #sealBlock(): void {
    if (this.#block !== null) {
      this.#parts.push(this.#block.subarray(0, this.#blockUsed));
      this.#block = null;
      this.#blockUsed = 0;
    }
  }
}
