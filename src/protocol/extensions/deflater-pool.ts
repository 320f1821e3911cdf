import { KeptDeflater } from './kept-deflater.js';
import type { DeflaterSettings, SyncZlib } from './sync-zlib.js';
import type { Workspace } from './workspace.js';

/** What each of them takes beside its windows and tables; zlib as Node has it hashes with 64 KiB in any case. */
const OVERHEAD = 80 * 1024;
/** A tenant that lets so many uses by others go by, times the number of compressors, may lose its own. */
const PATIENCE = 4;
const NOBODY = 0;

/** Counts the uses of all compressors of a pool. */
interface Uses {
  count: number;
}

/** A compressor that knows the history of one connection's stream, as long as that one is the tenant. */
export class Lease {
  readonly settings: DeflaterSettings;
  /** A number for each that ever had it. */
  tenant = NOBODY;
  lastUse = -Infinity;
  readonly #deflater: KeptDeflater;
  readonly #uses: Uses;

  constructor(settings: DeflaterSettings, deflater: KeptDeflater, uses: Uses) {
    this.settings = settings;
    this.#deflater = deflater;
    this.#uses = uses;
  }

  /** Begins a stream in which `history` went before. */
  begin(history: Buffer): void {
    this.#deflater.begin(history);
  }

  /** The blocks of `data`, which may refer to all since `begin`; who doesn't use a compressor loses it. */
  deflate(data: Uint8Array): Buffer {
    this.#uses.count += 1;
    this.lastUse = this.#uses.count;
    return this.#deflater.deflate(data);
  }

  /** The tenant wants it no more. */
  giveBack(): void {
    this.tenant = NOBODY;
    this.lastUse = -Infinity;
  }

  close(): void {
    this.tenant = NOBODY;
    this.#deflater.close();
  }
}

/**
 * Compressors for streams in which a message refers to those before it. One for each connection would be the fastest, at
 * 100 KiB each. So those that send most have one, all together within a bound, and the others keep no more than the bytes
 * that can be referred to, from which any compressor can go on.
 *
 * Nothing is to be freed when a connection dies: its compressor goes to the next one.
 */
export class DeflaterPool {
  readonly #zlib: SyncZlib;
  readonly #workspace: Workspace;
  readonly #mostBytes: number;
  readonly #leases: Lease[] = [];
  #bytes = 0;
  #tenants = 0;
  readonly #uses: Uses = { count: 0 };

  /** @param mostBytes what they may come to, all together. */
  constructor(zlib: SyncZlib, workspace: Workspace, mostBytes: number) {
    this.#zlib = zlib;
    this.#workspace = workspace;
    this.#mostBytes = mostBytes;
  }

  /** A compressor for a new tenant, or null while all are in use. It may have had what another sent: `begin` with it. */
  lend(settings: DeflaterSettings): Lease | null {
    this.#uses.count += 1; // Who asks in vain wants one as much as who has one uses it.
    const lease = this.#available(settings);
    if (lease !== null) {
      this.#tenants += 1;
      lease.tenant = this.#tenants;
    }
    return lease;
  }

  #available(settings: DeflaterSettings): Lease | null {
    const oldest = this.#oldest();
    if (oldest?.tenant === NOBODY && areSame(oldest.settings, settings)) {
      return oldest;
    }
    const size = sizeOf(settings);
    if (oldest !== undefined && this.#bytes + size > this.#mostBytes) {
      if (this.#uses.count - oldest.lastUse <= PATIENCE * this.#leases.length) {
        return null;
      }
      if (areSame(oldest.settings, settings)) {
        return oldest;
      }
      this.#remove(oldest);
    }
    return this.#bytes + size > this.#mostBytes ? null : this.#add(settings, size);
  }

  /** There are a few hundred at most, and it is asked for once for many messages. */
  #oldest(): Lease | undefined {
    let oldest = this.#leases[0];
    for (const lease of this.#leases) {
      if (lease.lastUse < (oldest as Lease).lastUse) oldest = lease;
    }
    return oldest;
  }

  #add(settings: DeflaterSettings, size: number): Lease {
    const deflater = new KeptDeflater(this.#zlib, settings, this.#workspace);
    const lease = new Lease(settings, deflater, this.#uses);
    this.#leases.push(lease);
    this.#bytes += size;
    return lease;
  }

  #remove(lease: Lease): void {
    this.#leases.splice(this.#leases.indexOf(lease), 1);
    this.#bytes -= sizeOf(lease.settings);
    lease.close();
  }
}

function areSame(one: DeflaterSettings, other: DeflaterSettings): boolean {
  return one.windowBits === other.windowBits && one.memLevel === other.memLevel && one.level === other.level;
}

function sizeOf({ windowBits, memLevel }: DeflaterSettings): number {
  return OVERHEAD + 2 ** (windowBits + 2) + 2 ** (memLevel + 9);
}
