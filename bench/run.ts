/** Moorage, `ws`, a bare `net` echo and Jetty, in alternation, on one machine in one run. See bench/README.md. */
import { writeFileSync } from 'node:fs';
import { allCases, type Case } from './cases.js';
import type { Sample } from './generator.js';
import { findJetty } from './jetty.js';
import { inspectMachine } from './machine.js';
import { type Options, readOptions, type ServerName, USAGE } from './options.js';
import { caseLines, caseRecord, headLine, pairsOf, type Round } from './report.js';
import { type Bench, progress, runUndisturbed } from './runs.js';
import { type Launch, nodeLaunch } from './server-process.js';

/** The bare echo compresses nothing; Jetty drops its own context where it is told that the client drops the client's. */
function takesPart(name: ServerName, { compression }: Case): boolean {
  return name === 'net' ? compression === undefined : name !== 'jetty' || compression !== 'takeover';
}

async function runCase(test: Case, bench: Bench): Promise<Round[]> {
  const rounds: Round[] = [];
  const { rounds: wanted } = bench.options;
  const servers = [...bench.servers.keys()].filter((name) => takesPart(name, test));
  for (let round = 0; round < wanted; round++) {
    const samples: Sample[] = [];
    for (const name of servers) {
      progress(`${test.name}: round ${round + 1} of ${wanted}, ${name}`);
      samples.push(await runUndisturbed(test, name, bench));
    }
    rounds.push(samples);
  }
  progress('');
  return rounds;
}

/** The servers that were asked for and can be had here. What there is to say about them goes into `remarks`. */
function findServers(options: Options, remarks: string[]): Map<ServerName, Launch> {
  const servers = new Map<ServerName, Launch>();
  for (const name of options.servers) {
    const jetty = name === 'jetty' ? findJetty() : undefined;
    if (jetty === undefined) {
      servers.set(name, nodeLaunch(name));
    } else if (typeof jetty === 'string') {
      remarks.push(`jetty is left out: ${jetty}`);
    } else {
      servers.set(name, jetty.launch);
      remarks.push(`${jetty.description}, warmed up for ${options.jvmWarmup} s`);
    }
  }
  return servers;
}

async function main(options: Options): Promise<void> {
  const machine = inspectMachine(options.generator);
  const remarks = [machine.description];
  const servers = findServers(options, remarks);
  if (servers.size === 0) throw new Error(remarks.join('\n'));
  const pairs = pairsOf([...servers.keys()]);
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
  console.log(`${remarks.join('\n')}\nmedian of ${options.rounds} rounds (lowest–highest)\n\n${headLine(pairs)}`);
  const records: object[] = [];
  for (const test of cases) {
    const rounds = await runCase(test, { machine, options, servers });
    console.log(caseLines(test, rounds, pairs).join('\n'));
    records.push(caseRecord(test, rounds, pairs));
    if (rounds.flat().some((sample) => sample.error !== undefined)) process.exitCode = 1;
  }
  if (options.json) {
    const all = { machine: remarks.join('; '), options, cases: records };
    writeFileSync(options.json, `${JSON.stringify(all, undefined, 2)}\n`);
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
