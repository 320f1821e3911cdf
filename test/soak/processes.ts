/** The two processes of a soak, asked one question at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Longer than any answer takes, that to the end of the load included. */
const PATIENCE = 60_000;

export class Companion {
  readonly #child: ChildProcess;
  readonly #printed: string[] = [];

  private constructor(file: string, args: readonly string[]) {
    const script = fileURLToPath(new URL(file, import.meta.url));
    this.#child = spawn(process.execPath, ['--expose-gc', script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => this.#printed.push(text.toString()));
    }
  }

  /** Starts one, and gives what it says first. */
  static async start(file: string, args: readonly string[]): Promise<{ companion: Companion; said: unknown }> {
    const companion = new Companion(file, args);
    return { companion, said: await companion.#answer() };
  }

  /** All that it has printed: neither has anything to say. */
  get printed(): string {
    return this.#printed.join('');
  }

  /** @throws Error when it ends in place of an answer, with what it printed, or takes a minute. */
  ask(request: object): Promise<unknown> {
    const answer = this.#answer();
    this.#child.send(request, (error) => {
      if (error !== null) answer.catch(() => undefined); // The process has ended, which `answer` tells better.
    });
    return answer;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #answer(): Promise<unknown> {
    const given = new AbortController();
    const { signal } = given;
    const name = this.#child.spawnargs[2];
    try {
      const message = once(this.#child, 'message', { signal }).then(([first]: unknown[]) => first);
      const gone = once(this.#child, 'exit', { signal }).then(([code, killer]: unknown[]) => {
        throw new Error(`${name} ended with ${code ?? killer}:\n${this.printed}`);
      });
      const silent = sleep(PATIENCE, undefined, { signal }).then(() => {
        throw new Error(`${name} gave no answer for ${PATIENCE / 1000} s`);
      });
      for (const one of [message, gone, silent]) one.catch(() => undefined);
      return await Promise.race([message, gone, silent]);
    } finally {
      given.abort();
    }
  }
}
