/** Runs a server under mixed load for some time, watches it, and judges. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Companion } from './processes.js';
import { QUANTITIES, type Quantity } from './quantities.js';
import type { LoadReport, LoadRequest, Sample, SampleRequest } from './subject/messages.js';
import { type Measured, type Trend, trendOf } from './trend.js';

export interface SoakOptions {
  /** How long the load lasts. */
  readonly seconds: number;
  /** Seconds between two samples. */
  readonly interval: number;
  /** Each so many-th sample is taken after a collection of all garbage, which is what trends are looked for in. */
  readonly collectEvery: number;
  /** Of the load; 1 keeps two processes at about half a core in total. */
  readonly pace: number;
  readonly seed: number;
  /** Has the server's echo keep something of each message, to see that it is found. */
  readonly leak: boolean;
  /** Called at each sample, and true ends the load early. */
  readonly onSample?: (sample: Sample) => boolean | undefined;
}

export interface Verdict {
  readonly quantity: Quantity;
  readonly curve: readonly Measured[];
  /** Undefined where it isn't judged, or this system doesn't tell. */
  readonly trend: Trend | undefined;
  readonly grows: boolean;
}

export interface SoakResult {
  readonly options: SoakOptions;
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  readonly load: LoadReport;
  /** Before the load, and after it when all had left; garbage collected. */
  readonly before: Sample;
  readonly after: Sample;
  /** Everything that isn't as it must be, in a line each; empty when the soak is passed. */
  readonly findings: readonly string[];
}

/** How long the server may take to let go of the last connection. */
const SETTLING = 15;

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { companion: server, said: port } = await Companion.start(
    'subject/server-process.js',
    options.leak ? ['leak'] : [],
  );
  const began = performance.now();
  const ask = async (collect: boolean): Promise<Sample> => {
    const answer = (await server.ask({ collect } satisfies SampleRequest)) as Omit<Sample, 'at'>;
    return { ...answer, at: (performance.now() - began) / 1000 };
  };
  let driver: Companion | undefined;
  try {
    const before = await ask(true);
    const args = [port, options.pace, options.seed].map(String);
    driver = (await Companion.start('load/driver-process.js', args)).companion;
    const samples = await watch(ask, options);
    const load = (await driver.ask({ stop: true } satisfies LoadRequest)) as LoadReport;
    const after = await settled(ask);
    const verdicts = QUANTITIES.map((quantity) => judge(quantity, samples));
    const findings = [
      ...verdicts.filter(({ grows }) => grows).map(told),
      ...leftovers(before, after),
      ...load.failures,
      ...(load.failed > load.failures.length ? [`and ${load.failed - load.failures.length} more such failures`] : []),
      ...(server.printed === '' ? [] : [`The server printed: ${server.printed.slice(0, 1000)}`]),
      ...(driver.printed === '' ? [] : [`The load printed: ${driver.printed.slice(0, 1000)}`]),
    ];
    return { options, samples, verdicts, load, before, after, findings };
  } finally {
    await driver?.end();
    await server.end();
  }
}

async function watch(ask: (collect: boolean) => Promise<Sample>, options: SoakOptions): Promise<Sample[]> {
  const { seconds, interval, collectEvery, onSample } = options;
  const samples: Sample[] = [];
  const began = performance.now();
  for (let count = 1; count * interval <= seconds; count += 1) {
    await sleep(Math.max(0, began + count * interval * 1000 - performance.now()));
    const sample = await ask(count % collectEvery === 0);
    samples.push(sample);
    if (onSample?.(sample) === true) break;
  }
  return samples;
}

/** Once all have left, or when that takes too long. */
async function settled(ask: (collect: boolean) => Promise<Sample>): Promise<Sample> {
  const began = performance.now();
  for (;;) {
    const sample = await ask(true);
    if (sample.sessions === 0 || performance.now() - began > SETTLING * 1000) return sample;
    await sleep(250);
  }
}

export function judge(quantity: Quantity, samples: readonly Sample[]): Verdict {
  const curve = samples.flatMap((sample) => {
    const value = quantity.read(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
  const { mayGrow } = quantity;
  const trend = mayGrow === undefined || curve.length === 0 ? undefined : trendOf(curve);
  return { quantity, curve, trend, grows: trend !== undefined && trend.sureGrowth > (mayGrow ?? Infinity) };
}

function told({ quantity: { title, unit, mayGrow }, trend }: Verdict): string {
  const { from = 0, to = 0, growth = 0, sureGrowth = 0 } = trend ?? {};
  return (
    `${title} grows: by ${growth.toFixed(2)} ${unit} from second ${from.toFixed(0)} to ${to.toFixed(0)}, ` +
    `surely by ${sureGrowth.toFixed(2)}; it may by ${mayGrow}`
  );
}

/** What must be gone with the load; no statistics needed. */
function leftovers(before: Sample, after: Sample): string[] {
  const found: string[] = [];
  if (after.sessions !== 0) found.push(`${after.sessions} sessions are still open though all have left`);
  const [had, has] = [before.descriptors ?? 0, after.descriptors ?? 0];
  if (has > had) found.push(`${has} file descriptors are held after the load, ${had} were before it`);
  if (after.handles > before.handles) {
    found.push(
      `More keeps the event loop alive after the load (${after.handleKinds}) than before it (${before.handleKinds})`,
    );
  }
  return found;
}
