/** One measured run of one server, in a process of its own. */
import type { Case } from './cases.js';
import { DISTURBED, load, rehearse, type Sample } from './generator.js';
import type { Machine } from './machine.js';
import type { Options, ServerName } from './options.js';
import { type Launch, startServer } from './server-process.js';

/** Something else on the machine takes from one server what it leaves another: such a run is made again, so many times. */
const REPEATED = 2;

export interface Bench {
  readonly machine: Machine;
  readonly options: Options;
  readonly servers: ReadonlyMap<ServerName, Launch>;
}

/** @param repeated how often at most a disturbed run is made again. */
export async function runUndisturbed(test: Case, name: ServerName, bench: Bench, repeated = REPEATED): Promise<Sample> {
  let best = await runOnce(test, name, bench);
  for (let again = 0; again < repeated && best.disturbance > DISTURBED; again++) {
    const sample = await runOnce(test, name, bench);
    if (sample.disturbance < best.disturbance) best = sample;
  }
  return best;
}

/** A fresh process for each run: what the JIT and the heap did in one run doesn't favour the next. */
async function runOnce(test: Case, name: ServerName, { machine, options, servers }: Bench): Promise<Sample> {
  const server = await startServer(servers.get(name) as Launch, test, machine);
  try {
    if (name === 'jetty' && test.mode === 'idle') await rehearse(test, server, machine, options);
    return await load(test, name, server, machine, options);
  } finally {
    await server.stop();
  }
}

/** On one line of a terminal, in place of what it said before. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
