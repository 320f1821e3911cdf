/**
 * zlib streams that last and work at once: the one place that reaches behind Node's public API.
 *
 * Why: what Node offers is a call that works at once and sets zlib up anew each time (`deflateRawSync`, four times the work
 * of deflating a short message), or a stream that lasts and takes a hop to another thread for each message (ten times).
 * A stream that lasts and works at once is what a WebSocket wants.
 *
 * What is relied on: a stream of `createDeflateRaw` or `createInflateRaw` has `_handle.writeSync(flush, input, from, length,
 * output, at, room)`, which leaves in `_writeState` how much room and how much input is left, and on bad data destroys the
 * stream. Node's own synchronous functions are built so, from version 10 to 24 at least, and others count on it: npm
 * (minizlib, by `_processChunk`, which calls it), ssh2 and pngjs. All else is public: how a stream is made, `reset`,
 * `destroyed` and `close`.
 *
 * `syncZlib` tries all that is relied on, once, before anything is entrusted to it. Where it doesn't hold, the answer is
 * `null` and messages take Node's public way, slower and otherwise the same.
 */
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  deflateRawSync,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib';

const { Z_FINISH, Z_FULL_FLUSH, Z_SYNC_FLUSH } = constants;

/** How zlib compresses. */
export interface DeflaterSettings {
  /** 0–9, as zlib has it. */
  readonly level: number;
  /** 1–9, as zlib has it: the most that is used, a short message may take less. */
  readonly memLevel: number;
  /** 9–15: the largest window that the peer inflates with. */
  readonly windowBits: number;
}

/** A compressor or an inflater that works at once. */
export interface SyncStream {
  /** Bytes of the output that the last `write` did not need; 0 when there may be more to come. */
  readonly roomLeft: number;
  /** Bytes of the input that the last `write` did not take. */
  readonly inputLeft: number;
  /**
   * Works `input[from, from + length)` into `output[at, at + room)`.
   *
   * @param flush one of zlib's.
   * @returns false for data that zlib can't take; the stream is of no use after that.
   */
  write(
    flush: number,
    input: Uint8Array,
    from: number,
    length: number,
    output: Uint8Array,
    at: number,
    room: number,
  ): boolean;
  /** Forgets all that went before. */
  reset(): void;
  /** Gives its memory back. */
  close(): void;
}

/** Where they come from. */
export interface SyncZlib {
  deflater(settings: DeflaterSettings): SyncStream;
  inflater(): SyncStream;
}

/** What Node's streams have, and its typings leave out. */
interface Insides {
  readonly _handle: { writeSync(...args: Parameters<SyncStream['write']>): void };
  readonly _writeState: Uint32Array;
}

type NodeStream = ReturnType<typeof createDeflateRaw> | ReturnType<typeof createInflateRaw>;

/** The least that Node takes: room for output as a stream, which is never used. */
const LEAST_CHUNK = 64;

class HandleStream implements SyncStream {
  readonly #stream: NodeStream;
  readonly #handle: Insides['_handle'];
  readonly #left: Uint32Array;

  constructor(stream: NodeStream) {
    const { _handle: handle, _writeState: left } = stream as unknown as Partial<Insides>;
    if (typeof handle?.writeSync !== 'function' || !(left instanceof Uint32Array) || left.length !== 2) {
      stream.close();
      throw new TypeError("Node's zlib streams are built in another way.");
    }
    this.#stream = stream;
    this.#handle = handle;
    this.#left = left;
    // What failed is said by `write`. Without a listener it would end the process.
    stream.on('error', () => undefined);
  }

  get roomLeft(): number {
    return this.#left[0] as number;
  }

  get inputLeft(): number {
    return this.#left[1] as number;
  }

  write(
    flush: number,
    input: Uint8Array,
    from: number,
    length: number,
    output: Uint8Array,
    at: number,
    room: number,
  ): boolean {
    if (!this.#stream.destroyed) {
      this.#handle.writeSync(flush, input, from, length, output, at, room);
    }
    return !this.#stream.destroyed; // To write to one that is would end the process.
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

const HANDLES: SyncZlib = {
  deflater: ({ level, memLevel, windowBits }) => {
    const options: ZlibOptions = { level, memLevel, windowBits, chunkSize: LEAST_CHUNK };
    return new HandleStream(createDeflateRaw(options));
  },
  inflater: () => new HandleStream(createInflateRaw({ chunkSize: LEAST_CHUNK })),
};

let found: SyncZlib | null | undefined;

/** Streams that work at once, or `null` where Node doesn't have them. */
export function syncZlib(): SyncZlib | null {
  found ??= whereItHolds(HANDLES);
  return found;
}

/** `zlib` if it does what is asked of it here, as Node's public functions would. */
export function whereItHolds(zlib: SyncZlib): SyncZlib | null {
  try {
    return compresses(zlib) && inflates(zlib) && fails(zlib) ? zlib : null;
  } catch {
    return null;
  }
}

const SAMPLE = Buffer.from('A sample for a compressor, a sample for an inflater. ');

function compresses(zlib: SyncZlib): boolean {
  const stream = zlib.deflater({ level: 3, memLevel: 5, windowBits: 12 });
  const output = Buffer.alloc(4 * SAMPLE.length);
  const take = (flush: number, room: number): Buffer => {
    const taken = stream.write(flush, SAMPLE, 0, SAMPLE.length, output, 1, room);
    const complete =
      stream.roomLeft > 0 || stream.write(flush, SAMPLE, 0, 0, output, 1 + room, output.length - 1 - room);
    return taken && complete && stream.inputLeft === 0
      ? Buffer.from(output.subarray(1, output.length - stream.roomLeft))
      : Buffer.alloc(0);
  };
  const whole = output.length - 1;
  const first = take(Z_SYNC_FLUSH, whole);
  const second = take(Z_FULL_FLUSH, whole); // Refers to the first.
  const alone = take(Z_FULL_FLUSH, 7); // Refers to nothing, and has to be asked for twice.
  stream.reset();
  const anew = take(Z_SYNC_FLUSH, whole);
  stream.close();
  const inflated = (...parts: Buffer[]): string =>
    inflateRawSync(Buffer.concat(parts), { finishFlush: Z_SYNC_FLUSH }).toString();
  return (
    second.length < first.length &&
    inflated(first, second, alone) === SAMPLE.toString().repeat(3) &&
    inflated(alone) === SAMPLE.toString() &&
    inflated(anew) === SAMPLE.toString()
  );
}

function inflates(zlib: SyncZlib): boolean {
  const stream = zlib.inflater();
  const input = Buffer.concat([Buffer.of(0), deflateRawSync(SAMPLE), Buffer.of(0, 0)]);
  const output = Buffer.alloc(SAMPLE.length + 10);
  const short = SAMPLE.length - 10;
  const cut = stream.write(Z_FINISH, input, 1, input.length - 1, output, 5, short) && stream.roomLeft === 0;
  const taken = input.length - 1 - stream.inputLeft;
  const rest = stream.write(Z_FINISH, input, 1 + taken, input.length - 1 - taken, output, 5 + short, 15);
  const ended = stream.roomLeft === 5 && stream.inputLeft === 2;
  const data = output.toString('latin1', 5, 5 + SAMPLE.length);
  stream.reset();
  const again = stream.write(Z_FINISH, input, 1, input.length - 1, output, 0, output.length) && stream.inputLeft === 2;
  stream.close();
  return (
    cut && rest && ended && again && data === SAMPLE.toString() && output.subarray(0, SAMPLE.length).equals(SAMPLE)
  );
}

function fails(zlib: SyncZlib): boolean {
  const output = Buffer.alloc(SAMPLE.length);
  return [Buffer.of(0x07, 0x00), Buffer.of(0xf2, 0x48)].every((bad) => {
    const stream = zlib.inflater();
    const failed = !stream.write(Z_FINISH, bad, 0, bad.length, output, 0, output.length);
    stream.close();
    return failed;
  });
}
