/**
 * `npm run fuzz -- --seconds 60 --target parser --seed 1`: feeds one target, or all in turn, for so long. What is found is
 * made small, written to build/fuzz/ and told at once; the exit code is 1 then. `--replay <file>` runs one such file.
 */
import { parseArgs } from 'node:util';
import { corpus, readCase, writeCrash } from './corpus.js';
import { type Crash, Fuzzer, minimise } from './fuzzer.js';
import type { Target } from './target.js';
import { TARGETS } from './targets/index.js';

/** Any input that takes longer than this, twice, is a finding: work must be in proportion to what came. */
const SLOW_MS = 1000;
/** What the heap may have grown by at the end, after collecting: the fuzzer's own pool, and nothing per run. */
const GROWTH = 64 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string', default: 'all' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    replay: { type: 'string' },
  },
});

let stray: Crash | undefined;
let current: { target: Target; input: object } | undefined;
process.on('unhandledRejection', note);
process.on('uncaughtException', note);

process.exitCode = values.replay === undefined ? await fuzz() : await replay(values.replay);

async function replay(path: string): Promise<number> {
  const { target: name, input } = readCase(path);
  const target = targetsNamed(name)[0]!;
  try {
    console.log(`${name}: ${await target.run(input)}`);
  } catch (thrown) {
    console.log(thrown);
    return 1;
  }
  return stray === undefined ? 0 : 1;
}

async function fuzz(): Promise<number> {
  const targets = targetsNamed(values.target);
  const seed = Number(values.seed);
  const share = (Number(values.seconds) * 1000) / targets.length;
  if (!Number.isInteger(seed) || !(share > 0)) {
    throw new RangeError('--seed takes a whole number, --seconds a number over 0.');
  }
  console.log(`Seed ${seed}; ${targets.map(({ name }) => name).join(', ')}`);
  let found = 0;
  for (const target of targets) {
    found += await fuzzOne(target, seed, share);
  }
  return found > 0 ? 1 : 0;
}

/** Tells of each broken rule once, and goes on. */
async function fuzzOne(target: Target, seed: number, milliseconds: number): Promise<number> {
  const known = corpus().filter((entry) => entry.target === target.name);
  const watched = timed(target);
  const fuzzer = new Fuzzer(
    watched,
    seed,
    known.map(({ input }) => input),
  );
  const told = new Set<string>();
  const heapBefore = heap();
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    const crash = (await fuzzer.step()) ?? stray;
    stray = undefined;
    if (crash !== undefined && !told.has(crash.rule)) {
      told.add(crash.rule);
      await tell(watched, crash);
    }
  }
  const growth = heap() - heapBefore;
  const grown = growth > GROWTH ? 1 : 0;
  const MiB = (growth / 1024 / 1024).toFixed(1);
  console.log(
    `${target.name}: ${fuzzer.runs} inputs, ${fuzzer.courses} courses, ${told.size} findings, heap ${MiB} MiB${grown ? ' TOO MUCH' : ''}`,
  );
  return told.size + grown;
}

async function tell(target: Target, crash: Crash): Promise<void> {
  const path = writeCrash(crash.rule.startsWith('stray') ? crash : await minimise(target, crash));
  const smallest = readCase(path);
  console.log(
    `\n${target.name}: ${smallest.what}\n${crash.stack ?? ''}\n${JSON.stringify(smallest.input).slice(0, 2000)}`,
  );
  console.log(
    `Again: node build/test/fuzz/main.js --replay ${path}\nFor good: move it to test/fuzz/corpus/ and say there what it was.\n`,
  );
}

/** The target with a limit on the time of a run; slow ones have a second chance, since machines have other things to do. */
function timed(target: Target): Target {
  return {
    ...target,
    run: async (input) => {
      current = { target, input };
      const [course, first] = await measured(() => target.run(input));
      if (first > SLOW_MS) {
        const [, second] = await measured(() => target.run(input));
        if (second > SLOW_MS) throw new Error(`Took ${Math.round(second)} ms`);
      }
      return course;
    },
  };
}

async function measured<T>(act: () => T | Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await act();
  return [result, performance.now() - start];
}

function note(thrown: unknown): void {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const { target, input } = current ?? { target: { name: 'none' }, input: {} };
  stray ??= { target: target.name, rule: 'stray exception', message, input, stack: undefined };
}

function targetsNamed(name: string): readonly Target[] {
  const targets = name === 'all' ? TARGETS : TARGETS.filter((target) => target.name === name);
  if (targets.length === 0) {
    throw new RangeError(`No target ${name}: there are ${TARGETS.map((target) => target.name).join(', ')} and all.`);
  }
  return targets;
}

function heap(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
