import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RawPeer } from '../support/raw-peer.js';
import type { EchoReport, SelfReport } from './subject/messages.js';

export const KiB = 1024;
export const MiB = 1024 * KiB;

/** How the server stands; bytes. */
export interface Standing extends SelfReport {
  readonly resident: number;
  readonly descriptors: number;
}

export interface Conditions {
  /** File descriptors that the server may have open, standard streams and listening socket included. */
  readonly descriptorLimit?: number;
}

/** A server process, a well-behaved connection to it in another process, and the raw sockets of the attacker here. */
export class Battlefield {
  readonly port: number;
  readonly #server: ChildProcess;
  readonly #visitor: ChildProcess;
  readonly #peers = new Set<RawPeer>();
  /** What the server printed: it should have nothing to say. */
  readonly #printed: readonly string[];

  private constructor(server: ChildProcess, visitor: ChildProcess, port: number, printed: readonly string[]) {
    this.#server = server;
    this.#visitor = visitor;
    this.port = port;
    this.#printed = printed;
  }

  static async prepare({ descriptorLimit }: Conditions = {}): Promise<Battlefield> {
    const limit = descriptorLimit === undefined ? '' : `ulimit -n ${descriptorLimit}; `;
    const command = `${limit}exec "$0" --expose-gc "$1"`;
    const server = spawn('/bin/sh', ['-c', command, process.execPath, fileOf('server-process.js')], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    const printed: string[] = [];
    server.stderr?.on('data', (text: Buffer) => printed.push(text.toString()));
    const port = (await answerOf(server).catch((cause: Error) => {
      throw new Error(`${cause.message}\n${printed.join('')}`);
    })) as number;
    const visitor = spawn(process.execPath, [fileOf('visitor-process.js'), String(port)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await answerOf(visitor);
    return new Battlefield(server, visitor, port, printed);
  }

  get isServerAlive(): boolean {
    return this.#server.exitCode === null && this.#server.signalCode === null;
  }

  get printed(): string {
    return this.#printed.join('');
  }

  /** How the server stands, after a collection of its garbage. */
  async standing(): Promise<Standing> {
    this.#server.send('report');
    const self = (await answerOf(this.#server)) as SelfReport;
    return { ...self, resident: this.#memory('VmRSS'), descriptors: this.descriptors() };
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.#server.pid}/fd`).length;
  }

  /** The most resident bytes of the server since `forgetPeak`, garbage included. */
  peak(): number {
    return this.#memory('VmHWM');
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#server.pid}/clear_refs`, '5'); // proc(5): resets VmHWM.
  }

  /** How the well-behaved connection fared since it was last asked. */
  async echoes(): Promise<EchoReport> {
    this.#visitor.send('report');
    return (await answerOf(this.#visitor)) as EchoReport;
  }

  /** An open connection. The battlefield cleans it up if the attack doesn't. */
  async open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawPeer> {
    return this.#keep(await RawPeer.open(this.port, path, headers));
  }

  /** Several, a few at a time. */
  async openMany(count: number, path: string): Promise<RawPeer[]> {
    const peers: RawPeer[] = [];
    while (peers.length < count) {
      const some = Math.min(100, count - peers.length);
      peers.push(...(await Promise.all(Array.from({ length: some }, () => this.open(path)))));
    }
    return peers;
  }

  /** A TCP connection on which nothing has been sent. */
  async connect(): Promise<RawPeer> {
    return this.#keep(await RawPeer.connect(this.port));
  }

  /** Ends the attacker's connections, those first that are over anyway. */
  clear(): void {
    for (const peer of this.#peers) peer.destroy();
    this.#peers.clear();
  }

  async leave(): Promise<void> {
    this.clear();
    for (const child of [this.#visitor, this.#server]) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.disconnect();
        await ended;
      }
    }
  }

  #keep(peer: RawPeer): RawPeer {
    this.#peers.add(peer);
    peer.socket.on('close', () => this.#peers.delete(peer));
    return peer;
  }

  #memory(name: string): number {
    const status = readFileSync(`/proc/${this.#server.pid}/status`, 'latin1');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * KiB;
  }
}

/** Whether something comes true within so many milliseconds. */
export async function within(milliseconds: number, isTrue: () => boolean): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!isTrue()) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

/** Milliseconds until something settles. @throws Error when it takes longer than `limit`. */
export async function timed(work: Promise<unknown>, limit = 20_000): Promise<number> {
  const began = performance.now();
  const late = sleep(limit, 'late', { ref: false });
  if ((await Promise.race([work, late])) === 'late') throw new Error(`Nothing happened within ${limit} ms`);
  return performance.now() - began;
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`subject/${name}`, import.meta.url));
}

/** The next message of a child. @throws Error when it ends instead, or says nothing for 30 s. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const given = new AbortController();
  const { signal } = given;
  try {
    const gone = once(child, 'exit', { signal }).then(([code, killer]) => {
      throw new Error(`${child.spawnargs.at(-1)} ended with ${code ?? killer}`);
    });
    const silent = sleep(30_000, undefined, { signal }).then(() => {
      throw new Error(`${child.spawnargs.at(-1)} said nothing for 30 s`);
    });
    gone.catch(() => undefined);
    silent.catch(() => undefined);
    const [answer] = (await Promise.race([once(child, 'message', { signal }), gone, silent])) as unknown[];
    return answer;
  } finally {
    given.abort();
  }
}
