import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';

/** How a direction is compressed. */
export interface DeflaterSettings {
  /** 0–9, as zlib has it. */
  readonly level: number;
  /** 1–9, as zlib has it: the most that is used, a short message takes less. */
  readonly memLevel: number;
  /** 9–15: the largest window that the peer inflates with. */
  readonly windowBits: number;
}

/** zlib's raw deflate has no window of 256 bytes. */
export const LEAST_DEFLATE_BITS = 9;
/** From here on the work is done off the event loop; below, the hop to another thread costs more than the work. */
const ASYNCHRONOUS_FROM = 64 * 1024;
const LARGEST_CHUNK = 16 * 1024;
/** Longest that Node takes from its pool rather than from the system. */
const POOLED = 4088;

/**
 * Deflates message by message, in one call each: between messages there is no compressor, so an idle connection holds
 * none and a dying one leaks none. What would be its memory is the `history` that is handed in.
 *
 * Setting up zlib costs as much as a short message, and most of that is clearing tables. So each call takes the
 * smallest window and tables that the message can use; a smaller window than agreed on is always allowed.
 */
export class Deflater {
  readonly #settings: DeflaterSettings;
  /** By window bits, for messages without history. */
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
    // Each chunk of output is a hop to the other thread, and a small window has small chunks.
    const inLargeChunks = { ...options, chunkSize: LARGEST_CHUNK };
    return new Promise((resolve, reject) => {
      deflateRaw(data, inLargeChunks, (error, deflated) => (error === null ? resolve(deflated) : reject(error)));
    });
  }

  #optionsFor(length: number, history: Buffer | undefined): ZlibOptions {
    const bits = this.#bitsFor(length + (history?.length ?? 0));
    if (history === undefined || history.length === 0) {
      this.#options[bits] ??= this.#build(bits);
      return this.#options[bits];
    }
    return { ...this.#build(bits), dictionary: history };
  }

  #bitsFor(length: number): number {
    const needed = 32 - Math.clz32(length);
    return Math.max(LEAST_DEFLATE_BITS, Math.min(needed, this.#settings.windowBits));
  }

  #build(windowBits: number): ZlibOptions {
    const { level, memLevel } = this.#settings;
    const window = 1 << windowBits;
    return {
      level,
      windowBits,
      // As zlib's own default of 8 is to 15.
      memLevel: Math.min(memLevel, Math.max(1, windowBits - 7)),
      chunkSize: window <= 8192 ? Math.min(window / 2, POOLED) : LARGEST_CHUNK,
      finishFlush: constants.Z_SYNC_FLUSH,
    };
  }
}
