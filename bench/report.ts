/** Ratios of two servers: of each round, then the median and the range over the rounds. */
import type { Case, Measure } from './cases.js';
import { DISTURBED, type Sample } from './generator.js';
import type { ServerName } from './options.js';

/** One round: every server once, one after the other. */
export type Round = readonly Sample[];

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @returns undefined where a side was not run or the quantity could not be measured. */
export function ratio(
  rounds: readonly Round[],
  measure: Measure,
  server: ServerName,
  base: ServerName,
): Ratio | undefined {
  const ratios: number[] = [];
  for (const round of rounds) {
    const above = round.find((sample) => sample.server === server)?.[measure.key];
    const below = round.find((sample) => sample.server === base)?.[measure.key];
    if (above !== undefined && below !== undefined && below > 0 && Number.isFinite(above)) ratios.push(above / below);
  }
  return ratios.length === 0 ? undefined : middleOf(ratios);
}

/** The median, the lowest and the highest of at least one figure. */
export function middleOf(figures: readonly number[]): Ratio {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
  return { median, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** A server, and the one that it is compared with. */
export type Pair = readonly [above: ServerName, below: ServerName];

const PAIRS: readonly Pair[] = [
  ['moorage', 'ws'],
  ['net', 'ws'],
  ['moorage', 'net'],
  ['moorage', 'jetty'],
];

/** The comparisons that a run of these servers allows; all of them share their columns. */
export function pairsOf(servers: readonly ServerName[]): readonly Pair[] {
  return PAIRS.filter((pair) => pair.every((name) => servers.includes(name)));
}

export function headLine(pairs: readonly Pair[]): string {
  const columns = pairs.map(([a, b]) => `${a} / ${b}`.padEnd(21)).join('');
  return `${'↑ more is better, ↓ less is better'.padEnd(40)}${columns}`.trimEnd();
}

/** The lines of one case. */
export function caseLines(test: Case, rounds: readonly Round[], pairs: readonly Pair[]): string[] {
  const lines = [test.title];
  for (const measure of test.measures) {
    const cells = pairs.map(([a, b]) => cell(ratio(rounds, measure, a, b)).padEnd(21)).join('');
    lines.push(`  ${`${measure.title} ${measure.better === 'more' ? '↑' : '↓'}`.padEnd(38)}${cells}`.trimEnd());
  }
  return [...lines, ...remarks(rounds)];
}

/** The same as JSON: absolute samples beside the ratios that mean something. */
export function caseRecord(test: Case, rounds: readonly Round[], pairs: readonly Pair[]): object {
  const { measures, ...rest } = test;
  const ratios = measures.map((measure) => ({
    ...measure,
    ...Object.fromEntries(pairs.map(([a, b]) => [`${a}/${b}`, ratio(rounds, measure, a, b)])),
  }));
  return { ...rest, ratios, rounds };
}

function cell(value: Ratio | undefined): string {
  return value ? `${figure(value.median)} (${figure(value.min)}–${figure(value.max)})` : '–';
}

function figure(value: number): string {
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What a reader must know before he believes the lines above. */
function remarks(rounds: readonly Round[]): string[] {
  const samples = rounds.flat();
  const lines: string[] = [];
  const busy = new Set(samples.filter(({ generatorBusy }) => generatorBusy > 95).map(({ server }) => server));
  if (busy.size > 0) {
    lines.push(`  ! generator at its limit with ${[...busy].join(', ')}: throughput is a lower bound, read the CPU`);
  }
  const disturbed = samples.filter(({ disturbance }) => disturbance > DISTURBED).length;
  if (disturbed > 0) {
    lines.push(
      `  ! ${disturbed} of ${samples.length} runs shared the machine with something else (> ${DISTURBED} % of a core)`,
    );
  }
  for (const { server, error } of samples) {
    if (error !== undefined) lines.push(`  ! ${server}: ${error}`);
  }
  return lines;
}
