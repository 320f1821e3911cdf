import { expect } from 'chai';
import {
  type AuthorizationContext,
  accept,
  type ContainerEvent,
  type ContainerOptions,
  OnWebSocketConnect,
  OnWebSocketMessage,
  refuse,
  Session,
  type UpgradeRefusedEvent,
  type UpgradeRequest,
  WebSocket,
} from 'moorage';
import { RawPeer, type RawResponse, upgradeRequest } from '../support/raw-peer.js';
import { deferred, Log, putAwayAfterEach, type Serving, serve, tracked } from './serving.js';

@WebSocket({ path: '/rooms/{room}', subprotocols: ['chat'] })
class WhoAmI {
  @OnWebSocketMessage
  onText(session: Session, _question: string): string {
    return JSON.stringify(session.principal ?? null);
  }
}

const isRefusal = (event: ContainerEvent): event is UpgradeRefusedEvent => event.type === 'upgrade-refused';

async function ask(serving: Serving, path = '/rooms/blue'): Promise<{ peer: RawPeer; response: RawResponse }> {
  const { peer, response } = await RawPeer.request(serving.target, { path });
  return { peer: tracked(peer), response };
}

describe('Hooks before the upgrade', () => {
  putAwayAfterEach();

  let events: Log<ContainerEvent>;
  beforeEach(() => {
    events = new Log();
  });

  function serveWith(options: ContainerOptions): Promise<Serving> {
    return serve((container) => container.addEndpoint(WhoAmI), { onEvent: events.add, ...options });
  }

  function errors(): unknown[] {
    return events.entries.filter((event) => event.type === 'error').map((event) => event.cause);
  }

  describe('the authorize hook', () => {
    for (const [how, authorize] of [
      ['at once', () => ({ name: 'Ann' })],
      ['later', async () => ({ name: 'Ann' })],
      ['with accept()', () => accept({ name: 'Ann' })],
    ] as const) {
      it(`names the principal ${how}`, async () => {
        const { peer, response } = await ask(await serveWith({ authorize }));
        expect(response.status).to.equal(101);
        peer.sendText('?');
        expect(await peer.readText()).to.equal('{"name":"Ann"}');
      });
    }

    it('takes any value for a principal, also 0 and an empty string', async () => {
      let principal: unknown = 0;
      const serving = await serveWith({ authorize: () => principal });
      for (principal of [0, '']) {
        const { peer } = await ask(serving);
        peer.sendText('?');
        expect(await peer.readText()).to.equal(JSON.stringify(principal));
      }
    });

    it('is told the request, the endpoint and the path parameters', async () => {
      const told = deferred<[UpgradeRequest, AuthorizationContext]>();
      const serving = await serveWith({ authorize: (...args) => told.resolve(args) ?? true });
      await ask(serving, '/rooms/caf%C3%A9?token=t');
      const [request, context] = await told.promise;
      expect(request.query.get('token')).to.equal('t');
      expect(context.endpoint).to.equal('WhoAmI');
      expect(context.pathParameters).to.deep.equal(Object.assign(Object.create(null), { room: 'café' }));
    });

    it('is not asked about a handshake that is wrong', async () => {
      let asked = false;
      const serving = await serveWith({ authorize: () => (asked = true) });
      const { response } = await RawPeer.request(serving.target, {
        path: '/rooms/blue',
        headers: { Origin: 'https://attacker.example' },
      });
      expect(response.status).to.equal(403);
      expect(asked).to.equal(false);
    });

    for (const nobody of [false, undefined, null]) {
      it(`lets nobody in with ${nobody}: 403`, async () => {
        const { response } = await ask(await serveWith({ authorize: () => nobody }));
        expect(response.status).to.equal(403);
      });

      it(`lets nobody in with a promise of ${nobody}: 403`, async () => {
        const { response } = await ask(await serveWith({ authorize: async () => nobody }));
        expect(response.status).to.equal(403);
      });
    }

    it('refuses with a status, headers and a text of its own', async () => {
      const authorize = () => refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' }, body: 'Who are you?' });
      const { peer, response } = await ask(await serveWith({ authorize }));
      expect(response.status).to.equal(401);
      expect(response.headers['www-authenticate']).to.equal('Bearer');
      expect((await peer.readToEnd()).toString()).to.equal('Who are you?');
    });

    it('refuses for a reason that the container reports and the peer never reads', async () => {
      const authorize = () => refuse(401, { reason: 'the token has expired' });
      const { peer, response } = await ask(await serveWith({ authorize }));
      expect(response.text + (await peer.readToEnd()).toString()).to.not.include('expired');
      expect(events.entries[0]).to.include({
        type: 'upgrade-refused',
        reason: 'The authorize hook refused with 401: the token has expired',
      });
    });

    it('may throw a refusal', async () => {
      const authorize = async () => {
        throw refuse(429, { headers: { 'Retry-After': '60' } });
      };
      const { response } = await ask(await serveWith({ authorize }));
      expect(response.status).to.equal(429);
      expect(errors()).to.deep.equal([]);
    });

    it('adds header fields to the 101, one for each value of a list', async () => {
      const authorize = () => accept(true, { headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Node': 'n1' } });
      const { response } = await ask(await serveWith({ authorize }));
      expect(response.status).to.equal(101);
      expect(response.text).to.match(/^Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Node: n1$/m);
    });

    for (const [what, authorize] of [
      [
        'throws',
        () => {
          throw new Error('database password: hunter2');
        },
      ],
      ['rejects', () => Promise.reject(new Error('database password: hunter2'))],
    ] as const) {
      it(`answers 500 without a word of the error when the hook ${what}, and reports it`, async () => {
        const { peer, response } = await ask(await serveWith({ authorize }));
        expect(response.status).to.equal(500);
        expect(response.text + (await peer.readToEnd())).not.to.contain('hunter2');
        expect(events.entries[0]).to.deep.include({ type: 'error', during: 'authorize', endpoint: 'WhoAmI' });
        expect(errors()).to.have.length(1);
      });
    }

    for (const [what, authorize, message] of [
      ['a line break in a header of the 101', () => accept(1, { headers: { 'X-A': 'a\r\nX-B: b' } }), /X-A has a line/],
      ['a header of the handshake', () => accept(1, { headers: { 'Sec-WebSocket-Accept': 'x' } }), /handshake itself/],
      [
        'a line break in a header of a refusal',
        () => refuse(403, { headers: { 'X-A': 'a\nX-B: b' } }),
        /X-A has a line/,
      ],
      ['a refusal with 200', () => refuse(200), /300 to 599/],
      ['a thrown refusal with 101', () => Promise.reject(refuse(101)), /300 to 599/],
    ] as const) {
      it(`answers 500 and injects nothing for ${what}`, async () => {
        const { response } = await ask(await serveWith({ authorize }));
        expect(response.status).to.equal(500);
        expect(response.text.toLowerCase()).not.to.contain('x-b').and.not.to.contain('x-a');
        expect(errors()).to.have.length(1);
        expect(String(errors()[0])).to.match(message);
      });
    }

    it('keeps the frames that come while it decides, in order', async () => {
      const decision = deferred<string>();
      const asked = deferred();
      const serving = await serveWith({
        authorize: () => {
          asked.resolve();
          return decision.promise;
        },
      });
      const peer = tracked(await RawPeer.connect(serving.target));
      peer.send(upgradeRequest({ path: '/rooms/blue' }));
      await asked.promise;
      for (let i = 0; i < 3; i++) peer.sendText('?');
      await peer.flush();
      decision.resolve('Ann');
      await peer.readResponse();
      peer.sendText('?');
      for (let i = 0; i < 4; i++) expect(await peer.readText()).to.equal('"Ann"');
    });

    it('keeps more than fits into its buffers waiting in the network', async () => {
      const decision = deferred<boolean>();
      const asked = deferred();
      const serving = await serveWith({
        authorize: () => {
          asked.resolve();
          return decision.promise;
        },
      });
      const peer = tracked(await RawPeer.connect(serving.target));
      peer.send(upgradeRequest({ path: '/rooms/blue' }));
      await asked.promise;
      const count = 50;
      for (let i = 0; i < count; i++) peer.sendText('?'.repeat(20_000));
      decision.resolve(true);
      await peer.readResponse();
      for (let i = 0; i < count; i++) expect(await peer.readText()).to.equal('true');
    });

    for (const leaves of ['end', 'reset', 'destroy'] as const) {
      it(`is told when the peer leaves (${leaves}), and its answer is dropped`, async () => {
        const decision = deferred<boolean>();
        const asked = deferred<AbortSignal>();
        const serving = await serveWith({
          authorize: (_, { signal }) => {
            asked.resolve(signal);
            return decision.promise;
          },
        });
        const peer = tracked(await RawPeer.connect(serving.target));
        peer.send(upgradeRequest({ path: '/rooms/blue' }));
        const signal = await asked.promise;
        peer[leaves]();
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        decision.resolve(true);
        const { status } = (await events.until(isRefusal)) as UpgradeRefusedEvent;
        expect(status).to.equal(0);
        expect(serving.container.openSessions.size).to.equal(0);
      });
    }

    it('has until the handshake timeout: 408, and a late failure harms nobody', async () => {
      const decision = deferred<never>();
      let signal: AbortSignal | undefined;
      const serving = await serveWith({
        handshakeTimeout: 50,
        authorize: (_, context) => {
          signal = context.signal;
          return decision.promise;
        },
      });
      const { peer, response } = await ask(serving);
      expect(response.status).to.equal(408);
      await peer.readToEnd();
      expect(signal?.aborted).to.equal(true);
      decision.reject(new Error('too late'));
      await new Promise(setImmediate);
      expect(errors()).to.deep.equal([]);
    });

    it('has all the time with a handshake timeout of 0', async () => {
      const decision = deferred<boolean>();
      const serving = await serveWith({
        handshakeTimeout: 0,
        authorize: () => {
          setImmediate(() => decision.resolve(true));
          return decision.promise;
        },
      });
      expect((await ask(serving)).response.status).to.equal(101);
    });
  });

  describe('the instance factory', () => {
    for (const later of [false, true]) {
      it(`makes one instance for each connection${later ? ', later' : ''}, and is told the request`, async () => {
        const made: string[] = [];
        const serving = await serveWith({
          instanceFactory: (type, request) => {
            made.push(`${type.name} for ${request?.path}`);
            const instance = new type();
            return later ? Promise.resolve(instance) : instance;
          },
        });
        await ask(serving, '/rooms/a');
        await ask(serving, '/rooms/b');
        expect(made).to.deep.equal(['WhoAmI for /rooms/a', 'WhoAmI for /rooms/b']);
      });
    }

    for (const [what, instanceFactory] of [
      [
        'throws',
        () => {
          throw new Error('no such service');
        },
      ],
      ['rejects', () => Promise.reject(new Error('no such service'))],
      ['returns nothing', () => undefined as never],
    ] as const) {
      it(`answers 500 when it ${what}, and reports it`, async () => {
        const { response } = await ask(await serveWith({ instanceFactory }));
        expect(response.status).to.equal(500);
        expect(events.entries[0]).to.deep.include({ type: 'error', during: 'instantiate', endpoint: 'WhoAmI' });
      });
    }

    it('answers 500 when a constructor throws, and serves the next', async () => {
      let broken = true;

      @WebSocket({ path: '/broken' })
      class Broken {
        constructor() {
          if (broken) throw new Error('not today');
        }

        @OnWebSocketMessage
        onText(text: string): string {
          return text;
        }
      }

      const serving = await serve((container) => container.addEndpoint(Broken), { onEvent: events.add });
      expect((await ask(serving, '/broken')).response.status).to.equal(500);
      broken = false;
      expect((await ask(serving, '/broken')).response.status).to.equal(101);
    });

    it('is bound by the handshake timeout', async () => {
      const serving = await serveWith({ handshakeTimeout: 50, instanceFactory: () => new Promise(() => {}) });
      expect((await ask(serving)).response.status).to.equal(408);
    });

    it('makes the one instance of a stateless endpoint at registration, and fails there', async () => {
      @WebSocket({ path: '/shared', stateless: true })
      class Shared {
        readonly seen: string[] = [];

        @OnWebSocketConnect
        onConnect(session: Session): void {
          this.seen.push(session.id);
          void session.sendText(String(this.seen.length));
        }
      }

      const made: unknown[] = [];
      const serving = await serve((container) => container.addEndpoint(Shared), {
        instanceFactory: (type, request) => {
          made.push(request);
          return new type();
        },
      });
      expect(made).to.deep.equal([undefined]);
      expect(await (await ask(serving, '/shared')).peer.readText()).to.equal('1');
      expect(await (await ask(serving, '/shared')).peer.readText()).to.equal('2');
      expect(made).to.have.length(1);

      const failing = serve((container) => container.addEndpoint(Shared), {
        instanceFactory: () => {
          throw new Error('no such service');
        },
      });
      await failing.then(
        () => expect.fail('registered'),
        (cause: unknown) => expect(String(cause)).to.contain('no such service'),
      );
    });

    it('makes the one instance of a stateless endpoint again, when a promise of it failed', async () => {
      @WebSocket({ path: '/shared', stateless: true })
      class Shared {}
      let calls = 0;
      const serving = await serve((container) => container.addEndpoint(Shared), {
        onEvent: events.add,
        instanceFactory: async (type) => {
          calls += 1;
          if (calls < 3) throw new Error('not yet');
          return new type();
        },
      });
      expect(calls).to.equal(1);
      expect((await ask(serving, '/shared')).response.status).to.equal(500);
      expect(events.entries[0]).to.deep.include({ type: 'error', during: 'instantiate', endpoint: 'Shared' });
      expect((await ask(serving, '/shared')).response.status).to.equal(101);
      expect((await ask(serving, '/shared')).response.status).to.equal(101);
      expect(calls).to.equal(3);
    });
  });

  describe('maxConnections', () => {
    it('answers 503 with Retry-After beyond it, and lets in again when one has left', async () => {
      const serving = await serveWith({ maxConnections: 1 });
      const { peer: first } = await ask(serving);
      const { response } = await ask(serving);
      expect(response.status).to.equal(503);
      expect(Number(response.headers['retry-after'])).to.be.greaterThan(0);
      first.sendClose(1000);
      await first.readClose();
      await events.until((event) => event.type === 'session-closed');
      expect((await ask(serving)).response.status).to.equal(101);
    });

    it('holds for upgrades that wait for a hook at the same time', async () => {
      const decisions: ((value: boolean) => void)[] = [];
      const both = deferred();
      const serving = await serveWith({
        maxConnections: 1,
        authorize: () =>
          new Promise((resolve) => {
            if (decisions.push(resolve) === 2) both.resolve();
          }),
      });
      const answers = Promise.all([ask(serving), ask(serving)]);
      await both.promise;
      for (const decide of decisions) decide(true);
      const statuses = (await answers).map(({ response }) => response.status);
      expect(statuses.sort()).to.deep.equal([101, 503]);
    });
  });
});
