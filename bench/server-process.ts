import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.js';
import type { Machine } from './machine.js';

/** How a server is started. Its arguments follow: `echo` or `broadcast`, and the compression. */
export interface Launch {
  readonly command: readonly string[];
  /** What its environment has beside the runner's. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export function nodeLaunch(name: string): Launch {
  return {
    command: [process.execPath, '--expose-gc', fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url))],
  };
}

/** Starts a fresh server process on its core, with all its threads, and waits until it listens. */
export async function startServer(
  { command: program, environment }: Launch,
  { mode, compression }: Pick<Case, 'mode' | 'compression'>,
  machine: Machine,
): Promise<RunningServer> {
  const kind = mode === 'broadcast' ? 'broadcast' : 'echo';
  const [command = '', ...args] = [...machine.serverPrefix, ...program, kind, compression ?? 'none'];
  // taskset replaces itself by the server, so this pid is the server's own.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([line]) => Number(String(line))),
    ended.then(() => Promise.reject(new Error(`the server ended before it listened: ${program.join(' ')}`))),
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
