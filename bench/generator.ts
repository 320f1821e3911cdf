/** Runs the load generator once against one server and reads what it measured. */
import { execFile } from 'node:child_process';
import type { Case } from './cases.js';
import type { Machine } from './machine.js';
import type { Options, ServerName } from './options.js';
import type { RunningServer } from './server-process.js';

/** Percent of one core that others may use during a run before its figures are doubted. */
export const DISTURBED = 10;
/** Connections of a rehearsal: few beside those of the run, so that what a server keeps of them is little. */
const REHEARSING = 20;

/** What one run gave, in absolute terms; only ratios between runs of one batch mean anything elsewhere. */
export interface Sample {
  readonly server: ServerName;
  /** Messages, deliveries, connections or handshakes per second. */
  readonly throughput: number;
  /** Microseconds. */
  readonly p99: number;
  /** Microseconds of user and system time per message, delivery, connection or handshake; undefined where there is no /proc. */
  readonly serverCpu: number | undefined;
  /** Growth of the resident set over the opening, divided by the connections. */
  readonly bytesPerConnection: number | undefined;
  /** Percent of its core that the generator used: near 100, throughput is a lower bound for the server. */
  readonly generatorBusy: number;
  /** Percent of one core that neither side used: others on the machine, and time stolen by its host. */
  readonly disturbance: number;
  /** First thing that was wrong with the replies. */
  readonly error: string | undefined;
}

/** One line of JSON, with the same keys from either generator. */
export type Output = Readonly<Record<string, unknown>>;

export async function load(
  test: Case,
  name: ServerName,
  server: RunningServer,
  machine: Machine,
  options: Options,
): Promise<Sample> {
  const warmup = name === 'jetty' ? Math.max(options.warmup, options.jvmWarmup) : options.warmup;
  const args = [
    ...[test.mode, String(server.port), '/', '-j', '-P', String(server.pid), '-c', String(test.connections)],
    ...['-s', String(test.size), '-p', String(test.depth), '-t', test.type, '-W', String(warmup)],
    ...(test.mode === 'idle' ? ['-g', '-x', 'fin', '-d', '0.2'] : ['-d', String(options.seconds)]),
    ...compressionArgs(test),
    ...(test.compression !== undefined && test.mode === 'idle' ? ['-w'] : []),
    // The bare echo doesn't unmask: its bytes are counted and compared as they were sent, and it answers no Close.
    ...(name === 'net' && test.mode === 'echo' ? ['-r'] : []),
    ...(name === 'net' && test.mode === 'connect' ? ['-x', 'fin'] : []),
  ];
  const output = await generate(machine, args);
  const [unit, latency] = {
    echo: ['message', 'rtt'],
    broadcast: ['delivery', 'complete'],
    connect: ['connection', 'handshake'],
    idle: ['handshake', 'handshake'],
  }[test.mode] as [string, string];
  const seconds = number(output, 'seconds') ?? number(output, 'open_s') ?? Number.NaN;
  const throughput = {
    echo: 'messages_per_s',
    broadcast: 'deliveries_per_s',
    connect: 'connections_per_s',
    idle: 'handshakes_per_s',
  }[test.mode];
  const disturbed = (number(output, 'other_cpu_s') ?? 0) + (number(output, 'steal_s') ?? 0);
  return {
    server: name,
    throughput: number(output, throughput) ?? Number.NaN,
    p99: number(output[latency], 'p99_us') ?? Number.NaN,
    serverCpu: number(output, `srv_us_per_${unit}`),
    bytesPerConnection: number(output, 'bytes_per_connection'),
    generatorBusy: number(output, 'gen_cpu_pct') ?? 0,
    disturbance: (100 * disturbed) / seconds,
    error: typeof output['first_error'] === 'string' ? output['first_error'] : undefined,
  };
}

/**
 * The opening of connections has no warm-up within the run, and what the virtual machine takes while it gets warm (its
 * compiler, a young generation that fills for the first time) would be counted as theirs. So a few come and go first.
 */
export async function rehearse(test: Case, server: RunningServer, machine: Machine, options: Options): Promise<void> {
  const seconds = String(options.jvmWarmup);
  const shared = [String(server.port), '/', '-j', '-c', String(REHEARSING), '-W', '0'];
  // A connection that has compressed something is what such a case is about.
  await generate(
    machine,
    test.compression === undefined
      ? ['connect', ...shared, '-d', seconds, '-x', 'fin']
      : ['echo', ...shared, '-d', seconds, '-s', String(test.size), '-t', test.type, ...compressionArgs(test)],
  );
}

function compressionArgs({ compression }: Case): string[] {
  return compression === undefined ? [] : [{ each: '-z', takeover: '-Z' }[compression]];
}

/** @throws {Error} when the generator gives no figures. */
export function generate(machine: Machine, args: readonly string[]): Promise<Output> {
  const [command = '', ...rest] = [...machine.generatorPrefix, ...machine.generatorCommand, ...args];
  return new Promise((resolve, reject) => {
    execFile(command, rest, { maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      // Wrong replies exit with 1 and still print their figures; with none there is nothing to go on.
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Output);
      else reject(new Error(`the generator failed: ${stderr.trim() || String(error)}`));
    });
  });
}

function number(from: unknown, key: string): number | undefined {
  const value = typeof from === 'object' && from !== null ? (from as Output)[key] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
