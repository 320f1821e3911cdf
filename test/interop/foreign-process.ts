import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Inbox } from './inbox.js';

/** How long a program has to end by itself before it is killed. */
const GRACE = 3_000;

/** A program in the foreground, spoken to by lines and ended with the suite that started it. */
export class ForeignProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #lines = new Inbox<string | undefined>();
  #complaints = '';

  constructor(command: readonly string[]) {
    const [program, ...parameters] = command as [string, ...string[]];
    this.#child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close').then(
      () => this.#lines.put(undefined),
      (error) => {
        this.#complaints += `${error}`;
        this.#lines.put(undefined);
      },
    );
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    // Who has ended does not read; that it ended is said by the line that doesn't come.
    this.#child.stdin?.on('error', () => undefined);
    const output = this.#child.stdout;
    if (output !== null) createInterface({ input: output }).on('line', this.#lines.put);
  }

  /** What the program wrote to its standard error. */
  get complaints(): string {
    return this.#complaints;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  /** The next line of its standard output; an error with its complaints when it has ended. */
  async line(): Promise<string> {
    const line = await this.#lines.next();
    if (line === undefined) throw new Error(`${this.#child.spawnfile} has ended:\n${this.#complaints}`);
    return line;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    if (this.running) this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), GRACE);
    await this.#ended;
    clearTimeout(kill);
  }
}
