const SLAB_SIZE = 64 * 1024;
const SMALLEST_BLOCK = 1024;

/**
 * Memory that small outgoing frames are written into, one after the other, by all connections of a container. A frame
 * is written where it will be sent from, and the frames of one turn and one connection lie side by side, so that they
 * leave in one write without being joined. What was reserved is never written to again: a slab lives as long as a
 * socket still holds a part of it.
 */
export class OutgoingSlab {
  /** Longest frame that may be put here; longer ones deserve memory of their own. */
  static readonly LARGEST = SLAB_SIZE / 4;

  #buffer = Buffer.allocUnsafeSlow(SLAB_SIZE);
  #position = 0;

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Memory that is not shared, for a frame of `length` bytes and those that follow it, behind `waiting` bytes. */
  static ownBlock(length: number, waiting: number): Buffer {
    return Buffer.allocUnsafeSlow(Math.max(length, Math.min(Math.max(waiting, SMALLEST_BLOCK), SLAB_SIZE)));
  }

  /** Where the next frame begins. */
  get position(): number {
    return this.#position;
  }

  /** Makes sure that `length` bytes (at most `LARGEST`) can be written at `position`. Call it before reading `buffer`. */
  reserve(length: number): void {
    if (this.#position + length > SLAB_SIZE) {
      this.#buffer = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#position = 0;
    }
  }

  /** Gives `buffer[position, end)` away. Without it, what was written there is a draft that the next frame overwrites. */
  commit(end: number): void {
    this.#position = end;
  }
}
