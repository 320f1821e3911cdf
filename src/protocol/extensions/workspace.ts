const OUTPUT_SIZE = 64 * 1024;
const SLAB_SIZE = 64 * 1024;
/** Longer results deserve memory of their own. */
const LARGEST = SLAB_SIZE / 4;

/**
 * Where zlib works, for all connections: what it puts out comes to stand in `output` and is copied from there, short
 * results one behind the other, so that one costs a copy and no allocation. What was given out is never written to again;
 * a slab lives as long as somebody keeps a part of it, as a chunk of a socket's does.
 */
export class Workspace {
  static readonly SIZE = OUTPUT_SIZE;

  readonly output: Buffer = Buffer.allocUnsafeSlow(OUTPUT_SIZE);
  #slab: Buffer | null = null;
  #position = 0;

  /** A copy of `output[start, end)`. */
  keep(start: number, end: number): Buffer {
    const length = end - start;
    if (length > LARGEST) {
      const own = Buffer.allocUnsafeSlow(length);
      this.output.copy(own, 0, start, end);
      return own;
    }
    if (this.#slab === null || this.#position + length > SLAB_SIZE) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#position = 0;
    }
    const position = this.#position;
    this.#position += length;
    this.output.copy(this.#slab, position, start, end);
    return this.#slab.subarray(position, this.#position);
  }
}
