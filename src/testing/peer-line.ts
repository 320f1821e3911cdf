import type { PeerSocket } from './peer-socket.js';
import type { Quiet } from './quiet.js';

const { setImmediate: soon } = globalThis;

/** How a stream is cut: into pieces of one size, or of these sizes, the last as long as need be. */
export type Cut = number | readonly number[];

/** Who reads at the peer's end of the line. */
export interface LineReader {
  received(bytes: Buffer): void;
  ended(how: 'fin' | 'destroyed'): void;
}

/**
 * The peer's end of a connection in memory. As on a network, what is sent arrives in a later turn, in order, and in the
 * pieces that the line cuts it into; a reader that stalls is sent no more than what is under way.
 */
export class PeerLine {
  cut: Cut = Infinity;
  readonly #socket: PeerSocket;
  readonly #quiet: Quiet;
  readonly #reader: LineReader;
  readonly #outbox: (() => void)[] = [];
  /** What came while the reader stalled. */
  #unread: (() => void)[] | undefined;
  #sentEnd = false;
  #gone = false;

  constructor(socket: PeerSocket, quiet: Quiet, reader: LineReader) {
    this.#socket = socket;
    this.#quiet = quiet;
    this.#reader = reader;
    socket.onWrite = (bytes) => this.#read(() => reader.received(bytes));
    socket.onFinish = () => this.#end('fin');
    socket.once('close', () => this.#end('destroyed'));
  }

  /** Whether the peer can send. */
  get isOpen(): boolean {
    return !this.#sentEnd && !this.#socket.destroyed;
  }

  send(bytes: Uint8Array): void {
    const pieces = cutUp(bytes, this.cut);
    this.#post(() => this.#socket.deliver(...pieces));
  }

  end(): void {
    if (!this.#sentEnd) {
      this.#sentEnd = true;
      this.#post(() => this.#socket.finish());
    }
  }

  reset(): void {
    this.#sentEnd = true;
    this.#post(() => this.#socket.reset());
  }

  stall(): void {
    this.#unread ??= [];
    this.#socket.stall();
  }

  resume(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const read of unread) read();
    this.#socket.unstall();
  }

  #post(act: () => void): void {
    this.#quiet.stir();
    this.#outbox.push(act);
    if (this.#outbox.length === 1) {
      soon(() => this.#deliver());
    }
  }

  #deliver(): void {
    for (const act of this.#outbox.splice(0)) {
      this.#quiet.stir();
      if (!this.#socket.destroyed) act();
    }
  }

  #read(read: () => void): void {
    this.#quiet.stir();
    if (this.#unread === undefined) {
      read();
    } else {
      this.#unread.push(read);
    }
  }

  #end(how: 'fin' | 'destroyed'): void {
    if (!this.#gone) {
      this.#gone = true;
      this.#read(() => this.#reader.ended(how));
    }
  }
}

function cutUp(bytes: Uint8Array, cut: Cut): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = typeof cut === 'number' ? cut : (cut[pieces.length] ?? Infinity);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
