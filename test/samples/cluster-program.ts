import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../samples/cluster/main.js', import.meta.url));

/** The cluster sample as a program on any free port, whose lines are read one after the other. */
export class ClusterProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #lines: AsyncIterator<string>;
  readonly #heard: string[] = [];

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr?.on('data', (text: Buffer) => this.#heard.push(text.toString()));
    this.ended = once(this.child, 'exit').then(([code]) => code);
    this.#lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  get printed(): string {
    return this.#heard.join('\n');
  }

  /** The next line that a pattern is found in. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`The program ended before it said ${pattern}:\n${this.printed}`);
      this.#heard.push(value);
      const found = pattern.exec(value);
      if (found !== null) return found;
    }
  }

  /** Once so many workers serve: where, and their process numbers. */
  async ready(workers: number): Promise<{ url: string; workers: number[] }> {
    const lines: RegExpExecArray[] = [];
    while (lines.length < workers) lines.push(await this.line(/Worker (\d+) is ready: (http:\S+)/));
    return { url: String(lines[0]?.[2]), workers: lines.map(([, pid]) => Number(pid)) };
  }

  /** Its workers end with it: their channel to it does. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
