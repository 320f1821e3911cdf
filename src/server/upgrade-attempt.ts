import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Deadline, DeadlineSweep } from '../engine/deadline-sweep.js';
import { type Refusal, refusalResponse } from '../protocol/handshake/refusal.js';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { answerAndClose, ignoreError } from './refusal-writer.js';
import { peerGone, type RefusedUpgrade, timedOut } from './refused-upgrade.js';

/** Bytes taken in from a peer that sends before it is answered; beyond them it is made to wait. */
const MAX_EARLY_BYTES = 64 * 1024;

/** What an attempt needs of its container. */
export interface AttemptSurroundings {
  readonly sweep: DeadlineSweep;
  /** Milliseconds for the application to decide; 0 or Infinity for as long as it likes. */
  readonly handshakeTimeout: number;
  /** Where an attempt stands while it waits for the application, so that a closing container can end it. */
  readonly waiting: Set<UpgradeAttempt>;
}

/**
 * The transport of one upgrade until it is answered. While the application makes up its mind, it watches for what
 * makes the answer pointless: the peer leaves, the time is up, or the container closes.
 */
export class UpgradeAttempt implements Deadline {
  heapIndex = -1;
  readonly head: RequestHead;
  readonly socket: Duplex;
  readonly #surroundings: AttemptSurroundings;
  #earlyBytes: Buffer[];
  #earlyLength: number;
  #deadline: number | undefined;
  #cancellation: AbortController | undefined;
  #giveUp: ((why: RefusedUpgrade) => void) | undefined;
  #abandoned: RefusedUpgrade | undefined;

  constructor(head: RequestHead, socket: Duplex, firstBytes: Buffer, surroundings: AttemptSurroundings) {
    this.head = head;
    this.socket = socket;
    this.#earlyBytes = [firstBytes];
    this.#earlyLength = firstBytes.length;
    this.#surroundings = surroundings;
    // From here on the HTTP server has let go of the socket; without a listener its errors would end the process.
    socket.on('error', ignoreError);
    if (socket instanceof Socket) {
      // The HTTP server's idle timeout is not ours, and small frames must not wait for company.
      socket.setTimeout(0);
      socket.setNoDelay(true);
    }
  }

  /** Fires when the attempt is given up. */
  get signal(): AbortSignal {
    if (this.#cancellation === undefined) {
      this.#cancellation = new AbortController();
      if (this.#abandoned !== undefined) {
        this.#cancellation.abort(this.#abandoned);
      }
    }
    return this.#cancellation.signal;
  }

  /**
   * Waits for the application, but no longer than its answer is of use.
   *
   * @throws RefusedUpgrade when the attempt was given up; what `work` comes to is dropped then.
   */
  async wait<T>(work: PromiseLike<T>): Promise<T> {
    const abandoned = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    this.#watch();
    try {
      return await Promise.race([work, abandoned]);
    } finally {
      this.#giveUp = undefined;
      this.#unwatch();
    }
  }

  /** Ends the wait for the application. Without effect when nothing is waited for. */
  abandon(why: RefusedUpgrade): void {
    if (this.#giveUp !== undefined) {
      this.#abandoned = why;
      this.#giveUp(why);
      this.#cancellation?.abort(why);
    }
  }

  /** The handshake's time is up. */
  expire(): number {
    this.abandon(timedOut(this.#surroundings.handshakeTimeout));
    return 0;
  }

  /** @throws RefusedUpgrade when there is nobody to answer any more. */
  checkPeer(): void {
    if (this.socket.destroyed || !this.socket.writable) {
      throw peerGone();
    }
  }

  /** Answers with an HTTP error and closes. */
  refuse(refusal: Refusal): void {
    answerAndClose(this.socket, refusalResponse(refusal), this.#surroundings.sweep);
  }

  /** Lets go of the socket and gives what came after the request, in order. Whoever takes over listens already. */
  handOver(): Buffer {
    this.socket.off('error', ignoreError);
    const bytes = this.#earlyBytes;
    this.#earlyBytes = [];
    return bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes);
  }

  #watch(): void {
    const { socket } = this;
    const { waiting, sweep, handshakeTimeout } = this.#surroundings;
    waiting.add(this);
    if (handshakeTimeout > 0 && handshakeTimeout !== Infinity) {
      // One time for all hooks together, from the first wait on.
      this.#deadline ??= sweep.read() + handshakeTimeout;
      sweep.schedule(this, this.#deadline);
    }
    socket.on('close', this.#onGone);
    // A peer that leaves says so with a FIN, and a FIN is only seen by who reads.
    socket.on('end', this.#onGone);
    socket.on('data', this.#onEarly);
    if (socket.destroyed) {
      this.#onGone();
    }
  }

  #unwatch(): void {
    const { socket } = this;
    this.#surroundings.waiting.delete(this);
    this.#surroundings.sweep.cancel(this);
    socket.off('close', this.#onGone);
    socket.off('end', this.#onGone);
    socket.off('data', this.#onEarly);
    socket.pause();
  }

  readonly #onGone = (): void => this.abandon(peerGone());

  readonly #onEarly = (chunk: Buffer): void => {
    this.#earlyBytes.push(chunk);
    this.#earlyLength += chunk.length;
    if (this.#earlyLength > MAX_EARLY_BYTES) {
      this.socket.pause();
    }
  };
}
