import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import type { DeflaterSettings } from './sync-zlib.js';

/** zlib's raw deflate has no window of 256 bytes. */
export const LEAST_DEFLATE_BITS = 9;
const LARGEST_DEFLATE_BITS = 15;
/** From here on the work is done off the event loop; below, the hop to another thread costs more than the work. */
export const ASYNCHRONOUS_FROM = 64 * 1024;
const LARGEST_CHUNK = 16 * 1024;
/** Longest that Node takes from its pool rather than from the system. */
const POOLED = 4088;

/**
 * Deflates by Node's public functions, in one call each: there is no compressor between messages. What would be its
 * memory is the `history` that is handed in.
 *
 * Setting up zlib costs as much as a short message, and most of that is clearing tables. So each call takes the
 * smallest window and tables that the message can use; a smaller window than agreed on is always allowed.
 */
export class WholeDeflater {
  readonly #settings: DeflaterSettings;
  /** By the bits of their length, for messages without history. */
  readonly #options: ZlibOptions[] = [];

  constructor(settings: DeflaterSettings) {
    this.#settings = settings;
  }

  /**
   * The blocks of `data`, ended by a flush: the last four bytes are `00 00 ff ff`. Large data are compressed
   * asynchronously and must not change until then; the history may.
   *
   * @param history what went before in the same stream; may be referred to.
   */
  deflate(data: Uint8Array, history: Buffer | undefined): Buffer | Promise<Buffer> {
    const options = this.#optionsFor(data.length, history);
    if (data.length < ASYNCHRONOUS_FROM) {
      return deflateRawSync(data, options);
    }
    return new Promise((resolve, reject) => {
      deflateRaw(data, options, (error, deflated) => (error === null ? resolve(deflated) : reject(error)));
    });
  }

  #optionsFor(length: number, history: Buffer | undefined): ZlibOptions {
    const lengthBits = bitsOf(length);
    if (history === undefined || history.length === 0) {
      this.#options[lengthBits] ??= this.#build(lengthBits, lengthBits);
      return this.#options[lengthBits];
    }
    return { ...this.#build(lengthBits, bitsOf(length + history.length)), dictionary: history };
  }

  #build(lengthBits: number, reachBits: number): ZlibOptions {
    const { level, memLevel } = this.#settings;
    const windowBits = Math.min(reachBits, this.#settings.windowBits);
    // A peer's small window is no reason for small tables and chunks: with them a long message is blocks of a few symbols,
    // each with a code of its own, and off the event loop a hop to the other thread for each chunk.
    const roomBits = Math.max(windowBits, lengthBits);
    const room = 1 << roomBits;
    return {
      level,
      windowBits,
      // As zlib's own default of 8 is to 15.
      memLevel: Math.min(memLevel, roomBits - 7),
      chunkSize: room <= 8192 ? Math.min(room / 2, POOLED) : LARGEST_CHUNK,
      finishFlush: constants.Z_SYNC_FLUSH,
    };
  }
}

/** The logarithm of the window that so many bytes can use. */
function bitsOf(length: number): number {
  return Math.max(LEAST_DEFLATE_BITS, Math.min(32 - Math.clz32(length), LARGEST_DEFLATE_BITS));
}
