import { createServer, get, type IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import express from 'express';
import fastify from 'fastify';
import { OnWebSocketMessage, WebSocket, WebSocketContainer } from 'moorage';
import { WebSocketServer } from 'ws';
import { RawPeer, upgradeRequest } from '../support/raw-peer.js';
import { afterTest, putAwayAfterEach, serve, tracked } from './serving.js';

@WebSocket({ path: '/page' })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

function fetchText(port: number, path: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    }).on('error', reject);
  });
}

async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function expectEcho(port: number, path: string): Promise<void> {
  const peer = tracked(await RawPeer.open(port, path));
  peer.sendText('hello');
  expect(await peer.readText()).to.equal('hello');
}

function containerOn(server: Server, path?: string): WebSocketContainer {
  const container = new WebSocketContainer({ server });
  if (path === undefined) container.addEndpoint(Echo);
  else container.addEndpoint(path, Echo);
  afterTest(() => container.close({ timeout: 0 }));
  return container;
}

describe('A container beside others on one HTTP server', () => {
  putAwayAfterEach();

  describe('plain requests', () => {
    it('of the same path go to the request handler untouched', async () => {
      const { target } = await serve((container) => container.addEndpoint(Echo), {
        handler: (request, response) => response.end(`page at ${request.url}`),
      });
      expect(await fetchText(target.port, '/page')).to.deep.equal({ status: 200, text: 'page at /page' });
      await expectEcho(target.port, '/page');
    });

    it('may come before the upgrade on the same connection', async () => {
      const { target } = await serve((container) => container.addEndpoint(Echo), {
        handler: (_, response) => response.end('page'),
      });
      const peer = tracked(await RawPeer.connect(target));
      for (let i = 0; i < 2; i++) {
        peer.send('GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n');
        const { headers } = await peer.readResponse();
        expect((await peer.readBytes(Number(headers['content-length']))).toString()).to.equal('page');
      }
      peer.send(upgradeRequest({ path: '/page' }));
      expect((await peer.readResponse()).status).to.equal(101);
      peer.sendText('hello');
      expect(await peer.readText()).to.equal('hello');
    });

    it('that offer another protocol are answered as if they had not (RFC 9110 §7.8)', async () => {
      const { target } = await serve((container) => container.addEndpoint(Echo), {
        handler: (request, response) => {
          request.resume().on('end', () => response.end(`page at ${request.url} for ${request.headers.host}`));
        },
      });
      const peer = tracked(await RawPeer.connect(target));
      // As `curl --http2` asks.
      peer.send(
        'GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      );
      const response = await peer.readResponse();
      expect(response.status).to.equal(200);
      expect(response.headers['connection']).to.equal('close');
      expect((await peer.readToEnd()).toString()).to.contain('page at /elsewhere for localhost');
    });
  });

  describe('other upgrade listeners', () => {
    it('get the paths that no endpoint has, and only those they know of are answered', async () => {
      const server = createServer();
      containerOn(server);
      server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
        if (request.url === '/other') socket.end('HTTP/1.1 299 Taken\r\nContent-Length: 0\r\n\r\n');
      });
      const port = await listenOn(server);
      const { peer, response } = await RawPeer.request(port, { path: '/other' });
      tracked(peer);
      expect(response.status).to.equal(299);
      await expectEcho(port, '/page');
    });

    it('share the server with ws', async () => {
      const server = createServer();
      const others = new WebSocketServer({ noServer: true });
      others.on('connection', (socket) => socket.on('message', (data) => socket.send(`ws: ${data}`)));
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (request.url === '/ws') {
          others.handleUpgrade(request, socket, head, (opened) => others.emit('connection', opened, request));
        }
      });
      containerOn(server);
      const port = await listenOn(server);
      const peer = tracked(await RawPeer.open(port, '/ws'));
      peer.sendText('hello');
      expect(await peer.readText()).to.equal('ws: hello');
      await expectEcho(port, '/page');
    });

    it('may all be containers: each serves its own, the last refuses what none has', async () => {
      const server = createServer();
      containerOn(server, '/one');
      containerOn(server, '/two');
      containerOn(server, '/three');
      const port = await listenOn(server);
      await expectEcho(port, '/one');
      await expectEcho(port, '/two');
      await expectEcho(port, '/three');
      const { peer, response } = await RawPeer.request(port, { path: '/four' });
      tracked(peer);
      expect(response.status).to.equal(404);
      expect((await peer.readToEnd()).toString()).to.equal('Not Found\n');
    });

    it('may be containers with the same path: the first of them serves it, alone', async () => {
      const server = createServer();
      const containers = [containerOn(server, '/same'), containerOn(server, '/same'), containerOn(server, '*')];
      const port = await listenOn(server);
      await expectEcho(port, '/same');
      expect(containers.map(({ openSessions }) => openSessions.size)).to.deep.equal([1, 0, 0]);
      await expectEcho(port, '/another');
      expect(containers.map(({ openSessions }) => openSessions.size)).to.deep.equal([1, 0, 1]);
    });

    it('are alone again when the container is closed', async () => {
      const server = createServer((_, response) => response.end('page'));
      const container = containerOn(server);
      const port = await listenOn(server);
      await container.close();
      expect(server.listenerCount('upgrade')).to.equal(0);
      expect((await fetchText(port, '/page')).text).to.equal('page');
    });
  });

  it('serves beside Express', async () => {
    const app = express();
    app.get('/page', (_, response) => {
      response.send('from Express');
    });
    const server = createServer(app);
    containerOn(server);
    const port = await listenOn(server);
    expect((await fetchText(port, '/page')).text).to.equal('from Express');
    await expectEcho(port, '/page');
  });

  it('serves beside Fastify', async () => {
    const app = fastify();
    app.get('/page', async () => 'from Fastify');
    containerOn(app.server);
    await app.listen({ port: 0, host: '127.0.0.1' });
    afterTest(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    expect((await fetchText(port, '/page')).text).to.equal('from Fastify');
    await expectEcho(port, '/page');
  });
});
