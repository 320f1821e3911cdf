import { once } from 'node:events';
import { WebSocket } from 'ws';

/** An independent client (`ws`) whose messages are taken one after the other. */
export class Peer {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #received: (string | Buffer)[] = [];
  readonly #waiting: ((message: string | Buffer) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? data : data.toString();
      const next = this.#waiting.shift();
      if (next === undefined) this.#received.push(message);
      else next(message);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(url: string): Promise<Peer> {
    const peer = new Peer(new WebSocket(url));
    await once(peer.socket, 'open');
    return peer;
  }

  send(message: string | Buffer | object): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  next(): Promise<string | Buffer> {
    const message = this.#received.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async nextJson(): Promise<unknown> {
    return JSON.parse(String(await this.next()));
  }

  async leave(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }
}
