import type { Session } from '../endpoint/session.js';
import type { Clock } from '../engine/clock.js';
import { CloseCode } from '../protocol/close-code.js';

/** How many sessions are closed together, and the milliseconds from one such batch to the next. */
export interface Pace {
  readonly batch: number;
  readonly interval: number;
}

/** What a container was told of its pace. */
export interface PaceOptions {
  /** Milliseconds over which the Closes are spread; undefined for as few as the batches need. */
  readonly spread: number | undefined;
  /** Sessions that are closed together at least. */
  readonly batch: number;
}

export const AT_ONCE: PaceOptions = Object.freeze({ spread: 0, batch: 1 });

/** From one batch to the next where nobody said how long all of them may take: with 100 in each, 2,000 a second. */
const INTERVAL = 50;
/** All of them, where nobody said so: the peers also want time to answer. */
const LONGEST = 5_000;

/** @param timeout milliseconds until whoever is left is cut off. */
export function paceOf(total: number, { spread, batch }: PaceOptions, timeout: number): Pace {
  const available = spread ?? Math.min(timeout / 2, LONGEST);
  const mostBatches = Math.floor(available / INTERVAL) + 1;
  const size = Math.max(batch, Math.ceil(total / mostBatches));
  const pauses = Math.ceil(total / size) - 1;
  return { batch: size, interval: spread === undefined || pauses < 1 ? INTERVAL : spread / pauses };
}

/**
 * Sends each of many sessions a Close with 1001, a batch at a time, so that their peers don't all come back in the same
 * moment. The first batch goes at once. A session goes on as before until it is its turn.
 */
export class PacedCloses {
  readonly #sessions: Iterator<Session>;
  readonly #reason: string;
  readonly #pace: Pace;
  readonly #clock: Clock;
  #began = 0;
  #batches = 0;
  #cancel: (() => void) | undefined;

  constructor(sessions: readonly Session[], reason: string, pace: Pace, clock: Clock) {
    this.#sessions = sessions.values();
    this.#reason = reason;
    this.#pace = pace;
    this.#clock = clock;
  }

  begin(): void {
    this.#began = this.#clock.now();
    this.#next();
  }

  /** All that are left, now. */
  finish(): void {
    this.#cancel?.();
    this.#close(Infinity);
  }

  /** As many batches as should have gone by now: a timer of a busy process comes late. */
  #next(): void {
    const { batch, interval } = this.#pace;
    const due = Math.round((this.#clock.now() - this.#began) / interval) + 1;
    const count = (due - this.#batches) * batch;
    this.#batches = due;
    if (this.#close(count)) {
      this.#cancel = this.#clock.after(interval, () => this.#next());
    }
  }

  /** Closes so many that are open; false when there were no more. */
  #close(count: number): boolean {
    for (let left = count; left > 0; ) {
      const { value: session, done } = this.#sessions.next();
      if (done === true) {
        return false;
      }
      if (session.isOpen) {
        session.close(CloseCode.GoingAway, this.#reason);
        left -= 1;
      }
    }
    return true;
  }
}
