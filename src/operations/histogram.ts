/** Takes a duration in seconds. */
export interface DurationRecorder {
  record(seconds: number): void;
}

/** How many durations were how long, in seconds. */
export class Histogram implements DurationRecorder {
  readonly bounds: readonly number[];
  /** For each bound how many lie at or below it and above the one before; and one more, for those above all. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds ascending. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.#sum;
  }

  record(seconds: number): void {
    const { bounds } = this;
    let i = 0;
    while (i < bounds.length && seconds > (bounds[i] as number)) {
      i += 1;
    }
    (this.#counts[i] as number) += 1;
    this.#sum += seconds;
  }

  /** For each bound how many lie at or below it; the last is the count of all. */
  *cumulated(): IterableIterator<readonly [bound: number, count: number]> {
    let count = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      count += this.#counts[i] as number;
      yield [this.bounds[i] ?? Infinity, count];
    }
  }
}

/** Passes a duration on to two. */
export class TwoRecorders implements DurationRecorder {
  readonly #first: DurationRecorder;
  readonly #second: DurationRecorder;

  constructor(first: DurationRecorder, second: DurationRecorder) {
    this.#first = first;
    this.#second = second;
  }

  record(seconds: number): void {
    this.#first.record(seconds);
    this.#second.record(seconds);
  }
}
