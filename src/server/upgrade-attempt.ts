import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Deadline, DeadlineSweep } from '../engine/deadline-sweep.js';
import { type Refusal, refusalResponse } from '../protocol/handshake/refusal.js';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { answerAndClose, ignoreError } from './refusal-writer.js';
import { peerGone, type RefusedUpgrade, timedOut } from './refused-upgrade.js';
import { SocketWatch } from './socket-watch.js';

const NONE: readonly Buffer[] = Object.freeze([]);

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
  readonly #firstBytes: Buffer;
  /** There from the first wait on; most upgrades are answered without one. */
  #watch: SocketWatch | undefined;
  #deadline: number | undefined;
  #cancellation: AbortController | undefined;
  #giveUp: ((why: RefusedUpgrade) => void) | undefined;
  #abandoned: RefusedUpgrade | undefined;

  constructor(head: RequestHead, socket: Duplex, firstBytes: Buffer, surroundings: AttemptSurroundings) {
    this.head = head;
    this.socket = socket;
    this.#firstBytes = firstBytes;
    this.#surroundings = surroundings;
    if (socket instanceof Socket) {
      // The HTTP server's idle timeout is not ours, and small frames must not wait for company.
      if (socket.timeout) {
        socket.setTimeout(0);
      }
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
    this.#startWaiting();
    try {
      return await Promise.race([work, abandoned]);
    } finally {
      this.#giveUp = undefined;
      this.#stopWaiting();
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

  /** Ends the connection without an answer. */
  drop(): void {
    this.socket.on('error', ignoreError).destroy();
  }

  /** Lets go of the socket and gives what came after the request, in order. Whoever takes over listens already. */
  handOver(): Buffer {
    const early = this.#watch?.release() ?? NONE;
    return early.length === 0 ? this.#firstBytes : Buffer.concat([this.#firstBytes, ...early]);
  }

  #startWaiting(): void {
    const { waiting, sweep, handshakeTimeout } = this.#surroundings;
    waiting.add(this);
    if (handshakeTimeout > 0 && handshakeTimeout !== Infinity) {
      // One time for all hooks together, from the first wait on.
      this.#deadline ??= sweep.read() + handshakeTimeout;
      sweep.schedule(this, this.#deadline);
    }
    this.#watch ??= new SocketWatch(this.socket, this.#firstBytes.length, () => this.abandon(peerGone()));
    this.#watch.start();
  }

  #stopWaiting(): void {
    this.#surroundings.waiting.delete(this);
    this.#surroundings.sweep.cancel(this);
    this.#watch?.stop();
  }
}
