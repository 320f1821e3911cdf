import type { Settling } from '../engine/contract.js';

/** What became of a message for many, as far as it is known when the call returns. */
export interface Publication {
  /**
   * Sessions that it was sent to, or queued for. What becomes of it then is not known yet: a connection that ends before
   * its queue is empty takes the rest with it, and counts all the same.
   */
  readonly sent: number;
  /**
   * Members that are slow, or in the middle of a message that is sent to them in parts, and get it after that unless a newer
   * one comes before (`slow: 'latest'`).
   */
  readonly held: number;
  /**
   * Sessions that will never get it: slow members (`slow: 'drop'`); those in the middle of a message that is sent in
   * parts, which no other can interrupt (with any policy but `'latest'`, and broadcasts); those for which sending failed.
   */
  readonly dropped: number;
  /** Slow members that were closed instead (`slow: 'disconnect'`). */
  readonly disconnected: number;
  /**
   * Resolves when every session that it was sent to has its queue below the high-water mark again, or is gone; at once
   * where none was above. Never rejects. To wait for it is to publish at the pace of the slowest member.
   */
  readonly drained: Promise<void>;
}

const AT_ONCE: Promise<void> = Promise.resolve();

/** Counts while a message goes out. */
export class Delivery implements Publication {
  sent = 0;
  held = 0;
  dropped = 0;
  disconnected = 0;
  #waits: Promise<void>[] | null = null;

  /** What a send came to: false for one that a message in parts is in the way of, a promise where a queue is above its mark. */
  count(sending: Settling | false): void {
    if (sending === false) {
      this.dropped += 1;
      return;
    }
    this.sent += 1;
    if (sending !== undefined) {
      this.#waits ??= [];
      this.#waits.push(sending);
    }
  }

  get drained(): Promise<void> {
    return this.#waits === null ? AT_ONCE : Promise.allSettled(this.#waits).then(nothing);
  }
}

function nothing(): void {}
