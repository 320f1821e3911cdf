/** Servers on bare sockets that answer what a test says, and clients put away after each test. */
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type ClientOptions, WebSocketClient } from 'moorage';
import { afterTest, Log } from '../server/serving.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.js';

/** An opening handshake as it came, in the spelling of the wire. */
export class Asked {
  readonly socket: Socket;
  readonly text: string;

  constructor(socket: Socket, text: string) {
    this.socket = socket;
    this.text = text;
  }

  get requestLine(): string {
    return this.text.slice(0, this.text.indexOf('\r\n'));
  }

  /** By lower-case name; of a repeated field all values, joined with a bar. */
  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    for (const line of this.text.trimEnd().split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = name in headers ? `${headers[name]}|${value}` : value;
    }
    return headers;
  }

  /** RFC 6455 §4.2.2. */
  get accept(): string {
    const key = this.headers['sec-websocket-key'];
    return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  }

  /** The 101 that is right, with fields replaced, removed (`undefined`), repeated (a list) or added. */
  switching(changes: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
    const fields = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': this.accept, ...changes };
    const lines = Object.entries(fields).flatMap(([name, value]) =>
      (value === undefined ? [] : typeof value === 'string' ? [value] : value).map((each) => `${name}: ${each}\r\n`),
    );
    return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
  }
}

export interface RawServer {
  readonly port: number;
  readonly url: string;
  /** Every handshake that came. */
  readonly asked: Log<Asked>;
  /** Every connection that was made. */
  readonly sockets: Log<Socket>;
}

/** A server that hands each request to `answer`, once its head is complete. */
export async function answering(
  answer: (asked: Asked) => void,
  { secure = false, path }: { secure?: boolean; path?: string } = {},
): Promise<RawServer> {
  const asked = new Log<Asked>();
  const sockets = new Log<Socket>();
  const onSocket = (socket: Socket) => {
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) {
        socket.off('data', onData);
        const request = new Asked(socket, text);
        asked.add(request);
        answer(request);
      }
    };
    socket.on('data', onData);
    socket.on('error', () => undefined);
    afterTest(() => socket.destroy());
    sockets.add(socket);
  };
  const server: Server = secure
    ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE, allowHalfOpen: true }, onSocket)
    : createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  afterTest(() => server.close());
  const port = path === undefined ? (server.address() as AddressInfo).port : 0;
  return { port, url: `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}/`, asked, sockets };
}

/** A client, closed after the test. */
export function newClient(options: ClientOptions = {}): WebSocketClient {
  const client = new WebSocketClient(options);
  afterTest(() => client.close({ timeout: 0 }));
  return client;
}

/** What a promise is rejected with; fails when it isn't. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (cause) {
    return cause as Error;
  }
  throw new Error('Expected a rejection');
}

/** A frame as a server sends it (RFC 6455 §5.2): unmasked, up to 125 bytes. */
export function serverFrame(opcode: number, payload: string | readonly number[]): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  return Buffer.concat([Buffer.from([0x80 | opcode, bytes.length]), bytes]);
}

/** Settles when the other side has ended or reset the connection; ours then ends too. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readableEnded || socket.destroyed) resolve();
    socket.once('close', () => resolve());
    socket.once('end', () => {
      socket.end();
      resolve();
    });
    socket.resume();
  });
}
