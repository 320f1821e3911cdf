import { Random } from './random.js';
import { shrink } from './shrink.js';
import { ruleOf, type Target } from './target.js';
import { vary } from './vary.js';

/** An input that a target took badly. */
export interface Crash {
  readonly target: string;
  readonly rule: string;
  readonly message: string;
  readonly input: object;
  /** Of the call that failed. */
  readonly stack: string | undefined;
}

const POOL_SIZE = 400;
/** Varied inputs grow; past this they say nothing new and only take time. */
const LONGEST_INPUT = 400_000;

/**
 * Feeds one target: half with inputs made from nothing, half with variations of inputs that took a course of their own.
 * The same seed gives the same inputs in the same order.
 */
export class Fuzzer {
  readonly #target: Target;
  readonly #random: Random;
  readonly #pool: object[] = [];
  readonly #courses = new Set<string>();
  runs = 0;

  /** @param known inputs to vary from the beginning. */
  constructor(target: Target, seed: number, known: readonly object[] = []) {
    this.#target = target;
    this.#random = new Random(seed);
    this.#pool.push(...known);
  }

  /** How many different courses inputs have taken. */
  get courses(): number {
    return this.#courses.size;
  }

  /** One input. */
  async step(): Promise<Crash | undefined> {
    const input = this.#next();
    this.runs += 1;
    try {
      this.#keep(input, await this.#target.run(input));
      return undefined;
    } catch (thrown) {
      return crashOf(this.#target, input, thrown);
    }
  }

  #next(): object {
    const random = this.#random;
    if (this.#pool.length === 0 || random.oneIn(2)) {
      return this.#target.generate(random);
    }
    const input = vary(random.pick(this.#pool), random.pick(this.#pool), random, this.#target);
    return JSON.stringify(input).length > LONGEST_INPUT ? this.#target.generate(random) : input;
  }

  #keep(input: object, course: string): void {
    if (!this.#courses.has(course)) {
      this.#courses.add(course);
      if (this.#pool.length < POOL_SIZE) {
        this.#pool.push(input);
      } else {
        this.#pool[this.#random.below(POOL_SIZE)] = input;
      }
    }
  }
}

/** The crash with as little input as it needs. */
export async function minimise(target: Target, crash: Crash): Promise<Crash> {
  let smallest = crash;
  await shrink(crash.input, target.setup, async (smaller) => {
    try {
      await target.run(smaller);
      return false;
    } catch (thrown) {
      if (ruleOf(thrown) !== crash.rule) return false;
      smallest = crashOf(target, smaller, thrown);
      return true;
    }
  });
  return smallest;
}

function crashOf(target: Target, input: object, thrown: unknown): Crash {
  const { message, stack } = thrown instanceof Error ? thrown : { message: String(thrown), stack: undefined };
  return { target: target.name, rule: ruleOf(thrown), message, input, stack };
}
