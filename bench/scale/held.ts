/** As many connections as there may be files, held for minutes; who holds them pings, the generator answers. */
import type { Case } from '../cases.js';
import { generate, type Output } from '../generator.js';
import type { Machine } from '../machine.js';
import { type Launch, startServer } from '../server-process.js';

export interface Held {
  readonly name: string;
  readonly opened: number;
  readonly alive: number;
  readonly pings: number;
  readonly seconds: number;
  /** Percent of a core, while they were held. */
  readonly cpu: number;
  /** Microseconds of server CPU for a ping and its pong. */
  readonly perPing: number;
  /** Growth of the resident set by the opening, over the connections. */
  readonly bytesPerConnection: number;
  /** First thing that was wrong. */
  readonly error: string | undefined;
}

/** Source addresses are as many as ports allow: Linux has 28,000 for each, and those of the last minute may be waiting. */
const PER_ADDRESS = 10_000;

const TEST: Pick<Case, 'mode' | 'compression'> = { mode: 'idle' };

export async function hold(
  name: string,
  launch: Launch,
  connections: number,
  seconds: number,
  machine: Machine,
): Promise<Held> {
  const server = await startServer(launch, TEST, machine);
  try {
    const addresses = Math.ceil(connections / PER_ADDRESS);
    const output = await generate(machine, [
      ...['idle', String(server.port), '/', '-j', '-g', '-x', 'fin', '-P', String(server.pid)],
      ...['-c', String(connections), '-A', String(addresses), '-d', String(seconds)],
    ]);
    return heldOf(name, output);
  } finally {
    await server.stop();
  }
}

export function heldOf(name: string, output: Output): Held {
  const figure = (key: string) => (typeof output[key] === 'number' ? output[key] : Number.NaN);
  const [seconds, cpu, pings] = [figure('hold_s'), figure('hold_srv_cpu_s'), figure('pings')];
  return {
    name,
    opened: figure('open'),
    alive: figure('still_open'),
    pings,
    seconds,
    cpu: (100 * cpu) / seconds,
    perPing: (1e6 * cpu) / pings,
    bytesPerConnection: figure('bytes_per_connection'),
    error: typeof output['first_error'] === 'string' ? output['first_error'] : undefined,
  };
}

/** A line for the terminal, and what is wrong in lines of their own. */
export function heldLines(held: Held, connections: number): string[] {
  const { name, opened, alive, pings, seconds, cpu, perPing, bytesPerConnection, error } = held;
  const count = (value: number) => value.toLocaleString('en');
  const lines = [
    `${name.padEnd(8)} ${count(alive)} of ${count(connections)} alive after ${seconds.toFixed(0)} s, ${count(pings)} pings answered: ` +
      `${cpu.toFixed(2)} % of a core, ${perPing.toFixed(1)} µs per ping and pong, ${count(Math.round(bytesPerConnection))} B resident each`,
  ];
  if (opened !== connections || alive !== connections) {
    lines.push(`  ! ${count(connections - opened)} were not opened, ${count(opened - alive)} were lost`);
  }
  if (error !== undefined) lines.push(`  ! ${error}`);
  return lines;
}
