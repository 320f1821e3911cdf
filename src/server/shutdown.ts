import { described } from '../endpoint/described.js';
import { isMilliseconds, isSizeLimit } from '../endpoint/option-rules.js';
import { type Clock, systemClock } from '../engine/clock.js';
import { AT_ONCE, PacedCloses, type PaceOptions, paceOf } from './paced-closes.js';
import type { SessionDirectory } from './session-directory.js';

export const SERVER_CLOSING = 'Server closing';

/** What became of the sessions that were open when a container closed. */
export interface CloseReport {
  /** Sessions whose close handler settled in time. */
  readonly closed: number;
  /** Sessions that were cut off at the deadline. */
  readonly destroyed: number;
}

/** How a container closes. */
export interface CloseOptions {
  /**
   * Milliseconds until whoever is left is cut off. Default 10,000; 0 cuts everything off at once, `Infinity` waits for all.
   */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds over which the Closes are spread, so that the peers don't all come back in the same moment; 0 sends all
   * of them at once. At most the timeout. Left out, a batch goes every 50 ms, and larger ones where they would take longer
   * than 5,000 ms or half of the timeout: up to 100 sessions are closed at once, 10,000 within 5 s.
   */
  readonly spread?: number | undefined;
  /** Sessions that are closed together at least, from 1. Default 100. */
  readonly batch?: number | undefined;
}

/** Where a container stands: it serves; it has begun to close; it has closed. */
export type ContainerState = 'open' | 'closing' | 'closed';

/** How long closing waits where nobody said: what orchestrators allow before they kill is 10 to 30 s. */
const DEFAULT_TIMEOUT = 10_000;
const DEFAULT_BATCH = 100;

/** The one closing of a container or client, however often it is asked for. */
export class Closing {
  readonly #deadline: Deadline;
  #report: Promise<CloseReport> | undefined;
  #ended = false;

  constructor(clock: Clock = systemClock) {
    this.#deadline = new Deadline(clock);
  }

  get began(): boolean {
    return this.#report !== undefined;
  }

  get state(): ContainerState {
    return this.#ended ? 'closed' : this.began ? 'closing' : 'open';
  }

  /**
   * Begins it, or joins the one that has begun: a timeout that somebody named then brings the deadline forward, never back.
   *
   * @param timeout whole milliseconds or Infinity, checked.
   * @param close must not throw but reject. It is over, and the deadline of no more meaning, when its promise settles.
   */
  begin(timeout: number | undefined, close: (deadline: Deadline) => Promise<CloseReport>): Promise<CloseReport> {
    if (this.#report === undefined) {
      this.#deadline.within(timeout ?? DEFAULT_TIMEOUT);
      let start!: () => void;
      this.#report = new Promise((resolve) => {
        start = () => resolve(close(this.#deadline).finally(() => this.#end()));
      });
      start(); // It has begun before a handler that this calls can ask for it again.
    } else if (timeout !== undefined) {
      this.#deadline.within(timeout);
    }
    return this.#report;
  }

  #end(): void {
    this.#ended = true;
    this.#deadline.lift();
  }
}

/** A time that can only come nearer. */
export class Deadline {
  readonly clock: Clock;
  #at = Infinity;
  #cancel: (() => void) | undefined;
  #onNearer: (() => void) | undefined;
  #pass!: () => void;
  /** Settles when it has passed. */
  readonly passed = new Promise<void>((resolve) => {
    this.#pass = resolve;
  });

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Milliseconds until then. */
  get left(): number {
    return this.#at - this.clock.now();
  }

  within(milliseconds: number): void {
    const at = this.clock.now() + milliseconds;
    if (at < this.#at) {
      this.#at = at;
      this.#cancel?.();
      this.#cancel = this.clock.after(milliseconds, this.#pass);
      this.#onNearer?.();
    }
  }

  /** @param onNearer is called when somebody brings it forward. */
  watch(onNearer: () => void): void {
    this.#onNearer = onNearer;
  }

  /** What it was for is over. */
  lift(): void {
    this.#at = -Infinity;
    this.#cancel?.();
  }
}

/**
 * Sends every session a Close with 1001, waits for the close handlers up to the deadline, and cuts off the rest. Who brings
 * the deadline forward has all Closes sent at once.
 */
export async function closeSessions(
  directory: SessionDirectory,
  deadline: Deadline,
  reason = SERVER_CLOSING,
  pacing: PaceOptions = AT_ONCE,
): Promise<CloseReport> {
  const { all } = directory;
  const sessions = [...all];
  const pace = paceOf(sessions.length, pacing, deadline.left);
  const closes = new PacedCloses(sessions, reason, pace, deadline.clock);
  deadline.watch(() => closes.finish());
  closes.begin();
  await Promise.race([directory.whenEmpty(), deadline.passed]);
  closes.finish();
  const leftovers = [...all];
  for (const session of leftovers) {
    session.disconnect();
  }
  return { closed: Math.max(sessions.length - leftovers.length, 0), destroyed: leftovers.length };
}

/** @throws RangeError for what is no time to wait, no time to spread over, or no number of sessions. */
export function checkCloseOptions({ timeout, spread, batch }: CloseOptions): void {
  if (timeout !== undefined && !isMilliseconds(timeout)) {
    throw new RangeError(
      `container.close({ timeout }) was given ${described(timeout)}. It takes whole milliseconds; 0 for at once, Infinity for as long as it takes.`,
    );
  }
  const longest = timeout ?? DEFAULT_TIMEOUT;
  if (spread !== undefined && !(isMilliseconds(spread) && spread !== Infinity && spread <= longest)) {
    throw new RangeError(
      `container.close({ spread }) was given ${described(spread)}. It takes whole milliseconds from 0 up to the timeout, which is ${longest}.`,
    );
  }
  if (batch !== undefined && !isSizeLimit(batch)) {
    throw new RangeError(
      `container.close({ batch }) was given ${described(batch)}. It takes a whole number of sessions from 1; Infinity closes all together.`,
    );
  }
}

export function pacingOf({ spread, batch = DEFAULT_BATCH }: CloseOptions): PaceOptions {
  return { spread, batch };
}
