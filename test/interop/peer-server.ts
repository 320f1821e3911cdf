import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import {
  createServer as createSecureServer,
  Server as SecureServer,
  type ServerOptions as TlsServerOptions,
} from 'node:https';
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

/** What `/request/{name}` tells of a request as it arrived, in JSON. */
export interface SeenRequest {
  readonly url: string;
  readonly name: string | undefined;
  readonly isSecure: boolean;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
}

const LARGE = 16 * 1024 * 1024;

/** The server that foreign clients are sent to: what they need to find, and a record of how they left. */
export class PeerServer {
  readonly #server: Server | SecureServer;
  readonly #container: WebSocketContainer;
  readonly #closed: Closed[] = [];
  #onClosed: (() => void) | undefined;

  private constructor(server: Server | SecureServer, container: WebSocketContainer) {
    this.#server = server;
    this.#container = container;
  }

  /** @param tls makes it a server of `https:` and `wss:`. */
  static async start(tls?: TlsServerOptions): Promise<PeerServer> {
    const page: RequestListener = (_request, response) => {
      response.setHeader('Content-Type', 'text/plain');
      response.end('a page\n');
    };
    const server = tls === undefined ? createServer(page) : createSecureServer(tls, page);
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

    @WebSocket({ path: '/request/{name}' })
    class Request {
      @OnWebSocketConnect onConnect(session: Session): void {
        const { upgradeRequest, pathParameters, isSecure } = session;
        const { url, origin, host, headers, cookies } = upgradeRequest;
        const seen: SeenRequest = { url, name: pathParameters['name'], isSecure, origin, host, headers, cookies };
        void session.sendText(JSON.stringify(seen));
      }
    }

    @WebSocket()
    class Quiet {
      @OnWebSocketMessage onText(text: string): string {
        return text;
      }
    }

    for (const endpoint of [Echo, Pieces, Leaver, Small, Pinger, Request]) container.addEndpoint(endpoint);
    container.addEndpoint('/quiet/pinged', Quiet, { keepAlive: { interval: 500 } });
    container.addEndpoint('/quiet', Quiet, { keepAlive: false });
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
    return `${this.#server instanceof SecureServer ? 'wss' : 'ws'}://127.0.0.1:${this.port}${path}`;
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
