/** Measures the two sides of a step in alternation. */
import { forget, type HeldStep, type Holding, type Step, type TimedStep, type Variant } from './step.js';

/** One side's figure in one round: nanoseconds of CPU time of one piece of work, or bytes that one thing holds. */
export interface Pair {
  readonly kept: number;
  readonly plain: number;
}

/** Microseconds that one pass should take: many times the clock's resolution, too short for most disturbances. */
const PASS = 20_000;
/** A step begins with so many passes that aren't counted, in which the compiler does its work. */
const UNCOUNTED = 3;

/** The pairs of all rounds. The side that begins alternates, so that what one leaves behind is the other's half of the time. */
export async function measure(step: Step, rounds: number): Promise<Pair[]> {
  const read = step.measure === 'time' ? await timer(step) : holder(step);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const kept = await read('kept');
      pairs.push({ kept, plain: await read('plain') });
    } else {
      const plain = await read('plain');
      pairs.push({ kept: await read('kept'), plain });
    }
  }
  return pairs;
}

type Side = keyof Pair;

async function timer(step: TimedStep): Promise<(side: Side) => Promise<number>> {
  const times = { kept: await calibrate(step.kept), plain: await calibrate(step.plain) };
  return async (side) => {
    globalThis.gc?.();
    return (1000 * (await pass(step[side], times[side]))) / times[side];
  };
}

/** How often the work fits into a pass, once it is warm. */
async function calibrate(variant: Variant): Promise<number> {
  let times = 1;
  for (let warm = 0; warm < UNCOUNTED; ) {
    const took = await pass(variant, times);
    if (took >= PASS / 2) warm++;
    times = Math.max(1, Math.round(times * Math.min(10, PASS / Math.max(took, 1))));
  }
  return times;
}

/** Microseconds of CPU time, user and system, of all threads: others on the machine disturb it least. */
async function pass(variant: Variant, times: number): Promise<number> {
  const before = process.cpuUsage();
  const done = variant.run(times);
  if (done !== undefined) await done;
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function holder(step: HeldStep): (side: Side) => Promise<number> {
  return (side) => bytesEach(step[side], step.count);
}

/** Heap and what hangs on it outside, after collections: needs `--expose-gc`. */
async function bytesEach({ make, release }: Holding, count: number): Promise<number> {
  const held: unknown[] = Array.from({ length: count }, () => undefined);
  const before = await settledBytes();
  for (let index = 0; index < count; index++) {
    const made = make();
    held[index] = made instanceof Promise ? await made : made;
  }
  const after = await settledBytes();
  if (release !== undefined) for (const made of held) release(made);
  return (after - before) / count;
}

async function settledBytes(): Promise<number> {
  forget();
  // What was released may take a turn of the loop to go.
  await new Promise(setImmediate);
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
