/** Moorage, `ws` and a bare `net` echo, in alternation, on one machine in one run. See bench/README.md. */
import { writeFileSync } from 'node:fs';
import { allCases, type Case } from './cases.js';
import { DISTURBED, load, type Sample } from './generator.js';
import { inspectMachine, type Machine } from './machine.js';
import { type Options, readOptions, type ServerName, USAGE } from './options.js';
import { caseLines, caseRecord, HEAD, type Round } from './report.js';
import { startServer } from './server-process.js';

/** Something else on the machine takes from one server what it leaves another: such a run is made again, so many times. */
const REPEATED = 2;

async function runUndisturbed(test: Case, name: ServerName, machine: Machine, options: Options): Promise<Sample> {
  let best = await runOnce(test, name, machine, options);
  for (let again = 0; again < REPEATED && best.disturbance > DISTURBED; again++) {
    const sample = await runOnce(test, name, machine, options);
    if (sample.disturbance < best.disturbance) best = sample;
  }
  return best;
}

/** A fresh process for each run: what the JIT and the heap did in one run doesn't favour the next. */
async function runOnce(test: Case, name: ServerName, machine: Machine, options: Options): Promise<Sample> {
  const server = await startServer(name, test, machine);
  try {
    return await load(test, name, server, machine, options);
  } finally {
    await server.stop();
  }
}

async function runCase(test: Case, machine: Machine, options: Options): Promise<Round[]> {
  const rounds: Round[] = [];
  // The bare echo compresses nothing.
  const servers = options.servers.filter((name) => name !== 'net' || test.compression === undefined);
  for (let round = 0; round < options.rounds; round++) {
    const samples: Sample[] = [];
    for (const name of servers) {
      progress(`${test.name}: round ${round + 1} of ${options.rounds}, ${name}`);
      samples.push(await runUndisturbed(test, name, machine, options));
    }
    rounds.push(samples);
  }
  progress('');
  return rounds;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function main(options: Options): Promise<void> {
  const machine = inspectMachine(options.generator);
  // Both ends of a connection are files, but of two processes; each has a few more of its own.
  const cases = allCases(Math.min(10_000, machine.openFiles - 100)).filter(
    ({ name, compression }) =>
      (compression === undefined || machine.deflates) &&
      // Compression is asked for by name: with it, a run would take twice as long.
      (options.only.length === 0
        ? compression === undefined
        : options.only.some((only) => name === only || name.startsWith(`${only}-`))),
  );
  if (cases.length === 0) throw new Error(`--only ${options.only.join(',')} names no case\n${USAGE}`);
  console.log(`${machine.description}\nmedian of ${options.rounds} rounds (lowest–highest)\n\n${HEAD}`);
  const records: object[] = [];
  for (const test of cases) {
    const rounds = await runCase(test, machine, options);
    console.log(caseLines(test, rounds).join('\n'));
    records.push(caseRecord(test, rounds));
    if (rounds.flat().some((sample) => sample.error !== undefined)) process.exitCode = 1;
  }
  if (options.json) {
    const { description } = machine;
    writeFileSync(options.json, `${JSON.stringify({ machine: description, options, cases: records }, undefined, 2)}\n`);
    console.log(`\nwritten to ${options.json}`);
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await main(options);
  else console.log(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
