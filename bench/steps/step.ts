/** One choice made for speed or memory, beside what one would write without it. */

/** The same work done in one of two ways. */
export interface Variant {
  readonly title: string;
  /** Does the work so many times. What it makes must not be optimised away: hand it to `consume`. */
  run(times: number): void | Promise<void>;
  /** What the work comes to, where the other variant must come to the same. */
  result?(): unknown;
}

export interface TimedStep {
  readonly measure: 'time';
  readonly name: string;
  readonly title: string;
  readonly kept: Variant;
  readonly plain: Variant;
}

/** Something that is made, and then held; a promise of it where it takes a while. */
export interface Holding {
  readonly title: string;
  make(): unknown;
  /** Lets go of what the garbage collector doesn't. */
  release?(made: unknown): unknown;
}

export interface HeldStep {
  readonly measure: 'memory';
  readonly name: string;
  readonly title: string;
  readonly kept: Holding;
  readonly plain: Holding;
  /** How many are made for one reading. */
  readonly count: number;
}

export type Step = TimedStep | HeldStep;

let consumed: unknown;

/** Takes what a variant made, so that making it has a purpose. */
export function consume(value: unknown): void {
  consumed = value;
}

export function forget(): void {
  if (consumed !== undefined) consumed = undefined;
}
