import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket as WsSocket } from 'ws';
import type { ForeignServer } from './foreign-server-contract.js';
import { Inbox } from './inbox.js';
import type { Closed } from './peer-server.js';

type Serve = (socket: WsSocket, target: URL, headers: NodeJS.Dict<string | string[]>) => void;

/** The server of the `ws` package, as `ForeignServer` describes it. */
export async function startWsServer(): Promise<ForeignServer> {
  const closed = new Inbox<Closed>();
  const server = createServer();
  const general = { noServer: true, handleProtocols, perMessageDeflate: { threshold: 0 } };
  const accepting = new WebSocketServer(general);
  const acceptingSmall = new WebSocketServer({ ...general, maxPayload: 16 });
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const target = new URL(request.url ?? '/', 'ws://localhost');
    const serve = ENDPOINTS[target.pathname.replace(/(?<=^\/leave)\/.*$/, '')];
    if (serve === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    (target.pathname === '/small' ? acceptingSmall : accepting).handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => undefined);
      if (serve === echo) opened.on('close', (code, reason) => closed.put({ code, reason: reason.toString() }));
      serve(opened, target, request.headers);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    nextClosed: () => closed.next(),
    stop: async () => {
      for (const socket of [...accepting.clients, ...acceptingSmall.clients]) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function handleProtocols(offered: Set<string>): string | false {
  return [...offered].find((name) => name === 'echo.v1' || name === 'echo.v2') ?? false;
}

const echo: Serve = (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
};

const ENDPOINTS: Readonly<Record<string, Serve>> = {
  '/echo': echo,
  // A function of its own, so that only `/echo` tells how it closed.
  '/small': (socket, ...rest) => echo(socket, ...rest),
  '/pieces': (socket) => {
    socket.on('message', (data) => {
      const text = data.toString();
      const third = Math.ceil(text.length / 3);
      socket.send(text.slice(0, third), { fin: false });
      socket.ping('between');
      socket.send(text.slice(third, 2 * third), { fin: false });
      socket.send(text.slice(2 * third), { fin: true });
    });
  },
  '/pings': (socket) => {
    socket.on('pong', (payload) => socket.send(`pong ${payload}`));
    socket.ping('are you there');
  },
  '/leave': (socket, target) => {
    socket.send('hello');
    socket.close(Number(target.pathname.split('/')[2]), 'over');
  },
  '/drop': (socket) => {
    socket.send('hello', () => socket.terminate());
  },
  '/request': (socket, target, headers) => {
    socket.send([`${target.pathname}${target.search}`, headers['x-visitor'], headers['cookie']].join('\n'));
  },
};
