import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../fuzz/random.js';
import type { LoadReport } from '../subject/messages.js';

/** What everybody who makes load shares: where the server is, how fast to go, what was done and what went wrong. */
export class Workplace {
  readonly port: number;
  /** Of the pauses between two pieces of work: 2 is twice as fast. */
  readonly #pace: number;
  readonly #done = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #stop = new AbortController();
  #failed = 0;

  constructor(port: number, pace: number) {
    this.port = port;
    this.#pace = pace;
    setMaxListeners(0, this.#stop.signal); // Everybody who pauses listens.
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Counts a piece of work. */
  count(name: string): void {
    this.#done.set(name, (this.#done.get(name) ?? 0) + 1);
  }

  /** What the server did otherwise than it must. */
  fail(what: string): void {
    this.#failed += 1;
    if (this.#failures.length < 20) this.#failures.push(what);
  }

  /** About so many milliseconds, so that not everybody works at the same moment; less once the load has to end. */
  async pause(milliseconds: number, random: Random): Promise<void> {
    const { signal } = this.#stop;
    const length = (milliseconds * (0.5 + random.below(1000) / 1000)) / this.#pace;
    await sleep(length, undefined, { signal }).catch(() => undefined);
  }

  stop(): void {
    this.#stop.abort();
  }

  report(): LoadReport {
    return { done: Object.fromEntries(this.#done), failures: this.#failures, failed: this.#failed };
  }
}

/** Each of the values in turn, whoever asks: so a short soak comes to all of them too. */
export function inTurn<T>(values: readonly T[]): () => T {
  let next = 0;
  return () => values[next++ % values.length] as T;
}

/** One kind of work, done again and again until the load ends. What it throws is a failure, and it begins anew. */
export type Work = (place: Workplace, random: Random) => Promise<void>;

export async function keepWorking(name: string, work: Work, place: Workplace, seed: number): Promise<void> {
  const random = new Random(seed);
  while (!place.stopped) {
    try {
      await work(place, random);
    } catch (cause) {
      place.fail(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
      await place.pause(500, random); // Nobody is served by a thousand failures a second.
    }
  }
}
