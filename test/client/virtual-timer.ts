import type { Timer } from '#moorage/client/timer.js';

/** A timer that stands still until the test moves it. */
export class VirtualTimer implements Timer {
  #now = 5_000;
  readonly #waiting = new Map<() => void, number>();

  /** Milliseconds until the next is due; `undefined` when none waits. */
  get next(): number | undefined {
    return this.#waiting.size === 0 ? undefined : Math.min(...this.#waiting.values()) - this.#now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, done: () => void): () => void {
    this.#waiting.set(done, this.#now + milliseconds);
    return () => this.#waiting.delete(done);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [done, due] of [...this.#waiting]) {
      if (due <= this.#now && this.#waiting.delete(done)) done();
    }
  }
}
