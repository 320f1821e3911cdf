import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { OnWebSocketMessage, type UpgradeRequest, WebSocket, WebSocketContainer } from 'moorage';
import { inject, injectable, container as injector } from 'tsyringe';
import { WebSocketServer } from 'ws';
import { createExpress } from '#samples/integrations/express/server.js';
import { createFastify } from '#samples/integrations/fastify/server.js';
import { createHono } from '#samples/integrations/hono/server.js';
import { createInversify } from '#samples/integrations/inversify/server.js';
import { createKoa } from '#samples/integrations/koa/server.js';
import { createNest } from '#samples/integrations/nestjs/server.js';
import { createTsyringe } from '#samples/integrations/tsyringe/server.js';
import type { Sample } from '#samples/support/run.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

/** A server of `ws` at `/theirs`, as other libraries have one beside the container. */
function serveTheirs({ server }: Sample): void {
  const theirs = new WebSocketServer({ noServer: true });
  theirs.on('connection', (socket) => socket.on('message', (data) => socket.send(`theirs: ${data}`)));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url === '/theirs')
      theirs.handleUpgrade(request, socket, head, (opened) => theirs.emit('connection', opened));
  });
}

async function refusalOf(url: string): Promise<string> {
  const failed = await Peer.open(url).catch((error: Error) => error);
  return failed instanceof Error ? failed.message : 'opened';
}

/** What a peer at `url` is told when it sends each of `messages`. */
async function conversation(url: string, ...messages: string[]): Promise<unknown[]> {
  const peer = await Peer.open(url);
  const answers: unknown[] = [];
  for (const message of messages) {
    peer.send(message);
    answers.push(await peer.next());
  }
  await peer.leave();
  return answers;
}

describe('The integration samples', () => {
  let server: SampleServer;

  async function start(sample: Sample): Promise<void> {
    server = await SampleServer.start(sample);
  }

  afterEach(() => server.stop());

  for (const [name, create] of [
    ['Express', createExpress],
    ['Fastify', createFastify],
    ['Koa', createKoa],
    ['Hono', createHono],
  ] as const) {
    describe(name, () => {
      it('answers plain requests and WebSockets at the same path of the same port', async () => {
        await start(await create());
        const response = await fetch(server.url('/echo'));
        expect(response.status).to.equal(200);
        expect(await response.text()).to.equal(`${name} answers here.\n`);
        expect(await conversation(server.wsUrl('/echo'), 'Ahoy')).to.deep.equal(['Ahoy']);
        expect((await fetch(server.url('/elsewhere'))).status).to.equal(404);
      });

      it('leaves WebSockets at other paths to others, and has them refused where there are none', async () => {
        const sample = await create();
        await start(sample);
        expect(await refusalOf(server.wsUrl('/theirs'))).to.equal('Unexpected server response: 404');
        serveTheirs(sample);
        expect(await conversation(server.wsUrl('/theirs'), 'Ahoy')).to.deep.equal(['theirs: Ahoy']);
        expect(await conversation(server.wsUrl('/echo'), 'Ahoy')).to.deep.equal(['Ahoy']);
      });
    });
  }

  it('Fastify ends the WebSockets when it closes', async () => {
    const sample = await createFastify();
    await start(sample);
    const peer = await Peer.open(server.wsUrl('/echo'));
    const closed = sample.app.close();
    expect(await peer.closed).to.include({ code: 1001 });
    await closed;
    expect(sample.server.listening).to.equal(false);
  });

  describe('NestJS', () => {
    it('answers plain requests and WebSockets at the same path, with one provider for both', async () => {
      await start(await createNest());
      const response = await fetch(server.url('/greet'));
      expect(await response.text()).to.equal('Good day, reader. Greeting 1 of this house.');
      expect(await conversation(server.wsUrl('/greet'), 'Ada', 'Bob')).to.deep.equal([
        'Good day, Ada. Greeting 2 of this house. Greeting 1 for you.',
        'Good day, Bob. Greeting 3 of this house. Greeting 2 for you.',
      ]);
      expect(await conversation(server.wsUrl('/greet'), 'Cyd')).to.deep.equal([
        'Good day, Cyd. Greeting 4 of this house. Greeting 1 for you.',
      ]);
    });

    it('leaves WebSockets at other paths to others', async () => {
      const sample = await createNest();
      await start(sample);
      expect(await refusalOf(server.wsUrl('/theirs'))).to.equal('Unexpected server response: 404');
      serveTheirs(sample);
      expect(await conversation(server.wsUrl('/theirs'), 'Ahoy')).to.deep.equal(['theirs: Ahoy']);
    });

    it('ends the WebSockets when the application closes', async () => {
      const sample = await createNest();
      await start(sample);
      const peer = await Peer.open(server.wsUrl('/greet'));
      const ended = once(sample.server, 'close');
      const closed = sample.app.close();
      expect(await peer.closed).to.include({ code: 1001 });
      await Promise.all([closed, ended]);
    });
  });

  for (const [name, create] of [
    ['tsyringe', createTsyringe],
    ['InversifyJS', createInversify],
  ] as const) {
    it(`${name} makes an instance for each connection, and gives all of them the one service`, async () => {
      await start(create());
      expect(await conversation(server.wsUrl('/greet'), 'Ada', 'Bob')).to.deep.equal([
        'Good day, Ada. Greeting 1 of this house. Greeting 1 for you.',
        'Good day, Bob. Greeting 2 of this house. Greeting 2 for you.',
      ]);
      expect(await conversation(server.wsUrl('/greet'), 'Cyd')).to.deep.equal([
        'Good day, Cyd. Greeting 3 of this house. Greeting 1 for you.',
      ]);
    });
  }

  it('tsyringe can give a service the request of its connection', async () => {
    @injectable()
    class Language {
      readonly isFrench: boolean;

      constructor(@inject('request') request: UpgradeRequest) {
        this.isFrench = request.query.get('language') === 'fr';
      }
    }

    @injectable()
    @WebSocket({ path: '/hello' })
    class Hello {
      constructor(private readonly language: Language) {}

      @OnWebSocketMessage
      onName(name: string): string {
        return this.language.isFrench ? `Bonjour, ${name}.` : `Hello, ${name}.`;
      }
    }

    const httpServer = createServer();
    const container = new WebSocketContainer({
      server: httpServer,
      instanceFactory: (type, request) =>
        injector.createChildContainer().register('request', { useValue: request }).resolve(type),
    });
    container.addEndpoint(Hello);
    await start({ server: httpServer, container });
    expect(await conversation(server.wsUrl('/hello?language=fr'), 'Ada')).to.deep.equal(['Bonjour, Ada.']);
    expect(await conversation(server.wsUrl('/hello'), 'Ada')).to.deep.equal(['Hello, Ada.']);
  });
});
