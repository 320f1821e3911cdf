/** The two sides that the suite runs against: our server, which it dials, and our client, which dials it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ConformanceCase } from './case.js';
import { categoryOf } from './catalogue.js';
import { dial } from './peer/dial.js';
import { RawServer } from './peer/listen.js';
import type { Subject } from './run.js';
import type { Summons } from './subject/client-process.js';
import type { CompressionName } from './subject/profile.js';

export type Side = 'server' | 'client';

export interface RunningSubject extends Subject {
  close(): void;
}

export function startSubject(side: Side): Promise<RunningSubject> {
  return side === 'server' ? startServer() : startClient();
}

async function startServer(): Promise<RunningSubject> {
  const { child, greeting } = await start('subject/server-process.js');
  return {
    open: (deflate, one, milliseconds) => dial(greeting as number, `/${compressionFor(one)}`, deflate, milliseconds),
    close: () => child.disconnect(),
  };
}

async function startClient(): Promise<RunningSubject> {
  const { child } = await start('subject/client-process.js');
  const server = await new RawServer().listen();
  return {
    open: (deflate, one, milliseconds) => {
      const summon = (url: string) => child.send({ url, compression: compressionFor(one) } satisfies Summons);
      return server.accept(summon, deflate, milliseconds);
    },
    close: () => {
      server.close();
      child.disconnect();
    },
  };
}

async function start(file: string): Promise<{ child: ChildProcess; greeting: unknown }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: 'inherit' });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} before it was ready`);
  });
  const [greeting] = (await Promise.race([once(child, 'message'), failed])) as unknown[];
  failed.catch(() => undefined);
  return { child, greeting };
}

function compressionFor(one: ConformanceCase): CompressionName {
  return categoryOf(one) === 12 ? 'plain' : 'takeover';
}
