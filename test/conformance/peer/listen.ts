import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { agreedAsServer, type DeflateRequest } from './deflate-agreement.js';
import { acceptOf, readHead } from './http.js';
import { Peer } from './peer.js';

interface Expected {
  readonly requests: readonly DeflateRequest[];
  readonly milliseconds: number;
  arrived(peer: Peer): void;
  failed(cause: unknown): void;
}

/** The suite as a server. Each connection that it waits for comes to a path of its own. */
export class RawServer {
  readonly #server = createServer((socket) => void this.#serve(socket));
  readonly #expected = new Map<string, Expected>();
  readonly #sockets = new Set<Socket>();
  #count = 0;

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /**
   * Waits for a connection.
   *
   * @param summon is told the URL and makes the client connect.
   * @param requests what to accept of permessage-deflate; none to decline it.
   */
  async accept(
    summon: (url: string) => void,
    requests: readonly DeflateRequest[],
    milliseconds: number,
  ): Promise<Peer> {
    const path = `/${++this.#count}`;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((arrived, failed) => {
        this.#expected.set(path, { requests, milliseconds, arrived, failed });
        timer = setTimeout(() => failed(new Error('the client does not connect')), milliseconds);
        summon(`ws://127.0.0.1:${this.port}${path}`);
      });
    } finally {
      clearTimeout(timer);
      this.#expected.delete(path);
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    let expected: Expected | undefined;
    try {
      const { start, headers, rest } = await readHead(socket, 10_000);
      expected = this.#expected.get(start.split(' ')[1] ?? '');
      const key = headers.get('sec-websocket-key');
      if (expected === undefined || key === undefined) {
        throw new Error(`the request "${start}" opens no WebSocket of a case`);
      }
      const agreed = agreedAsServer(headers.get('sec-websocket-extensions') ?? '', expected.requests);
      const extensions = agreed === undefined ? '' : `Sec-WebSocket-Extensions: ${agreed.answer}\r\n`;
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${acceptOf(key)}\r\n${extensions}\r\n`,
      );
      expected.arrived(new Peer(socket, 'server', agreed?.codec, rest));
    } catch (cause) {
      socket.destroy();
      expected?.failed(cause);
    }
  }
}
