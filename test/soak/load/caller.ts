import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';

/** Longer than this no answer takes. */
const PATIENCE = 20_000;

/** A well-behaved connection by another maker's client (`ws`), whose messages are taken one after the other. */
export class Caller {
  readonly socket: WebSocket;
  readonly #received: (string | Buffer)[] = [];
  #wake: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: RawData, isBinary) => {
      this.#received.push(isBinary ? (data as Buffer) : data.toString());
      this.#wake?.();
    });
    socket.on('close', () => this.#wake?.());
    socket.on('error', () => this.#wake?.());
  }

  static async open(port: number, path: string, compressed = false): Promise<Caller> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      perMessageDeflate: compressed ? { threshold: 0 } : false,
    });
    await patiently(once(socket, 'open'), `the opening of ${path}`);
    return new Caller(socket);
  }

  send(message: string | Buffer): void {
    this.socket.send(message);
  }

  async next(): Promise<string | Buffer> {
    if (this.#received.length === 0) {
      const something = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await patiently(something, 'a message');
    }
    const message = this.#received.shift();
    if (message === undefined) throw new Error('The connection ended in place of a message');
    return message;
  }

  /** Closes in the agreed way. @throws Error when the server's Close has another code. */
  async leave(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close(1000);
    const [code] = (await patiently(closed, 'the Close')) as [number];
    if (code !== 1000) throw new Error(`Closed with ${code} in place of 1000`);
  }
}

/** @throws Error when something takes longer than anything may. */
export async function patiently<T>(work: Promise<T>, what: string): Promise<T> {
  const enough = new AbortController();
  const late = sleep(PATIENCE, 'late' as const, { signal: enough.signal });
  late.catch(() => undefined);
  try {
    const first = await Promise.race([work, late]);
    if (first === 'late') throw new Error(`${what} took more than ${PATIENCE / 1000} s`);
    return first as T;
  } finally {
    enough.abort();
  }
}
