import type { Duplex } from 'node:stream';
import { ignoreError } from './refusal-writer.js';

/** Bytes taken in from a peer that sends before it is answered; beyond them it is made to wait. */
const MAX_EARLY_BYTES = 64 * 1024;

/** An eye on a socket while an upgrade waits for the application: whether the peer is still there, and what it sends. */
export class SocketWatch {
  readonly #socket: Duplex;
  readonly #onGone: () => void;
  readonly #onData: (chunk: Buffer) => void;
  readonly #early: Buffer[] = [];
  #length: number;

  /**
   * @param length bytes that came before.
   * @param gone is called when the peer leaves.
   */
  constructor(socket: Duplex, length: number, gone: () => void) {
    this.#socket = socket;
    this.#length = length;
    this.#onGone = gone;
    this.#onData = (chunk) => this.#take(chunk);
    // The HTTP server has let go of the socket; without a listener its errors would end the process.
    socket.on('error', ignoreError);
  }

  start(): void {
    const socket = this.#socket;
    socket.on('close', this.#onGone);
    // A peer that leaves says so with a FIN, and a FIN is only seen by who reads.
    socket.on('end', this.#onGone);
    socket.on('data', this.#onData);
    if (this.#length <= MAX_EARLY_BYTES) {
      socket.resume(); // The wait before has left it paused.
    }
    if (socket.destroyed) {
      this.#onGone();
    }
  }

  stop(): void {
    const socket = this.#socket;
    socket.off('close', this.#onGone);
    socket.off('end', this.#onGone);
    socket.off('data', this.#onData);
    socket.pause();
  }

  /** Leaves the socket to others, who listen for its errors already, with what came meanwhile. */
  release(): readonly Buffer[] {
    this.#socket.off('error', ignoreError);
    return this.#early;
  }

  #take(chunk: Buffer): void {
    this.#early.push(chunk);
    this.#length += chunk.length;
    if (this.#length > MAX_EARLY_BYTES) {
      this.#socket.pause();
    }
  }
}
