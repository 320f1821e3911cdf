import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import fastify from 'fastify';
import { OnWebSocketClose, OnWebSocketMessage, WebSocket, WebSocketContainer } from 'moorage';
import { healthHandler, healthReport } from 'moorage/operations';
import { afterTest, deferred, putAwayAfterEach, serve, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';

let gate = deferred();

@WebSocket({ path: '/echo' })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketClose
  onClose(): Promise<void> {
    return gate.promise;
  }
}

async function ask(port: number, path: string, method = 'GET'): Promise<readonly [number, unknown]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  const text = await response.text();
  return [response.status, text === '' ? '' : JSON.parse(text)];
}

describe('The health of a container', () => {
  putAwayAfterEach();

  beforeEach(() => {
    gate = deferred();
    gate.resolve();
  });

  const checked = async (handlerOf: (container: WebSocketContainer) => RequestListener = healthHandler) => {
    let handler: RequestListener | undefined;
    const serving = await serve(
      (container) => {
        container.addEndpoint(Echo);
        handler = handlerOf(container);
      },
      { handler: (request, response) => handler?.(request, response) },
    );
    return { ...serving, port: serving.target.port };
  };

  it('is ready and alive while it serves, with the number of connections', async () => {
    const { port, target } = await checked();
    tracked(await RawPeer.open(target, '/echo'));
    expect(await ask(port, '/health/live')).to.deep.equal([200, { live: true }]);
    const report = { ready: true, state: 'open', openConnections: 1 };
    expect(await ask(port, '/health/ready')).to.deep.equal([200, report]);
    expect(await ask(port, '/health?verbose')).to.deep.equal([200, report]);
  });

  it('is not ready from the moment it closes, and stays alive', async () => {
    const { port, target, container } = await checked();
    const peer = tracked(await RawPeer.open(target, '/echo'));
    gate = deferred();
    const closing = container.close();
    expect(await ask(port, '/health/ready')).to.deep.equal([
      503,
      { ready: false, state: 'closing', openConnections: 1 },
    ]);
    expect(await ask(port, '/health/live')).to.deep.equal([200, { live: true }]);
    await peer.readClose();
    peer.sendClose(1001);
    gate.resolve();
    await closing;
    expect(await ask(port, '/health')).to.deep.equal([503, { ready: false, state: 'closed', openConnections: 0 }]);
  });

  it('depends on what else there is', async () => {
    let isReady: () => boolean | Promise<boolean> = () => true;
    const { port } = await checked((container) => healthHandler(container, { isReady: () => isReady() }));
    expect((await ask(port, '/ready'))[0]).to.equal(200);
    for (const not of [
      () => false,
      () => Promise.resolve(false),
      () => Promise.reject(new Error('no database')),
      (): never => {
        throw new Error('no database');
      },
    ]) {
      isReady = not;
      expect(await ask(port, '/ready')).to.deep.equal([503, { ready: false, state: 'open', openConnections: 0 }]);
    }
    expect((await ask(port, '/live'))[0]).to.equal(200);
  });

  it('is kept to itself where somebody else has answered meanwhile', async () => {
    const ready = deferred();
    const { port } = await checked((container) => {
      const health = healthHandler(container, { isReady: () => ready.promise.then(() => true) });
      return (request, response) => {
        health(request, response);
        response.writeHead(503).end('{"late":true}');
      };
    });
    expect(await ask(port, '/health')).to.deep.equal([503, { late: true }]);
    ready.resolve();
    await new Promise(setImmediate); // What is not caught would end the process, and this test with it.
  });

  it('is asked with GET or HEAD and is not to be cached', async () => {
    const { port } = await checked();
    expect(await ask(port, '/health', 'HEAD')).to.deep.equal([200, '']);
    expect(await ask(port, '/health', 'POST')).to.deep.equal([405, '']);
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    expect(response.headers.get('cache-control')).to.equal('no-store');
    expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
  });

  it('leaves upgrades alone, also of its own path', async () => {
    const { target } = await checked();
    const { response } = await RawPeer.request(target, { path: '/health' });
    expect(response.status).to.equal(404);
    tracked(await RawPeer.open(target, '/echo'));
  });

  it('is served by Express', async () => {
    const app = express();
    const server = createServer(app);
    const container = new WebSocketContainer({ server });
    app.use('/health', healthHandler(container));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterTest(async () => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    expect((await ask(port, '/health/live'))[1]).to.deep.equal({ live: true });
    expect((await ask(port, '/health'))[0]).to.equal(200);
    await container.close();
    expect((await ask(port, '/health/ready'))[0]).to.equal(503);
  });

  it('is served by Fastify, as a report', async () => {
    const app = fastify();
    const container = new WebSocketContainer({ server: app.server });
    app.get('/health', (_request, reply) => {
      const report = healthReport(container);
      return reply.code(report.ready ? 200 : 503).send(report);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    afterTest(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    expect(await ask(port, '/health')).to.deep.equal([200, { ready: true, state: 'open', openConnections: 0 }]);
    await container.close();
    expect((await ask(port, '/health'))[0]).to.equal(503);
  });

  it('refuses options that can’t be', () => {
    expect(() => healthHandler(new WebSocketContainer(), { isReady: true } as never)).to.throw('Accepted: a function.');
  });
});
