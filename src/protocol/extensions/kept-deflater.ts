import { constants } from 'node:zlib';
import { ByteGatherer } from '../byte-gatherer.js';
import type { DeflaterSettings, SyncStream, SyncZlib } from './sync-zlib.js';
import { Workspace } from './workspace.js';

/** A compressor that lasts, for one message after the other. */
export class KeptDeflater {
  readonly #stream: SyncStream;
  readonly #workspace: Workspace;

  constructor(zlib: SyncZlib, settings: DeflaterSettings, workspace: Workspace) {
    this.#stream = zlib.deflater(settings);
    this.#workspace = workspace;
  }

  /** The blocks of `data`, which refer to nothing before them; at least a byte. They end with the flush `00 00 ff ff`. */
  deflateAlone(data: Uint8Array): Buffer {
    // A full flush forgets what went before, so that the next message begins anew. It is cheaper than a reset.
    return this.#deflate(data, constants.Z_FULL_FLUSH);
  }

  /** The blocks of `data`, which may refer to all that this compressor has had; at least a byte. Same end. */
  deflate(data: Uint8Array): Buffer {
    return this.#deflate(data, constants.Z_SYNC_FLUSH);
  }

  /** Begins a stream anew in which `history`, if any, went before. */
  begin(history: Buffer): void {
    this.#stream.reset();
    if (history.length > 0) {
      for (let from = 0; this.#write(history, from, constants.Z_SYNC_FLUSH) === Workspace.SIZE; ) {
        from = history.length - this.#stream.inputLeft;
      }
    }
  }

  close(): void {
    this.#stream.close();
  }

  #deflate(data: Uint8Array, flush: number): Buffer {
    const first = this.#write(data, 0, flush);
    if (first < Workspace.SIZE) {
      return this.#workspace.keep(0, first);
    }
    const gathered = new ByteGatherer();
    for (let length = first; ; length = this.#write(data, data.length - this.#stream.inputLeft, flush)) {
      gathered.append(this.#workspace.keep(0, length), 0, length);
      if (length < Workspace.SIZE) {
        return gathered.finish();
      }
    }
  }

  /** Returns how much came out; where that is all that there is room for, there may be more. */
  #write(data: Uint8Array, from: number, flush: number): number {
    const { output } = this.#workspace;
    if (!this.#stream.write(flush, data, from, data.length - from, output, 0, Workspace.SIZE)) {
      throw new Error('zlib failed to compress.');
    }
    return Workspace.SIZE - this.#stream.roomLeft;
  }
}
