const SMALLEST = 256;

/**
 * The last bytes that went by in one direction: what a compressor may refer back to. Given to zlib as a dictionary, it
 * does the work of a compressor that is kept between messages at the cost of the window alone.
 */
export class History {
  readonly #size: number;
  #bytes = Buffer.allocUnsafe(SMALLEST);
  #length = 0;

  /** @param windowBits 8–15: the logarithm of how many bytes are kept. */
  constructor(windowBits: number) {
    this.#size = 1 << windowBits;
  }

  /** The bytes, valid until the next `append`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(data: Uint8Array): void {
    const added = Math.min(data.length, this.#size);
    const kept = Math.min(this.#length, this.#size - added);
    this.#reserve(kept + added, kept);
    this.#bytes.set(added === data.length ? data : data.subarray(data.length - added), kept);
    this.#length = kept + added;
  }

  /** Makes room for `length` bytes, the newest `kept` of what is there in front. */
  #reserve(length: number, kept: number): void {
    const from = this.#length - kept;
    if (length <= this.#bytes.length) {
      this.#bytes.copyWithin(0, from, this.#length);
      return;
    }
    // In powers of two, so that a quiet connection doesn't hold a window that it never filled.
    const grown = Buffer.allocUnsafe(Math.min(this.#size, 2 ** Math.ceil(Math.log2(length))));
    this.#bytes.copy(grown, 0, from, this.#length);
    this.#bytes = grown;
  }
}
