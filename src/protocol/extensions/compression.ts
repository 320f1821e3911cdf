/** The two directions of a compressed connection, whatever the unit that is compressed: a message or a frame. */
import { ByteGatherer } from '../byte-gatherer.js';
import type { IncomingFrame } from '../incoming-frame.js';
import type { Deflater } from './deflater.js';
import type { Lease } from './deflater-pool.js';
import { History } from './history.js';
import type { Inflater } from './inflater.js';
import { InflationStream, type PieceTaker } from './inflation-stream.js';

/** One direction, as it was agreed. */
export interface Direction {
  /** 8–15. */
  readonly windowBits: number;
  /** Whether a message may refer to those before it. */
  readonly contextTakeover: boolean;
}

/** `00 00 ff ff`, which a flush ends with and a message doesn't (RFC 7692 §7.2.1). */
const FLUSH_LENGTH = 4;
/** What a flush writes when there is nothing to flush: an empty block. */
const NOTHING = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

/** What this side sends. */
export class OutgoingCompression {
  readonly #deflater: Deflater;
  readonly #direction: Direction;
  /** What the next data may refer to; null for nothing. */
  #history: History | null = null;
  /** A compressor that knows it too, while this is its tenant. */
  #lease: Lease | null = null;
  #tenant = 0;

  constructor(deflater: Deflater, direction: Direction) {
    this.#deflater = deflater;
    this.#direction = direction;
  }

  /**
   * `data` compressed. Say `sent` when it is, and `dropped` when something else went in its place.
   *
   * @param ends whether a message ends with them: otherwise the last flush stays.
   */
  deflate(data: Uint8Array, ends: boolean): Buffer | Promise<Buffer> {
    const deflated = data.length === 0 ? NOTHING : this.#deflate(data);
    if (!ends) {
      return deflated;
    }
    return deflated instanceof Promise ? deflated.then(withoutFlush) : withoutFlush(deflated);
  }

  sent(data: Uint8Array, ends: boolean): void {
    if (this.#direction.contextTakeover || !ends) {
      this.#history ??= new History(this.#direction.windowBits);
      this.#history.append(data);
    } else {
      this.#history = null;
      this.close();
    }
  }

  dropped(): void {
    this.close(); // The compressor knows data now that the peer doesn't.
  }

  /** Nothing more is sent: its compressor is for others. */
  close(): void {
    if (this.#lease !== null && this.#lease.tenant === this.#tenant) {
      this.#lease.giveBack();
    }
    this.#lease = null;
  }

  #deflate(data: Uint8Array): Buffer | Promise<Buffer> {
    const history = this.#history;
    if (history === null) {
      return this.#deflater.deflate(data, undefined);
    }
    if (this.#deflater.isLarge(data)) {
      this.close(); // Compressed elsewhere, where its compressor doesn't learn of it.
      return this.#deflater.deflate(data, history.bytes);
    }
    const lease = this.#leased(history, data.length);
    return lease === null ? this.#deflater.deflate(data, history.bytes) : lease.deflate(data);
  }

  #leased(history: History, length: number): Lease | null {
    if (this.#lease !== null && this.#lease.tenant === this.#tenant) {
      return this.#lease;
    }
    // A message of about the window's length leaves little to refer to: nothing is won for it by a compressor that knows.
    this.#lease =
      length * 2 <= 2 ** this.#direction.windowBits ? this.#deflater.lend(this.#direction.windowBits) : null;
    if (this.#lease !== null) {
      this.#tenant = this.#lease.tenant;
      this.#lease.begin(history.bytes);
    }
    return this.#lease;
  }
}

/** What the peer sends. */
export class IncomingCompression {
  readonly #inflater: Inflater;
  readonly #direction: Direction;
  #history: History | null = null;
  /** The pieces of a unit so far, where it is inflated whole. */
  #gathered: ByteGatherer | null = null;
  /** Where it is inflated as it comes. */
  #stream: InflationStream | null = null;

  constructor(inflater: Inflater, direction: Direction) {
    this.#inflater = inflater;
    this.#direction = direction;
  }

  /**
   * Takes a piece of what is compressed as one. The parser has bounded all of it, from the headers (`encodedLimit`).
   *
   * @param ends whether it is the last; all of it is inflated then, and undefined returned before.
   * @param limit bytes that it may inflate to.
   */
  receive(piece: IncomingFrame, ends: boolean, limit: number): Buffer | Promise<Buffer> | undefined {
    const { buffer, start, end } = piece;
    if (!ends) {
      this.#gathered ??= new ByteGatherer();
      this.#gathered.append(buffer, start, end);
      return undefined;
    }
    const data = this.#gathered === null ? this.#inflate(buffer, start, end, limit) : this.#finish(piece, limit);
    if (!this.#direction.contextTakeover) {
      return data;
    }
    return data instanceof Promise ? data.then((whole) => this.#remember(whole)) : this.#remember(data);
  }

  /**
   * The same for who has use for data before the unit is whole: they are handed on as they are inflated. What comes in one
   * piece and is short is returned instead.
   */
  receivePieces(piece: IncomingFrame, ends: boolean, limit: number, take: PieceTaker): Buffer | Promise<void> {
    if (ends && this.#stream === null) {
      const { buffer, start, end } = piece;
      const data = this.#inflater.inflateShort(buffer, start, end, this.#history?.bytes, limit);
      if (data !== null) {
        return this.#direction.contextTakeover ? this.#remember(data) : data;
      }
    }
    this.#history ??= new History(this.#direction.windowBits);
    this.#stream ??= new InflationStream(this.#history, limit, take);
    const taking = this.#stream.inflate(piece.payload, ends);
    return ends ? taking.then(() => this.#streamed()) : taking;
  }

  /** Frees what zlib holds. */
  close(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  #streamed(): void {
    this.#stream = null;
    if (!this.#direction.contextTakeover) {
      this.#history = null;
    }
  }

  #finish({ buffer, start, end }: IncomingFrame, limit: number): Buffer | Promise<Buffer> {
    const gathered = this.#gathered as ByteGatherer;
    this.#gathered = null;
    gathered.append(buffer, start, end);
    const whole = gathered.finish();
    return this.#inflate(whole, 0, whole.length, limit);
  }

  #inflate(bytes: Buffer, start: number, end: number, limit: number): Buffer | Promise<Buffer> {
    return this.#inflater.inflate(bytes, start, end, this.#history?.bytes, limit);
  }

  #remember(data: Buffer): Buffer {
    this.#history ??= new History(this.#direction.windowBits);
    this.#history.append(data);
    return data;
  }
}

function withoutFlush(deflated: Buffer): Buffer {
  return deflated.subarray(0, -FLUSH_LENGTH);
}
