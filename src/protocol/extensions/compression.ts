/** The two directions of a compressed connection, whatever the unit that is compressed: a message or a frame. */
import type { IncomingFrame } from '../incoming-frame.js';
import type { Deflater } from './deflater.js';
import { GatheredBytes } from './gathered-bytes.js';
import { History } from './history.js';
import { inflate } from './inflater.js';

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
  #gathered: GatheredBytes | null = null;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /** Keeps compressed bytes until their unit is whole. The parser has bounded them, from the headers (`encodedLimit`). */
  gather(piece: IncomingFrame): void {
    this.#gathered ??= new GatheredBytes();
    this.#gathered.append(piece.buffer, piece.start, piece.end);
  }

  /** What was gathered, inflated. */
  inflate(limit: number): Buffer | Promise<Buffer> {
    const gathered = this.#gathered as GatheredBytes;
    this.#gathered = null;
    const data = inflate(gathered, this.#history?.bytes, limit);
    if (!this.#direction.contextTakeover) {
      return data;
    }
    return data instanceof Promise ? data.then((whole) => this.#remember(whole)) : this.#remember(data);
  }

  #remember(data: Buffer): Buffer {
    this.#history ??= new History(this.#direction.windowBits);
    this.#history.append(data);
    return data;
  }

  /** Lets go of a unit that never became whole. */
  close(): void {
    this.#gathered = null;
    this.#history = null;
  }
}
