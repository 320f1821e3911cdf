import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.js';
import type { Machine } from './machine.js';
import type { ServerName } from './options.js';

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a fresh server process on its core and waits until it listens. */
export async function startServer(
  name: ServerName,
  { mode, compression }: Case,
  machine: Machine,
): Promise<RunningServer> {
  const script = fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url));
  const kind = mode === 'broadcast' ? 'broadcast' : 'echo';
  const [command = '', ...args] = [
    ...machine.serverPrefix,
    process.execPath,
    '--expose-gc',
    script,
    kind,
    compression ?? 'none',
  ];
  // taskset replaces itself by the server, so this pid is the server's own.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([line]) => Number(String(line))),
    ended.then(() => Promise.reject(new Error(`the ${name} server ended before it listened`))),
  ]);
  return {
    port,
    pid: child.pid as number,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
