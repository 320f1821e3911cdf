import type { EchoReport } from './messages.js';

/** Keeps the times of the echoes of one connection, and sums them up. */
export class EchoTimes {
  #times: number[] = [];
  #failure: string | undefined;
  /** When the echo that is still due was asked for. */
  #asked: number | undefined;

  asked(): void {
    this.#asked = performance.now();
  }

  answered(): void {
    this.#times.push(performance.now() - (this.#asked ?? 0));
    this.#asked = undefined;
  }

  failed(cause: unknown): void {
    this.#failure ??= cause instanceof Error ? cause.message : String(cause);
  }

  /** Since the last report. */
  report(): EchoReport {
    const sorted = this.#times.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
    const waiting = this.#asked === undefined ? 0 : performance.now() - this.#asked;
    const longest = Math.max(sorted.at(-1) ?? 0, waiting);
    this.#times = [];
    return { echoes: sorted.length, median: at(0.5), p99: at(0.99), longest, failure: this.#failure };
  }
}
