/**
 * `npm run plots`: measures how cost grows and draws it, into this folder. Rounds are made until the time is up, each
 * of all points, so that what disturbs the machine for a while disturbs one round of many.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DISTURBED } from '../generator.js';
import { inspectMachine } from '../machine.js';
import { readOptions, type ServerName } from '../options.js';
import { type Bench, progress, runUndisturbed } from '../runs.js';
import { nodeLaunch } from '../server-process.js';
import { drawSweep, type Figures, type SweepFigures } from './figures.js';
import { allSweeps, type Step } from './sweeps.js';

const USAGE = `npm run plots -- [options]
  --minutes N  begins no round after which it would last longer, and makes one in any case (4.5)
  --only NAMES of size, connections, in-flight, members, of which figures.json then tells alone (all)
  --out FOLDER for the SVGs and figures.json (bench/plots)
  --draw       draws figures.json anew, and measures nothing
  --help`;

const SERVERS: readonly ServerName[] = ['moorage', 'ws', 'net'];
/** None is made again because something else ran: the time is better spent on another round. */
const REPEATED = 0;

try {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '4.5' },
      only: { type: 'string', default: '' },
      out: { type: 'string', default: 'bench/plots' },
      draw: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else await make(values.draw, values.out, 60_000 * minutesOf(values.minutes), values.only.split(',').filter(Boolean));
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 2;
}

async function make(drawOnly: boolean, folder: string, limit: number, only: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/figures.json`;
  const figures = drawOnly ? (JSON.parse(readFileSync(file, 'utf8')) as Figures) : await measure(limit, only);
  if (!drawOnly) writeFileSync(file, `${JSON.stringify(figures, undefined, 1)}\n`);
  for (const sweep of figures.sweeps) writeFileSync(`${folder}/${sweep.name}.svg`, `${drawSweep(sweep, figures)}\n`);
  console.log(
    `${figures.machine}\n${figures.rounds} rounds, ${Math.round(100 * figures.disturbed)} % of the runs disturbed\n`,
  );
  for (const sweep of figures.sweeps) console.log(tableOf(sweep).join('\n'));
  console.log(`written to ${folder}/`);
}

async function measure(limit: number, only: readonly string[]): Promise<Figures> {
  const began = performance.now();
  const machine = inspectMachine('auto');
  const options = readOptions(['--seconds', '0.5', '--warmup', '0.4']);
  if (options === undefined) throw new Error(USAGE);
  const bench: Bench = { machine, options, servers: new Map(SERVERS.map((name) => [name, nodeLaunch(name)])) };
  const sweeps = allSweeps(machine.openFiles).filter(({ name }) => only.length === 0 || only.includes(name));
  if (sweeps.length === 0) throw new Error(`--only ${only.join(',')} names no plot\n${USAGE}`);
  const steps = sweeps.flatMap((sweep) => sweep.steps);
  const cpu = new Map<Step, Partial<Record<ServerName, number[]>>>(steps.map((step) => [step, {}]));
  let [rounds, runs, disturbed] = [0, 0, 0];
  for (let longest = 0; rounds === 0 || performance.now() - began + longest <= limit; rounds++) {
    const start = performance.now();
    for (const step of steps) {
      for (const name of SERVERS) {
        progress(`round ${rounds + 1}: ${step.test.title}, ${name}`);
        const { serverCpu, disturbance, error } = await runUndisturbed(step.test, name, bench, REPEATED);
        if (error !== undefined) {
          console.error(`${step.test.title}, ${name}: ${error}`);
          process.exitCode = 1;
        }
        if (serverCpu === undefined) throw new Error('The plots are of CPU time, which needs the /proc of Linux');
        const known = cpu.get(step) ?? {};
        known[name] = [...(known[name] ?? []), serverCpu];
        runs++;
        if (disturbance > DISTURBED) disturbed++;
      }
    }
    longest = Math.max(longest, performance.now() - start);
  }
  progress('');
  return {
    machine: machine.description,
    rounds,
    disturbed: disturbed / runs,
    sweeps: sweeps.map(({ steps: all, ...sweep }) => ({
      ...sweep,
      steps: all.map((step) => ({ x: step.x, label: step.label, cpu: cpu.get(step) ?? {} })),
    })),
  };
}

/** The medians, for the terminal. */
function tableOf({ title, y, steps }: SweepFigures): string[] {
  const rows = steps.map(({ label, cpu }) => {
    const cells = SERVERS.map((name) => {
      const sorted = [...(cpu[name] ?? [])].sort((a, b) => a - b);
      return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toPrecision(3).padStart(10);
    });
    return `  ${label.padEnd(10)}${cells.join('')}`;
  });
  return [`${title} (${y})`, `  ${''.padEnd(10)}${SERVERS.map((name) => name.padStart(10)).join('')}`, ...rows, ''];
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= 600)) throw new Error(`--minutes takes a number above 0, at most 600, not "${text}"`);
  return minutes;
}
