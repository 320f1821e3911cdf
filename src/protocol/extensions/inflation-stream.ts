import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';
import { SessionClosedError } from '../errors.js';
import type { Settling } from './extension.js';
import type { History } from './history.js';
import { checkRest, checkRuns, ENDING, inflatedTooLarge, inflateFailure } from './inflate-whole.js';

/** Takes a piece of what is inflated; the next comes when it has settled. */
export type PieceTaker = (data: Buffer, starts: boolean, ends: boolean) => Settling;

const EMPTY = Buffer.alloc(0);
const LARGEST_PIECE = 64 * 1024;

/**
 * Data of any length, inflated off the event loop as they come. Of what comes out no more than two pieces of 64 KiB are
 * held, however much a compressed byte stands for: zlib goes on when the last piece has been taken.
 */
export class InflationStream {
  readonly #history: History;
  readonly #limit: number;
  readonly #take: PieceTaker;
  #zlib: InflateRaw | null = null;
  /** Bytes given to `#zlib`; when there is none yet, 0. */
  #given = 0;
  #runs = 0;
  #produced = 0;
  #starts = true;
  /** Held back until it is known whether it is the last. */
  #held: Buffer | null = null;
  #wake: () => void = () => undefined;

  /**
   * @param history what went before; what comes is added to it.
   * @param limit bytes that the data may come to.
   */
  constructor(history: History, limit: number, take: PieceTaker) {
    this.#history = history;
    this.#limit = limit;
    this.#take = take;
  }

  /**
   * Settles when all that the bytes stand for has been taken.
   *
   * @param ends whether they are the last.
   */
  async inflate(bytes: Buffer, ends: boolean): Promise<void> {
    try {
      let rest = ends && this.#given + bytes.length > 0 ? Buffer.concat([bytes, ENDING]) : bytes;
      while (rest.length > 0) {
        const left = await this.#run(rest, ends);
        if (left === 0) break;
        rest = rest.subarray(-left);
        if (ends) checkRest(left);
        // A final block ended the run. Others may follow (RFC 7692 §7.2.3.4); here they begin a stream of their own.
        this.close();
        if (ends && left <= ENDING.length) break;
      }
      await this.#handOn(ends);
    } catch (cause) {
      this.close();
      throw cause;
    }
    if (ends) this.close();
  }

  /** Frees zlib's memory. */
  close(): void {
    this.#zlib?.close();
    this.#zlib = null;
  }

  /** Returns how many bytes come behind a final block. */
  async #run(input: Buffer, ends: boolean): Promise<number> {
    this.#zlib ??= this.#open();
    const zlib = this.#zlib;
    let done = false;
    const taken = (): void => {
      done = true;
      this.#wake();
    };
    this.#given += input.length;
    if (ends) {
      zlib.end(input, taken);
    } else {
      zlib.write(input, taken);
    }
    for (;;) {
      const data: Buffer | null = zlib.read();
      if (data !== null) {
        await this.#produce(data);
      } else if (zlib.errored !== null) {
        throw inflateFailure(zlib.errored, this.#limit);
      } else if (zlib.readableEnded || (done && !ends && zlib.readableLength === 0)) {
        return this.#given - zlib.bytesWritten;
      } else if (zlib.destroyed) {
        throw new SessionClosedError();
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #open(): InflateRaw {
    checkRuns(this.#runs);
    this.#runs += 1;
    this.#given = 0;
    const { bytes } = this.#history;
    const zlib = createInflateRaw({
      chunkSize: LARGEST_PIECE,
      flush: constants.Z_SYNC_FLUSH,
      ...(bytes.length > 0 && { dictionary: bytes }),
    });
    for (const event of ['readable', 'end', 'error', 'close']) {
      zlib.on(event, () => this.#wake());
    }
    return zlib;
  }

  async #produce(data: Buffer): Promise<void> {
    this.#produced += data.length;
    if (this.#produced > this.#limit) {
      throw inflatedTooLarge(this.#limit);
    }
    this.#history.append(data);
    if (this.#held !== null) {
      await this.#handOn(false);
    }
    this.#held = data;
  }

  async #handOn(ends: boolean): Promise<void> {
    const data = this.#held;
    if (data !== null || ends) {
      this.#held = null;
      const starts = this.#starts;
      this.#starts = false;
      await this.#take(data ?? EMPTY, starts, ends);
    }
  }
}
