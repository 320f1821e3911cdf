import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KiB } from './sizes.js';
import type { Answered, Question } from './subject/messages.js';

/** How long a subject may take to answer; a handler may hold its thread for seconds. */
const PATIENCE = 30_000;

/** A process of ours that is asked things: the server or client under attack, or the well-behaved connection. */
export class SubjectProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #printed: string[] = [];
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  private constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    child.setMaxListeners(0); // Many questions may be open at the same time.
    child.stderr?.on('data', (text: Buffer) => this.#printed.push(text.toString()));
    child.on('message', ({ id, answer }: Answered) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  /**
   * Starts `subject/<name>.js`, and gives it together with the first thing that it says.
   *
   * @param descriptorLimit file descriptors that it may have open, standard streams included.
   */
  static async start<T>(
    name: string,
    args: readonly string[] = [],
    descriptorLimit?: number,
  ): Promise<{ readonly subject: SubjectProcess; readonly said: T }> {
    const file = fileURLToPath(new URL(`subject/${name}.js`, import.meta.url));
    const limit = descriptorLimit === undefined ? '' : `ulimit -n ${descriptorLimit}; `;
    const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, '--expose-gc', file, ...args], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    const subject = new SubjectProcess(child, name);
    return { subject, said: (await subject.#answer(0)) as T };
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it printed: it should have nothing to say. */
  get printed(): string {
    return this.#printed.join('');
  }

  /** @throws Error when it ends instead of answering, or says nothing for 30 s. */
  ask<T>(question: Question): Promise<T> {
    this.#asked += 1;
    this.#child.send({ id: this.#asked, question });
    return this.#answer(this.#asked) as Promise<T>;
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** Bytes of resident memory now. */
  resident(): number {
    return this.#memory('VmRSS');
  }

  /** The most resident bytes since `forgetPeak`, garbage included. */
  peak(): number {
    return this.#memory('VmHWM');
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#child.pid}/clear_refs`, '5'); // proc(5): resets VmHWM.
  }

  /** Stops it where it is (SIGSTOP), or lets it go on. */
  freeze(frozen: boolean): void {
    this.#child.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async end(): Promise<void> {
    if (this.isAlive) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
  }

  async #answer(id: number): Promise<unknown> {
    const given = new AbortController();
    const { signal } = given;
    try {
      const gone = once(this.#child, 'exit', { signal }).then(([code, killer]) => {
        throw new Error(`${this.#name} ended with ${code ?? killer}: ${this.printed}`);
      });
      const silent = sleep(PATIENCE, undefined, { signal }).then(() => {
        throw new Error(`${this.#name} said nothing for ${PATIENCE} ms: ${this.printed}`);
      });
      gone.catch(() => undefined);
      silent.catch(() => undefined);
      const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
      return await Promise.race([answer, gone, silent]);
    } finally {
      given.abort();
      this.#waiting.delete(id);
    }
  }

  #memory(name: string): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * KiB;
  }
}
