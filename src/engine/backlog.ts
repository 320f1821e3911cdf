import { Fifo } from './fifo.js';
import { OutgoingSlab } from './outgoing-slab.js';

/** Bytes that leave together: a whole number of frames, or one frame as its header and its payload. */
export type Unit = Buffer | readonly [header: Buffer, payload: Buffer];

const SMALLEST_PONG_BLOCK = 512;

/** What waits to be written: data in order, and control frames that pass it. */
export class Backlog {
  readonly #units = new Fifo<Unit>();
  #pings: Buffer[] | null = null;
  /** Pongs, side by side: they come as fast as the peer sends pings, and as a Buffer each they would cost fifty times their bytes. */
  #pongs: Buffer | null = null;
  #pongsUsed = 0;
  /** Memory of our own that is being filled with small frames, the last of the data. */
  #block: Buffer | null = null;
  #used = 0;
  /** Bytes of data here, by which the next block is measured. */
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#units.isEmpty && this.#block === null && this.#pings === null && this.#pongs === null;
  }

  add(unit: Unit): void {
    this.#sealBlock();
    this.#units.push(unit);
    this.#bytes += lengthOf(unit);
  }

  /**
   * Frames that the transport has no room for may wait for long. Left in the slab they would keep 64 KiB alive that are
   * mostly other connections' frames, and a slow consumer of small messages would hold a multiple of its cap.
   */
  addCopy(buffer: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#block === null || this.#used + length > this.#block.length) {
      this.#sealBlock();
      this.#block = OutgoingSlab.ownBlock(length, this.#bytes);
    }
    this.#used += buffer.copy(this.#block, this.#used, start, end);
    this.#bytes += length;
  }

  /** Ahead of all data that is still here. */
  addPing(frame: Buffer): void {
    this.#pings ??= [];
    this.#pings.push(frame);
  }

  /** Ahead of all data that is still here, and copied. */
  addPong(buffer: Buffer, start: number, end: number): void {
    const used = this.#pongsUsed;
    const length = end - start;
    if (this.#pongs === null || used + length > this.#pongs.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(SMALLEST_PONG_BLOCK, 2 * (used + length)));
      this.#pongs?.copy(larger, 0, 0, used);
      this.#pongs = larger;
    }
    this.#pongsUsed = used + buffer.copy(this.#pongs, used, start, end);
  }

  /** Forgets the pongs; returns how many bytes they had. */
  dropPongs(): number {
    const dropped = this.#pongsUsed;
    this.#pongsUsed = 0; // The block stays: the pong that takes their place comes next.
    return dropped;
  }

  /** Moves control frames, then data until about `enough` bytes have come together, into `chunks`; returns how many bytes. */
  take(chunks: Buffer[], enough: number): number {
    let taken = 0;
    for (const frame of this.#pings ?? []) {
      chunks.push(frame);
      taken += frame.length;
    }
    this.#pings = null;
    if (this.#pongs !== null) {
      chunks.push(this.#pongs.subarray(0, this.#pongsUsed));
      taken += this.#pongsUsed;
      this.#pongs = null;
      this.#pongsUsed = 0;
    }
    this.#sealBlock();
    while (taken < enough) {
      const unit = this.#units.shift();
      if (unit === undefined) {
        break;
      }
      const length = lengthOf(unit);
      taken += length;
      this.#bytes -= length;
      if (Buffer.isBuffer(unit)) {
        chunks.push(unit);
      } else {
        chunks.push(unit[0], unit[1]);
      }
    }
    return taken;
  }

  #sealBlock(): void {
    if (this.#block !== null) {
      this.#units.push(this.#block.subarray(0, this.#used));
      this.#block = null;
      this.#used = 0;
    }
  }
}

function lengthOf(unit: Unit): number {
  return Buffer.isBuffer(unit) ? unit.length : unit[0].length + unit[1].length;
}
