/** The two directions of a compressed connection, whatever the unit that is compressed: a message or a frame. */
import { ByteGatherer } from '../byte-gatherer.js';
import type { IncomingFrame } from '../incoming-frame.js';
import type { Deflater } from './deflater.js';
import { History } from './history.js';
import { ENDING, inflate } from './inflater.js';

/** One direction, as it was agreed. */
export interface Direction {
  /** 8–15. */
  readonly windowBits: number;
  /** Whether a message may refer to those before it. */
  readonly contextTakeover: boolean;
}

/** What this side sends. */
export class OutgoingCompression {
  readonly #deflater: Deflater;
  readonly #direction: Direction;
  #history: History | null = null;

  constructor(deflater: Deflater, direction: Direction) {
    this.#deflater = deflater;
    this.#direction = direction;
  }

  /** `data` compressed, with the last flush (`00 00 ff ff`) at its end. Say `sent` if it is, and what follows. */
  deflate(data: Uint8Array): Buffer | Promise<Buffer> {
    return this.#deflater.deflate(data, this.#history?.bytes);
  }

  /** The data went out compressed. `ends`: a message ends with them. */
  sent(data: Uint8Array, ends: boolean): void {
    if (this.#direction.contextTakeover || !ends) {
      this.#history ??= new History(this.#direction.windowBits);
      this.#history.append(data);
    } else {
      this.#history = null;
    }
  }
}

/** What the peer sends. */
export class IncomingCompression {
  readonly #direction: Direction;
  #history: History | null = null;
  /** The pieces of a unit so far. */
  #gathered: ByteGatherer | null = null;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /**
   * Takes a piece of what is compressed as one. The parser has bounded all of it, from the headers (`encodedLimit`).
   *
   * @param ends whether it is the last; all of it is inflated then, and undefined returned before.
   * @param limit bytes that it may inflate to.
   */
  receive(piece: IncomingFrame, ends: boolean, limit: number): Buffer | Promise<Buffer> | undefined {
    if (!ends) {
      this.#gathered ??= new ByteGatherer();
      this.#gathered.append(piece.buffer, piece.start, piece.end);
      return undefined;
    }
    const data = inflate(this.#finish(piece), this.#history?.bytes, limit);
    if (!this.#direction.contextTakeover) {
      return data;
    }
    return data instanceof Promise ? data.then((whole) => this.#remember(whole)) : this.#remember(data);
  }

  /** All pieces and the ending, side by side. */
  #finish({ buffer, start, end, length }: IncomingFrame): Buffer {
    const gathered = this.#gathered;
    if (gathered === null) {
      const whole = Buffer.allocUnsafe(length + ENDING.length);
      buffer.copy(whole, 0, start, end);
      ENDING.copy(whole, length);
      return whole;
    }
    this.#gathered = null;
    gathered.append(buffer, start, end);
    gathered.append(ENDING, 0, ENDING.length);
    return gathered.finish();
  }

  #remember(data: Buffer): Buffer {
    this.#history ??= new History(this.#direction.windowBits);
    this.#history.append(data);
    return data;
  }
}
