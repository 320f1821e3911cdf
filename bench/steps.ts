/**
 * What each choice made for speed or memory gives by itself, beside what one would write without it: both sides in one
 * process, in alternation. docs/performance.md says what the steps are; bench/run.ts measures what they come to.
 *
 *     npm run bench:steps -- [--only NAMES] [--rounds N]
 */
import { parseArgs } from 'node:util';
import { middleOf } from './report.js';
import { COMPRESSION } from './steps/compression.js';
import { CONNECTIONS } from './steps/connections.js';
import { HANDLERS } from './steps/handlers.js';
import { INCOMING } from './steps/incoming.js';
import { measure, type Pair } from './steps/measure.js';
import { OUTGOING } from './steps/outgoing.js';
import type { Step } from './steps/step.js';
import { startWriting } from './steps/writing.js';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: '15' } },
});
const rounds = Number(values.rounds);
const only = values.only.split(',').filter(Boolean);

/** A factor of time, or the bytes that are saved: a ratio to nothing held at all would say nothing. */
function gain({ measure }: Step, { kept, plain }: Pair): number {
  return measure === 'time' ? plain / kept : plain - kept;
}

function described(step: Step, value: number): string {
  if (step.measure === 'memory') return `${Math.round(value).toLocaleString('en')} B`;
  if (value < 1000) return `${value.toPrecision(3)} ns`;
  return value < 1_000_000 ? `${(value / 1000).toPrecision(3)} µs` : `${(value / 1_000_000).toPrecision(3)} ms`;
}

function linesOf(step: Step, pairs: readonly Pair[]): string[] {
  const gains = middleOf(pairs.map((pair) => gain(step, pair)));
  const says =
    step.measure === 'time' ? (value: number) => value.toFixed(2) : (value: number) => described(step, value);
  const side = (key: keyof Pair): string => {
    const { median } = middleOf(pairs.map((pair) => pair[key]));
    return `  ${described(step, median).padStart(11)}  ${step[key].title}`;
  };
  return [
    `${step.title}  [${step.name}]`,
    side('kept'),
    side('plain'),
    `  ${says(gains.median).padStart(11)}${step.measure === 'time' ? '×' : ' saved'} (${says(gains.min)}–${says(gains.max)})`,
  ];
}

const writing = await startWriting();
try {
  const all = [...INCOMING, ...HANDLERS, ...OUTGOING, ...writing.steps, ...CONNECTIONS, ...COMPRESSION];
  const steps = all.filter(({ name }) => only.length === 0 || only.some((prefix) => name.startsWith(prefix)));
  if (!(rounds > 0) || steps.length === 0) {
    throw new Error(
      `--rounds takes a number above 0, --only the beginnings of: ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  console.log(`Node ${process.versions.node}, CPU time or bytes, median of ${rounds} rounds (lowest–highest)\n`);
  for (const step of steps) {
    console.log(linesOf(step, await measure(step, rounds)).join('\n'));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
} finally {
  writing.stop();
}
