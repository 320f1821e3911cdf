import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

const preload = pathToFileURL(fileURLToPath(new URL('./announce-port.js', import.meta.url))).href;

/** A program of the documentation that serves, in a process of its own on any free port. */
export class RunningServer {
  readonly #process: ChildProcess;
  readonly #port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
  }

  static async start(file: string): Promise<RunningServer> {
    const process = fork(file, { execArgv: ['--import', preload], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let output = '';
    process.stdout?.on('data', (data) => (output += data));
    process.stderr?.on('data', (data) => (output += data));
    const [first] = await Promise.race([once(process, 'message'), once(process, 'exit')]);
    if (typeof first !== 'object' || first === null) {
      throw new Error(`${file} ended with ${first} before it listened:\n${output}`);
    }
    return new RunningServer(process, (first as { readonly port: number }).port);
  }

  /** Sends texts to a path, and gives the first so many that come. */
  async talk(path: string, texts: readonly string[], count: number): Promise<readonly string[]> {
    const socket = new WebSocket(`ws://localhost:${this.#port}${path}`);
    const heard: string[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', (code, reason) =>
        reject(new Error(`closed with ${code} ${reason} after ${heard.join(', ')}`)),
      );
      socket.on('open', () => {
        for (const text of texts) socket.send(text);
      });
      socket.on('message', (data) => {
        heard.push(data.toString());
        if (heard.length === count) resolve();
      });
    });
    socket.removeAllListeners('close');
    socket.close(1000);
    await once(socket, 'close');
    return heard;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
  }
}
