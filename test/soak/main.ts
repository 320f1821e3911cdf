/** `npm run soak -- --minutes 10`: see README.md. Exit code 1 when something was found, 2 when it could not run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { htmlReport } from './report.js';
import { type SoakResult, soak } from './soak.js';
import type { Sample } from './subject/messages.js';
import { FEWEST_POINTS } from './trend.js';

const USAGE = `npm run soak -- [options]
  --minutes N    how long the load lasts (10; at least 0.5)
  --pace N       of the load: 1 keeps about half a core busy in two processes, 2 twice as much (1)
  --seed N       another order of the same kinds of load (1)
  --report FILE  where to write the report (build/soak/report.html)
  --leak         has the server keep 16 KiB for each echo, to see that it is found
  --help`;

/** So many samples are taken, at most one per second; every second one after a collection. */
const SAMPLES = 300;

try {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      pace: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      report: { type: 'string', default: 'build/soak/report.html' },
      leak: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else {
    const seconds = 60 * numberOf('--minutes', values.minutes, 0.5);
    const result = await soak({
      seconds,
      interval: Math.max(seconds / SAMPLES, Math.min(1, seconds / (8 * FEWEST_POINTS))),
      collectEvery: 2,
      pace: numberOf('--pace', values.pace, 0.01),
      seed: numberOf('--seed', values.seed, 0),
      leak: values.leak,
      onSample: (sample) => progress(sample, seconds),
    });
    const file = resolve(values.report);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, htmlReport(result, `Node ${process.versions.node}, ${platform()} ${arch()}`));
    print(result, file);
    process.exitCode = result.findings.length === 0 ? 0 : 1;
  }
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 2;
}

function progress({ at, resident, sessions, cpu }: Sample, seconds: number): undefined {
  if (!process.stderr.isTTY) return;
  const state = `${Math.round(at)} of ${seconds} s, ${sessions} sessions, ${Math.round(resident / 2 ** 20)} MiB, ${Math.round(cpu)} % of a core`;
  process.stderr.write(`\r\x1b[K${state}`);
}

function print({ verdicts, load, findings, before, after }: SoakResult, file: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  for (const { quantity, trend, grows } of verdicts) {
    if (trend === undefined) continue;
    const { title, unit, decimals, mayGrow } = quantity;
    const [growth, sure] = [trend.growth, trend.sureGrowth].map((value) => value.toFixed(decimals));
    console.log(
      `${grows ? 'GROWS' : 'holds'}  ${title}: ${growth} ${unit} in the second half, surely ${sure}, allowed ${mayGrow}`,
    );
  }
  const total = Object.values(load.done).reduce((sum, count) => sum + count, 0);
  console.log(
    `${total.toLocaleString('en')} pieces of work in ${Object.keys(load.done).length} kinds, ${load.failed} failed`,
  );
  console.log(
    `Sessions ${before.sessions} before, ${after.sessions} after; descriptors ${before.descriptors ?? '–'} and ${after.descriptors ?? '–'}; ` +
      `heap ${(before.heap / 2 ** 20).toFixed(1)} and ${(after.heap / 2 ** 20).toFixed(1)} MiB`,
  );
  console.log(findings.length === 0 ? 'Passed.' : `Failed:\n${findings.map((finding) => `  ${finding}`).join('\n')}`);
  console.log(`Report: ${file}`);
}

function numberOf(option: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= least && number < 1e6)) {
    throw new RangeError(`${option} takes a number from ${least} up, not "${text}"\n${USAGE}`);
  }
  return number;
}
