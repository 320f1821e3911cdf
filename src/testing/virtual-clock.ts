import type { Clock } from '../engine/clock.js';

interface Timer {
  readonly every: number;
  readonly tick: () => void;
  due: number;
}

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  every(milliseconds: number, tick: () => void): () => void {
    const timer = { every: milliseconds, tick, due: this.#now + milliseconds };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  after(milliseconds: number, done: () => void): () => void {
    const cancel = this.every(milliseconds, () => {
      cancel();
      done();
    });
    return cancel;
  }

  /** When the next timer is due, in the time of `now()`; Infinity when none runs. */
  get nextDue(): number {
    return Math.min(Infinity, ...[...this.#timers].map(({ due }) => due));
  }

  /** Lets time pass, with every tick at its moment. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#now = next.due;
      next.due += next.every;
      next.tick();
    }
    this.#now = end;
  }

  /** Lets time pass with the event loop blocked: every timer ticks once, late. */
  block(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers]) {
      timer.due = this.#now + timer.every;
      timer.tick();
    }
  }
}
