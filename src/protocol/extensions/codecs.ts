import { Deflater, type KeptDeflaters } from './deflater.js';
import { DeflaterPool } from './deflater-pool.js';
import { Inflater } from './inflater.js';
import { KeptDeflater } from './kept-deflater.js';
import { KeptInflater } from './kept-inflater.js';
import { type DeflaterSettings, type SyncZlib, syncZlib } from './sync-zlib.js';
import { Workspace } from './workspace.js';

/** Room for a hundred compressors with the default window. */
const LENT_BYTES = 12 * 1024 * 1024;

/**
 * What compresses and inflates for all connections: between two messages a connection has nothing of zlib's for itself.
 * The inflater and the compressors are made when the first message wants them, and stay.
 */
export class Codecs {
  readonly inflater: Inflater;
  readonly #kept: KeptDeflaters | null;
  readonly #deflaters = new Map<string, Deflater>();

  /**
   * @param zlib what works at once; with `null`, Node's public functions do everything.
   * @param lentBytes what the compressors of connections with context takeover may come to.
   */
  constructor(zlib: SyncZlib | null, lentBytes = LENT_BYTES) {
    const workspace = new Workspace();
    this.inflater = new Inflater(zlib && new KeptInflater(zlib, workspace));
    this.#kept = zlib && {
      pool: new DeflaterPool(zlib, workspace, lentBytes),
      make: (settings) => new KeptDeflater(zlib, settings, workspace),
    };
  }

  /** One for each set of settings, of which there are no more than a few hundred. */
  deflater(settings: DeflaterSettings): Deflater {
    const key = `${settings.level},${settings.memLevel},${settings.windowBits}`;
    let deflater = this.#deflaters.get(key);
    if (deflater === undefined) {
      deflater = new Deflater(settings, this.#kept);
      this.#deflaters.set(key, deflater);
    }
    return deflater;
  }
}

let shared: Codecs | undefined;

/** Those that all endpoints of the process share. */
export function sharedCodecs(): Codecs {
  shared ??= new Codecs(syncZlib());
  return shared;
}
