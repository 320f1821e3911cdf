import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';

/** What the server's close handler was given. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const LARGE = 16 * 1024 * 1024;

/** The server that foreign clients are sent to: what they need to find, and a record of how they left. */
export class PeerServer {
  readonly #server: Server;
  readonly #container: WebSocketContainer;
  readonly #closed: Closed[] = [];
  #onClosed: (() => void) | undefined;

  private constructor(server: Server, container: WebSocketContainer) {
    this.#server = server;
    this.#container = container;
  }

  static async start(): Promise<PeerServer> {
    const server = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/plain');
      response.end('a page\n');
    });
    const container = new WebSocketContainer({ server });
    const peerServer = new PeerServer(server, container);
    // The client is told by the code; here nothing more is to be done about it.
    class Endpoint {
      @OnWebSocketError onError(_cause: Error): void {}
    }

    const record = (code: number, reason: string): void => {
      peerServer.#closed.push({ code, reason });
      peerServer.#onClosed?.();
    };

    @WebSocket({
      path: '/echo',
      maxTextMessageSize: LARGE,
      maxBinaryMessageSize: LARGE,
      subprotocols: ['echo.v2', 'echo.v1'],
    })
    class Echo extends Endpoint {
      @OnWebSocketMessage onText(text: string): string {
        return text;
      }
      @OnWebSocketMessage onBinary(data: Buffer): Buffer {
        return data;
      }
      @OnWebSocketClose onClose(code: number, reason: string): void {
        record(code, reason);
      }
    }

    @WebSocket({ path: '/pieces' })
    class Pieces extends Endpoint {
      @OnWebSocketMessage onText(session: Session, text: string): void {
        const third = Math.ceil(text.length / 3);
        void session.sendPartialText(text.slice(0, third), false);
        void session.sendPing(Buffer.from('between'));
        void session.sendPartialText(text.slice(third, 2 * third), false);
        void session.sendPartialText(text.slice(2 * third), true);
      }
    }

    @WebSocket({ path: '/leave/{code}', closeTimeout: 200 })
    class Leaver {
      @OnWebSocketConnect onConnect(session: Session): void {
        void session.sendText('hello');
        session.close(Number(session.pathParameters['code']), 'over');
      }
    }

    @WebSocket({ path: '/small', maxTextMessageSize: 16 })
    class Small extends Endpoint {
      @OnWebSocketMessage onText(text: string): string {
        return text;
      }
    }

    @WebSocket({ path: '/pings' })
    class Pinger {
      @OnWebSocketConnect onConnect(session: Session): void {
        void session.sendPing(Buffer.from('are you there'));
      }
      @OnWebSocketMessage onText(text: string): string {
        return text;
      }
    }

    for (const endpoint of [Echo, Pieces, Leaver, Small, Pinger]) container.addEndpoint(endpoint);
    for (const [path, compression] of [
      ['/compressed', { threshold: 0 }],
      ['/compressed/context', { threshold: 0, contextTakeover: true, windowBits: 15 }],
    ] as const) {
      container.addEndpoint(path, Echo, { compression });
      container.addEndpoint(`${path}/pieces`, Pieces, { compression });
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return peerServer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `ws://127.0.0.1:${this.port}${path}`;
  }

  /** The next connection to `/echo` that closed; waits for it where none has. */
  async nextClosed(): Promise<Closed> {
    while (this.#closed.length === 0) {
      await new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
    }
    return this.#closed.shift() as Closed;
  }

  async stop(): Promise<void> {
    await this.#container.close({ timeout: 1_000 });
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
