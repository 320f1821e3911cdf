import { ASYNCHRONOUS_FROM, WholeDeflater } from './deflate-whole.js';
import type { DeflaterPool, Lease } from './deflater-pool.js';
import type { KeptDeflater } from './kept-deflater.js';
import type { DeflaterSettings } from './sync-zlib.js';

/** What compresses at once, where Node has it. */
export interface KeptDeflaters {
  readonly pool: DeflaterPool;
  make(settings: DeflaterSettings): KeptDeflater;
}

/**
 * What compresses with certain settings, for all connections that agreed on them. Large data are compressed off the event
 * loop.
 */
export class Deflater {
  readonly #settings: DeflaterSettings;
  readonly #whole: WholeDeflater;
  readonly #kept: KeptDeflaters | null;
  /** For messages that refer to no other: one is enough. Made for the first. */
  #alone: KeptDeflater | null = null;

  constructor(settings: DeflaterSettings, kept: KeptDeflaters | null) {
    this.#settings = settings;
    this.#whole = new WholeDeflater(settings);
    this.#kept = kept;
  }

  /**
   * The blocks of `data`, at least a byte, ended by a flush: the last four bytes are `00 00 ff ff`. Large data are
   * compressed asynchronously and must not change until then; the history may.
   *
   * @param history what went before in the same stream; may be referred to.
   */
  deflate(data: Uint8Array, history: Buffer | undefined): Buffer | Promise<Buffer> {
    if (history !== undefined || this.#kept === null || this.isLarge(data)) {
      return this.#whole.deflate(data, history);
    }
    this.#alone ??= this.#kept.make(this.#settings);
    return this.#alone.deflateAlone(data);
  }

  /** Whether so much is compressed asynchronously. */
  isLarge(data: Uint8Array): boolean {
    return data.length >= ASYNCHRONOUS_FROM;
  }

  /** A compressor for a stream whose messages refer to those before; null while there is none. */
  lend(windowBits: number): Lease | null {
    const { level, memLevel } = this.#settings;
    // Tables in proportion to the window, as zlib's own default of 8 is to 15: there are many of these.
    return this.#kept?.pool.lend({ level, windowBits, memLevel: Math.min(memLevel, windowBits - 7) }) ?? null;
  }
}
