import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { expect } from 'chai';
import {
  ConfigurationError,
  ContainerError,
  type ContainerOptions,
  EndpointError,
  ListenError,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketMessage,
  PathSpecError,
  PreparedMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { RawPeer } from '../support/raw-peer.js';
import { afterTest, deferred, putAwayAfterEach, serve, tracked } from './serving.js';

@WebSocket({ path: '/greeter' })
class Greeter {
  readonly greeting: string;

  constructor(greeting = 'hello') {
    this.greeting = greeting;
  }

  @OnWebSocketConnect
  async onConnect(session: Session): Promise<void> {
    await session.sendText(this.greeting);
  }

  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

@WebSocket
class Pathless {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

/** The error that a call throws or a promise rejects with. */
async function failureOf(run: () => unknown): Promise<Error & { readonly code?: string }> {
  try {
    await run();
  } catch (cause) {
    expect(cause).to.be.instanceOf(Error);
    return cause as Error;
  }
  throw new Error('Expected a failure.');
}

describe('WebSocketContainer', () => {
  putAwayAfterEach();

  function listening(options: ContainerOptions = {}): WebSocketContainer {
    const container = new WebSocketContainer(options);
    afterTest(() => container.close({ timeout: 0 }));
    return container;
  }

  describe('addEndpoint', () => {
    async function greetingAt(port: number, path: string): Promise<string> {
      return tracked(await RawPeer.open(port, path)).readText();
    }

    it('takes a class, an instance, and a path with either', async () => {
      const { target } = await serve((container) => {
        container.addEndpoint(Greeter);
        container.addEndpoint('/class', Greeter);
        container.addEndpoint('/instance', new Greeter('hello from an instance'));
      });
      expect(await greetingAt(target.port, '/greeter')).to.equal('hello');
      expect(await greetingAt(target.port, '/class')).to.equal('hello');
      expect(await greetingAt(target.port, '/instance')).to.equal('hello from an instance');
    });

    it('takes an instance at the path of its class', async () => {
      const { target } = await serve((container) => container.addEndpoint(new Greeter('welcome')));
      expect(await greetingAt(target.port, '/greeter')).to.equal('welcome');
    });

    it('takes options over those of the decorator', async () => {
      const { target } = await serve(
        (container) => {
          container.addEndpoint(Greeter, { maxTextMessageSize: 4 });
          container.addEndpoint('/large', Greeter, { maxTextMessageSize: 5 });
        },
        { maxTextMessageSize: 3 },
      );
      const small = tracked(await RawPeer.open(target, '/greeter'));
      small.sendText('12345');
      expect((await small.readClose()).code).to.equal(1009);
      const large = tracked(await RawPeer.open(target, '/large'));
      await large.readText();
      large.sendText('12345');
      expect(await large.readText()).to.equal('12345');
    });

    it('takes the container’s options for every endpoint', async () => {
      const { target } = await serve((container) => container.addEndpoint(Greeter), { maxTextMessageSize: 4 });
      const peer = tracked(await RawPeer.open(target, '/greeter'));
      peer.sendText('12345');
      expect((await peer.readClose()).code).to.equal(1009);
    });

    it('takes endpoints while the server is running', async () => {
      const { container, target } = await serve(() => {});
      expect((await RawPeer.request(target, { path: '/greeter' })).response.status).to.equal(404);
      container.addEndpoint(Greeter);
      expect(await greetingAt(target.port, '/greeter')).to.equal('hello');
    });

    it('refuses a class without a path, and says where to put one', async () => {
      const error = await failureOf(() => listening().addEndpoint(Pathless));
      expect(error).to.be.instanceOf(EndpointError);
      expect(error.message).to.contain('Pathless').and.to.contain("addEndpoint('/…', Pathless)");
    });

    it('refuses a path that is taken', async () => {
      const container = listening();
      container.addEndpoint('/a/{b}', Greeter);
      const error = await failureOf(() => container.addEndpoint('/a/{c}', Greeter));
      expect(error).to.be.instanceOf(PathSpecError);
      expect(error.code).to.equal('MOORAGE_DUPLICATE_PATH');
    });

    it('refuses options that can’t be used', async () => {
      const options = { maxTextMesageSize: 5 } as object;
      const error = await failureOf(() => listening().addEndpoint(Greeter, options));
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.contain('Did you mean maxTextMessageSize?');
    });

    it('refuses everything once the container is closed', async () => {
      const container = listening();
      await container.close();
      const error = await failureOf(() => container.addEndpoint(Greeter));
      expect(error).to.be.instanceOf(ContainerError);
      expect(error.code).to.equal('MOORAGE_CONTAINER_CLOSED');
    });
  });

  describe('options', () => {
    for (const [what, options, message] of [
      ['an unknown one', { maxConections: 5 }, 'maxConections is not an option. Did you mean maxConnections?'],
      ['a server that is none', { server: { on() {}, listen() {} } }, 'createServer(app)'],
      ['a server that is undefined', { server: undefined }, "Leave the option out for a server of the container's own"],
      ['a hook that is no function', { authorize: true }, 'authorize is true. Accepted: a function.'],
      ['maxConnections of 0', { maxConnections: 0 }, 'maxConnections is 0. Accepted: a whole number from 1'],
      ['maxConnections as a string', { maxConnections: '5' }, 'maxConnections is "5".'],
      ['NaN for a time', { handshakeTimeout: Number.NaN }, 'handshakeTimeout is NaN.'],
      ['a negative time', { handshakeTimeout: -1 }, 'handshakeTimeout is -1.'],
      ['a fraction', { handshakeTimeout: 1.5 }, 'handshakeTimeout is 1.5.'],
      ['an endpoint default', { idleTimeout: 'soon' }, 'idleTimeout is "soon".'],
      ['two that contradict each other', { writeHighWater: 5, writeLowWater: 6 }, 'writeLowWater (6) is above'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const error = await failureOf(() => new WebSocketContainer(options as unknown as ContainerOptions));
        expect(error).to.be.instanceOf(ConfigurationError);
        expect(error.code).to.equal('MOORAGE_INVALID_OPTION');
        expect(error.message).to.contain(message);
      });
    }

    it('lists everything that is wrong at once', async () => {
      const error = await failureOf(
        () => new WebSocketContainer({ maxConnections: 0, handshakeTimeout: -1, maxFragments: 0 }),
      );
      expect((error as ConfigurationError).problems).to.have.length(3);
    });

    it('origins: any, and listed ones', async () => {
      const headers = { Origin: 'https://chat.example' };
      for (const [origins, status] of [
        ['same-origin', 403],
        ['any', 101],
        [['https://chat.example'], 101],
        [['https://other.example'], 403],
      ] as const) {
        const { target } = await serve((container) => container.addEndpoint(Greeter), { origins });
        const { peer, response } = await RawPeer.request(target, { path: '/greeter', headers });
        tracked(peer);
        expect(response.status, String(origins)).to.equal(status);
      }
    });
  });

  describe('listen', () => {
    it('serves on a server of its own and tells its address', async () => {
      const container = listening();
      container.addEndpoint(Greeter);
      const { port, address } = await container.listen(0, '127.0.0.1');
      expect(address).to.equal('127.0.0.1');
      expect(await tracked(await RawPeer.open(port, '/greeter')).readText()).to.equal('hello');
    });

    it('answers plain requests: 426 for an endpoint’s path, else 404', async () => {
      const container = listening();
      container.addEndpoint(Greeter);
      const { port } = await container.listen(0, '127.0.0.1');
      for (const [path, status] of [
        ['/greeter', 426],
        ['/', 404],
      ] as const) {
        const peer = tracked(await RawPeer.connect(port));
        peer.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        const response = await peer.readResponse();
        expect(response.status).to.equal(status);
        expect(response.headers['upgrade']).to.equal(status === 426 ? 'websocket' : undefined);
        await peer.readToEnd();
      }
    });

    it('fails with a clear error when the port is taken, and can be tried again', async () => {
      const blocker = createTcpServer();
      await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
      afterTest(() => blocker.close());
      const { port } = blocker.address() as AddressInfo;
      const container = listening();
      const error = await failureOf(() => container.listen(port, '127.0.0.1'));
      expect(error).to.be.instanceOf(ListenError);
      expect(error.code).to.equal('MOORAGE_ADDRESS_IN_USE');
      expect(error.message).to.equal(
        `Can't listen on 127.0.0.1:${port}: another process uses it. Stop that one, or choose another port (0 takes any free one).`,
      );
      expect((error.cause as NodeJS.ErrnoException).code).to.equal('EADDRINUSE');
      await container.listen(0, '127.0.0.1');
    });

    it('fails with a clear error for a host that is not here', async () => {
      const error = await failureOf(() => listening().listen(0, '192.0.2.1'));
      expect(error.code).to.equal('MOORAGE_LISTEN_FAILED');
    });

    it('fails with a clear error for a port that can not be, and can be called again', async () => {
      const container = listening();
      for (const port of [70_000, -1, 1.5]) {
        const error = await failureOf(() => container.listen(port, '127.0.0.1'));
        expect(error).to.be.instanceOf(ListenError);
        expect(error.code).to.equal('MOORAGE_LISTEN_FAILED');
        expect(error.message).to.equal(
          `Can't listen on 127.0.0.1:${port}: a port is a whole number from 0 (any free one) to 65535.`,
        );
        expect(error.cause).to.be.instanceOf(Error);
      }
      await container.listen(0, '127.0.0.1');
    });

    it('is not for a container that was given a server, listens already or is closed', async () => {
      const { container: given } = await serve(() => {});
      expect((await failureOf(() => given.listen(0))).code).to.equal('MOORAGE_SERVER_GIVEN');
      const twice = listening();
      await twice.listen(0, '127.0.0.1');
      expect((await failureOf(() => twice.listen(0))).code).to.equal('MOORAGE_ALREADY_LISTENING');
      await twice.close();
      expect((await failureOf(() => twice.listen(0))).code).to.equal('MOORAGE_CONTAINER_CLOSED');
    });

    it('fails when the container is closed meanwhile, and listens no more', async () => {
      const container = listening();
      const starting = failureOf(() => container.listen(0, 'localhost'));
      await container.close();
      expect((await starting).code).to.equal('MOORAGE_CONTAINER_CLOSED');
    });

    for (const [what, bytes] of [
      ['silent', ''],
      ['unfinished', 'GET /greeter HTTP/1.1\r\nHost: localhost\r\nUpgr'],
    ] as const) {
      it(`gives the ${what} request until the handshake timeout: 408`, async () => {
        const container = listening({ handshakeTimeout: 100 });
        const { port } = await container.listen(0, '127.0.0.1');
        const peer = tracked(await RawPeer.connect(port));
        peer.send(bytes);
        expect((await peer.readToEnd()).toString()).to.match(/^HTTP\/1\.1 408 /);
      });
    }
  });

  describe('open sessions', () => {
    it('are there from before the connect handler until the close handler has settled', async () => {
      const { container, target } = await serve(() => {});
      const seen: string[] = [];
      const closing = deferred();
      const finish = deferred();
      const look = (when: string, session: Session) => {
        seen.push(`${when}: ${container.openSessions.size}, ${container.openSessions.has(session)}`);
      };

      @WebSocket({ path: '/watched' })
      class Watched {
        @OnWebSocketConnect
        onConnect(session: Session): void {
          look('connect', session);
        }

        @OnWebSocketClose
        async onClose(session: Session): Promise<void> {
          look('close', session);
          closing.resolve();
          await finish.promise;
        }
      }

      container.addEndpoint(Watched);
      const peer = tracked(await RawPeer.open(target, '/watched'));
      peer.sendClose(1000);
      await closing.promise;
      expect(container.openSessions.size).to.equal(1);
      finish.resolve();
      await peer.readClose();
      expect(container.openSessions.size).to.equal(0);
      expect(seen).to.deep.equal(['connect: 1, true', 'close: 1, true']);
    });

    it('are told apart by endpoint, path and instance', async () => {
      const instance = new Greeter();
      const { container, target } = await serve((c) => {
        c.addEndpoint(Greeter);
        c.addEndpoint('/rooms/{room}', Greeter);
        c.addEndpoint('/instance', instance);
      });
      for (const path of ['/greeter', '/rooms/a', '/rooms/b', '/instance']) {
        tracked(await RawPeer.open(target, path));
      }
      const paths = (sessions: Iterable<Session>) => [...sessions].map((s) => s.upgradeRequest.path).sort();
      expect(paths(container.openSessions)).to.deep.equal(['/greeter', '/instance', '/rooms/a', '/rooms/b']);
      expect(paths(container.openSessionsOf('/rooms/{room}'))).to.deep.equal(['/rooms/a', '/rooms/b']);
      expect(paths(container.openSessionsOf(Greeter))).to.deep.equal(['/greeter', '/rooms/a', '/rooms/b']);
      expect(paths(container.openSessionsOf(instance))).to.deep.equal(['/instance']);
      expect(container.openSessionsOf(Greeter).size).to.equal(3);
      const error = await failureOf(() => container.openSessionsOf('/rooms/a'));
      expect(error.code).to.equal('MOORAGE_UNKNOWN_ENDPOINT');
    });

    it('take one prepared message for all', async () => {
      const { container, target } = await serve((c) => c.addEndpoint(Greeter));
      const peers = await Promise.all([1, 2, 3].map(() => RawPeer.open(target, '/greeter')));
      const news = PreparedMessage.text('news');
      for (const session of container.openSessions) void session.sendPrepared(news);
      for (const peer of peers.map(tracked)) {
        expect(await peer.readText()).to.equal('hello');
        expect(await peer.readText()).to.equal('news');
      }
    });
  });
});
