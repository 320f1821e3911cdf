/** `npm run scale`: how many connections one process holds, what they cost, and a broadcast to ten thousand. */
import { parseArgs } from 'node:util';
import { allCases, type Case } from '../cases.js';
import { inspectMachine, type Machine } from '../machine.js';
import { readOptions, type ServerName } from '../options.js';
import { caseLines, headLine, pairsOf, type Round } from '../report.js';
import { type Bench, progress, runUndisturbed } from '../runs.js';
import { nodeLaunch } from '../server-process.js';
import { type Held, heldLines, hold } from './held.js';

const USAGE = `npm run scale -- [options]
  --connections N  held by one process (what ulimit -n allows, less 100)
  --minutes N      so long by Moorage, and as long by a bare server that only pings (2.5, which
                   is six pings each; so are other multiples of 25 s fair to both)
  --limit PERCENT  of a core that Moorage may use to hold them, for an exit code of 1 beyond (none)
  --members N      of the broadcast (10,000); 0 for none
  --rounds N       of the broadcast (3)
  --help`;

const SERVERS: readonly ServerName[] = ['moorage', 'ws', 'net'];

try {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      connections: text,
      minutes: text,
      limit: text,
      members: text,
      rounds: text,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else {
    const machine = inspectMachine('c'); // The other one doesn't answer pings.
    const most = machine.openFiles - 100;
    const connections = numberOf('--connections', values.connections ?? String(most), 1, most);
    const minutes = numberOf('--minutes', values.minutes ?? '2.5', 0.1, 10);
    const limit = numberOf('--limit', values.limit ?? 'Infinity', 0, Infinity);
    const members = numberOf('--members', values.members ?? String(Math.min(10_000, most)), 0, most);
    console.log(`${machine.description}\n`);
    await holdBoth(machine, connections, 60 * minutes, limit);
    if (members > 0) await broadcast(machine, members, values.rounds ?? '3');
  }
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 2;
}

async function holdBoth(machine: Machine, connections: number, seconds: number, limit: number): Promise<void> {
  console.log(`${connections.toLocaleString('en')} connections, held by one process with a ping every 25 s`);
  const held: Held[] = [];
  for (const [name, server] of [
    ['moorage', 'moorage'],
    ['net', 'net-pings'],
  ] as const) {
    progress(`${name} holds them`);
    const one = await hold(name, nodeLaunch(server), connections, seconds, machine);
    progress('');
    console.log(heldLines(one, connections).join('\n'));
    held.push(one);
  }
  const [moorage, net] = held as [Held, Held];
  console.log(`moorage / net: ${(moorage.perPing / net.perPing).toFixed(2)}\n`);
  if (moorage.error !== undefined || moorage.alive !== connections || moorage.cpu > limit) process.exitCode = 1;
}

/** The bench's own case, with more members; alternating, as there. */
async function broadcast(machine: Machine, members: number, wanted: string): Promise<void> {
  const options = readOptions(['--rounds', wanted, '--seconds', '2', '--warmup', '1']);
  const pattern = allCases(members).find(({ name }) => name === 'broadcast-1');
  if (options === undefined || pattern === undefined) throw new Error(USAGE);
  const pairs = pairsOf(SERVERS);
  console.log(headLine(pairs));
  const bench: Bench = { machine, options, servers: new Map(SERVERS.map((name) => [name, nodeLaunch(name)])) };
  for (const [depth, how] of [
    [1, 'one at a time'],
    [16, 'bursts of 16'],
  ] as const) {
    const title = `broadcast 64 B text to ${members.toLocaleString('en')}, ${how}`;
    const test: Case = { ...pattern, name: `scale-broadcast-${depth}`, title, connections: members, depth };
    const rounds: Round[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      const samples: Awaited<ReturnType<typeof runUndisturbed>>[] = [];
      for (const name of SERVERS) {
        progress(`${title}: round ${round} of ${options.rounds}, ${name}`);
        samples.push(await runUndisturbed(test, name, bench, 0));
      }
      rounds.push(samples);
    }
    progress('');
    console.log(caseLines(test, rounds, pairs).join('\n'));
    for (const name of SERVERS) console.log(`  ${name.padEnd(8)} ${absolute(rounds, name)}`);
  }
}

/** Of the median round by throughput. */
function absolute(rounds: readonly Round[], name: ServerName): string {
  const samples = rounds.flatMap((round) => round.filter(({ server }) => server === name));
  const middle = samples.toSorted((a, b) => a.throughput - b.throughput)[Math.floor(samples.length / 2)];
  if (middle === undefined) return '–';
  const { throughput, p99 } = middle;
  return `${Math.round(throughput).toLocaleString('en')} deliveries per second, the last has it after ${(p99 / 1000).toFixed(0)} ms (p99)`;
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= least && number <= most)) {
    throw new Error(`${option} takes a number from ${least} to ${most}, not "${text}"\n${USAGE}`);
  }
  return number;
}
