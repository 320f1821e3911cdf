import { type Clock, systemClock } from '../engine/clock.js';
import { CloseCode } from '../protocol/close-code.js';
import type { SessionDirectory } from './session-directory.js';

export const SERVER_CLOSING = 'Server closing';

/** What became of the sessions that were open when a container closed. */
export interface CloseReport {
  /** Sessions whose close handler settled in time. */
  readonly closed: number;
  /** Sessions that were cut off at the deadline. */
  readonly destroyed: number;
}

/** How long closing waits where nobody said: what orchestrators allow before they kill is 10 to 30 s. */
const DEFAULT_TIMEOUT = 10_000;

/** The one closing of a container or client, however often it is asked for. */
export class Closing {
  readonly #deadline: Deadline;
  #report: Promise<CloseReport> | undefined;

  constructor(clock: Clock = systemClock) {
    this.#deadline = new Deadline(clock);
  }

  get began(): boolean {
    return this.#report !== undefined;
  }

  /**
   * Begins it, or joins the one that has begun: a timeout that somebody named then brings the deadline forward, never back.
   *
   * @param timeout whole milliseconds or Infinity, checked.
   * @param close must not throw but reject.
   */
  begin(timeout: number | undefined, close: (deadline: Deadline) => Promise<CloseReport>): Promise<CloseReport> {
    if (this.#report === undefined) {
      this.#deadline.within(timeout ?? DEFAULT_TIMEOUT);
      let start!: () => void;
      this.#report = new Promise((resolve) => {
        start = () => resolve(close(this.#deadline));
      });
      start(); // It has begun before a handler that this calls can ask for it again.
    } else if (timeout !== undefined) {
      this.#deadline.within(timeout);
    }
    return this.#report;
  }
}

/** A time that can only come nearer. */
export class Deadline {
  readonly #clock: Clock;
  #at = Infinity;
  #cancel: (() => void) | undefined;
  #pass!: () => void;
  /** Settles when it has passed. */
  readonly passed = new Promise<void>((resolve) => {
    this.#pass = resolve;
  });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  within(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    if (at < this.#at) {
      this.#at = at;
      this.#cancel?.();
      this.#cancel = this.#clock.after(milliseconds, this.#pass);
    }
  }

  /** What it was for is over. */
  lift(): void {
    this.#at = -Infinity;
    this.#cancel?.();
  }
}

/** Sends every session a Close with 1001, waits for the close handlers up to the deadline, and cuts off the rest. */
export async function closeSessions(
  directory: SessionDirectory,
  deadline: Deadline,
  reason = SERVER_CLOSING,
): Promise<CloseReport> {
  const { all } = directory;
  const total = all.size;
  for (const session of all) {
    session.close(CloseCode.GoingAway, reason);
  }
  await Promise.race([directory.whenEmpty(), deadline.passed]);
  deadline.lift();
  const leftovers = [...all];
  for (const session of leftovers) {
    session.disconnect();
  }
  return { closed: Math.max(total - leftovers.length, 0), destroyed: leftovers.length };
}
