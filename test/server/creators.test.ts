import { expect } from 'chai';
import {
  accept,
  type ContainerEvent,
  type ContainerOptions,
  type Creator,
  CreatorResponse,
  creator,
  type EndpointOptions,
  fragment,
  identity,
  listener,
  OnWebSocketConnect,
  OnWebSocketMessage,
  refuse,
  Session,
  WebSocket,
} from 'moorage';
import { RawPeer, type RawResponse } from '../support/raw-peer.js';
import { deferred, Log, putAwayAfterEach, type Serving, serve, tracked } from './serving.js';

@WebSocket({ subprotocols: ['chat.v1'] })
class Member {
  @OnWebSocketMessage
  onText(session: Session, _question: string): string {
    return `member ${JSON.stringify([session.principal ?? null, session.subprotocol ?? null])}`;
  }
}

@WebSocket
class Moderator {
  constructor(readonly user = 'nobody') {}

  @OnWebSocketMessage
  onText(text: string): string {
    return `${this.user} moderates ${text}`;
  }
}

@WebSocket({ stateless: true })
class Shared {
  count = 0;

  @OnWebSocketConnect
  onConnect(session: Session): void {
    this.count += 1;
    void session.sendText(String(this.count));
  }
}

@WebSocket({ maxTextMessageSize: 5 })
class Small {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

@WebSocket({ origins: ['https://app.example'] })
class Strict {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

@WebSocket({ maxConnections: 1 })
class One {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

class NoEndpoint {}

describe('Creators', () => {
  putAwayAfterEach();

  let events: Log<ContainerEvent>;
  beforeEach(() => {
    events = new Log();
  });

  function serveCreator(create: Creator, options: ContainerOptions = {}, own?: EndpointOptions): Promise<Serving> {
    return serve((container) => container.addEndpoint('/rooms/{room}', creator(create, own)), {
      onEvent: events.add,
      ...options,
    });
  }

  async function ask(
    serving: Serving,
    headers: Record<string, string> = {},
    path = '/rooms/blue',
  ): Promise<{ peer: RawPeer; response: RawResponse }> {
    const { peer, response } = await RawPeer.request(serving.target, { path, headers });
    return { peer: tracked(peer), response };
  }

  async function answer(serving: Serving, text = '?', headers: Record<string, string> = {}): Promise<string> {
    const { peer } = await ask(serving, headers);
    peer.sendText(text);
    return peer.readText();
  }

  function errors(): unknown[] {
    return events.entries.filter((event) => event.type === 'error').map((event) => [event.during, String(event.cause)]);
  }

  async function refusals(serving: Serving, headers?: Record<string, string>): Promise<[number, string]> {
    const { response } = await ask(serving, headers);
    const event = await events.until(({ type }) => type === 'upgrade-refused');
    return [response.status, (event as ContainerEvent & { type: 'upgrade-refused' }).reason];
  }

  describe('choose', () => {
    it('a class, of which every connection gets an instance', async () => {
      expect(await answer(await serveCreator(() => Member))).to.equal('member [null,null]');
    });

    it('a class whose instance the instanceFactory makes', async () => {
      const serving = await serveCreator(() => Moderator, {
        instanceFactory: async (type) => Object.assign(new type(), { user: 'Ann' }),
      });
      expect(await answer(serving, 'x')).to.equal('Ann moderates x');
    });

    it('an instance that they made', async () => {
      const serving = await serveCreator((request) => new Moderator(request.query.get('as') ?? 'Bob'));
      expect(await answer(serving, 'x')).to.equal('Bob moderates x');
    });

    it('one instance for several connections', async () => {
      const shared = new Shared();
      const serving = await serveCreator(() => shared);
      expect(await (await ask(serving)).peer.readText()).to.equal('1');
      expect(await (await ask(serving)).peer.readText()).to.equal('2');
    });

    it('a stateless class, of which all its connections share an instance', async () => {
      const serving = await serveCreator(() => Shared);
      expect(await (await ask(serving)).peer.readText()).to.equal('1');
      expect(await (await ask(serving)).peer.readText()).to.equal('2');
    });

    it('a listener', async () => {
      const serving = await serveCreator(() => listener({ onWebSocketText: (_session, text) => `heard ${text}` }));
      expect(await answer(serving, 'x')).to.equal('heard x');
    });

    it('by the request, the path and the principal, at once or later', async () => {
      for (const wait of [false, true]) {
        const serving = await serveCreator(
          (request, response) => {
            const chosen = request.header('x-role') === 'mod' ? new Moderator(response.pathParameters['room']) : Member;
            expect(response.principal).to.equal('Ann');
            expect(response.signal.aborted).to.equal(false);
            return wait ? Promise.resolve(chosen) : chosen;
          },
          { authorize: () => 'Ann' },
        );
        expect(await answer(serving, 'x', { 'X-Role': 'mod' })).to.equal('blue moderates x');
        expect(await answer(serving)).to.equal('member ["Ann",null]');
      }
    });
  });

  describe('fill in the response', () => {
    it('leaving the subprotocol to the endpoint', async () => {
      const { response } = await ask(await serveCreator(() => Member), {
        'Sec-WebSocket-Protocol': 'chat.v2, chat.v1',
      });
      expect(response.headers['sec-websocket-protocol']).to.equal('chat.v1');
    });

    it('with another subprotocol, or none', async () => {
      for (const [subprotocol, sent] of [
        ['chat.v2', 'chat.v2'],
        [null, undefined],
      ] as const) {
        const serving = await serveCreator((_request, response) => {
          response.subprotocol = subprotocol;
          return Member;
        });
        const { response } = await ask(serving, { 'Sec-WebSocket-Protocol': 'chat.v2, chat.v1' });
        expect(response.headers['sec-websocket-protocol']).to.equal(sent);
      }
    });

    it('with some of the extensions', async () => {
      const offers = { 'Sec-WebSocket-Extensions': 'identity, fragment; maxLength=2048' };
      for (const [extensions, sent] of [
        [undefined, 'identity, fragment; maxLength=2048'],
        [['identity'], 'identity'],
        [[], undefined],
      ] as const) {
        const serving = await serveCreator(
          (_request, response) => {
            response.extensions = extensions;
            return Member;
          },
          { extensions: [identity, fragment()] },
        );
        const { response } = await ask(serving, offers);
        expect(response.headers['sec-websocket-extensions']).to.equal(sent);
      }
    });

    it('with header fields in the place of the authorize hook’s of the same name, and cookies beside its own', async () => {
      const serving = await serveCreator(
        (_request, response) => {
          response.setHeader('x-node', 'creator').setHeader('set-cookie', ['b=2', 'c=3']);
          return Member;
        },
        {
          authorize: () => accept(true, { headers: { 'X-Node': 'hook', 'Set-Cookie': 'a=1', 'X-Hook': 'kept' } }),
        },
      );
      const { headers } = (await ask(serving)).response;
      expect([headers['x-node'], headers['x-hook']]).to.deep.equal(['creator', 'kept']);
      expect(String(headers['set-cookie'])).to.match(/^a=1\W+b=2\W+c=3$/);
    });

    it('with header fields, beside those of the authorize hook', async () => {
      const serving = await serveCreator((_request, response) => {
        response.setHeader('X-Node', 'a').setHeader('x-node', 'b').setHeader('Set-Cookie', ['a=1', 'b=2']);
        return Member;
      });
      const { response } = await ask(serving);
      expect(response.headers['x-node']).to.equal('b');
      expect(String(response.headers['set-cookie'])).to.match(/a=1.*b=2/);
    });

    it('with the principal', async () => {
      const serving = await serveCreator((_request, response) => {
        response.principal = 'Eve';
        return Member;
      });
      expect(await answer(serving)).to.equal('member ["Eve",null]');
    });
  });

  describe('refuse', () => {
    it('with a status, returned, promised or thrown', async () => {
      for (const create of [
        () => refuse(402, { headers: { 'X-Why': 'fee' } }),
        async () => refuse(402, { headers: { 'X-Why': 'fee' } }),
        () => {
          throw refuse(402, { headers: { 'X-Why': 'fee' } });
        },
      ]) {
        const { response } = await ask(await serveCreator(create));
        expect([response.status, response.headers['x-why']]).to.deep.equal([402, 'fee']);
      }
      expect(events.entries.map((event) => 'reason' in event && event.reason)).to.deep.equal(
        new Array(3).fill('The creator refused with 402'),
      );
      expect(errors()).to.deep.equal([]);
    });

    for (const nothing of [null, undefined]) {
      it(`with 503 by ${nothing}`, async () => {
        expect(await refusals(await serveCreator(() => nothing))).to.deep.equal([
          503,
          `The creator returned ${nothing}`,
        ]);
      });
    }
  });

  describe('are answered with 500, and reported,', () => {
    for (const [when, create, during, cause] of [
      [
        'when they throw',
        () => {
          throw new Error('secret');
        },
        'create',
        'Error: secret',
      ],
      ['when they reject', () => Promise.reject(new Error('secret')), 'create', 'Error: secret'],
      [
        'when they choose what is no endpoint',
        () => NoEndpoint,
        'create',
        'NoEndpoint is not decorated with @WebSocket',
      ],
      [
        'when they choose no object',
        () => 'Chat' as unknown as object,
        'create',
        'It is neither a class nor an instance',
      ],
      [
        'when they choose a listener with options of its own',
        () => listener({ onWebSocketText() {} }, { idleTimeout: 1 }),
        'create',
        'It has options of its own, and a function gave it for one connection.',
      ],
      [
        'when they choose a subprotocol that was not offered',
        (_request, response) => {
          response.subprotocol = 'chat.v3';
          return Member;
        },
        'handshake',
        'The subprotocol "chat.v3" was chosen and not offered',
      ],
      [
        'when they allow an extension that is not enabled',
        (_request, response) => {
          response.extensions = ['permessage-deflate'];
          return Member;
        },
        'handshake',
        'The creator allows the extension "permessage-deflate", which the endpoint does not have: enable it with the options compression or extensions, or leave response.extensions undefined.',
      ],
      [
        'when they set a header that breaks the line',
        (_request, response) => {
          response.setHeader('X-Bad', 'a\r\nX-Injected: b');
          return Member;
        },
        'handshake',
        'X-Bad',
      ],
    ] satisfies [string, Creator, string, string][]) {
      it(when, async () => {
        const { peer, response } = await ask(await serveCreator(create));
        expect(response.status).to.equal(500);
        expect((await peer.readToEnd()).toString()).to.equal('Internal Server Error\n');
        const [[phase, text]] = errors() as [[string, string]];
        expect(phase).to.equal(during);
        expect(text).to.include(cause);
      });
    }
  });

  it('are not asked about a handshake that is wrong, nor about one that authorize refuses', async () => {
    let asked = false;
    const serving = await serveCreator(
      () => {
        asked = true;
        return Member;
      },
      { authorize: () => refuse(401) },
    );
    expect((await ask(serving, { Origin: 'https://attacker.example' })).response.status).to.equal(403);
    expect((await ask(serving)).response.status).to.equal(401);
    expect(asked).to.equal(false);
  });

  it('are given up at the handshake timeout: 408', async () => {
    const aborted = deferred<unknown>();
    const serving = await serveCreator(
      (_request, response) => {
        response.signal.addEventListener('abort', aborted.resolve);
        return new Promise<never>(() => {});
      },
      { handshakeTimeout: 20 },
    );
    expect((await ask(serving)).response.status).to.equal(408);
    await aborted.promise;
  });

  it('serve with the options of the chosen class, and their own over them', async () => {
    for (const [own, code] of [
      [undefined, 1009],
      [{ maxTextMessageSize: 6 }, undefined],
    ] as const) {
      const { peer } = await ask(await serveCreator(() => Small, {}, own));
      peer.sendText('123456');
      if (code === undefined) {
        expect(await peer.readText()).to.equal('123456');
      } else {
        expect((await peer.readClose()).code).to.equal(code);
      }
    }
  });

  it('let in the origins that they and the chosen class both do', async () => {
    const foreign = { Origin: 'https://other.example' };
    const own = { origins: 'any' } as const;
    expect((await ask(await serveCreator(() => Member, {}, own), foreign)).response.status).to.equal(101);
    const serving = await serve(
      (container) =>
        container.addEndpoint(
          '/rooms/{room}',
          creator(() => Strict),
        ),
      {
        ...own,
        onEvent: events.add,
      },
    );
    expect((await ask(serving, foreign)).response.status).to.equal(403);
    expect((await ask(serving, { Origin: 'https://app.example' })).response.status).to.equal(101);
  });

  it('have their sessions found by path, by themselves and by the class that was chosen', async () => {
    const chooser = creator((request) => (request.header('x-role') === 'mod' ? new Moderator() : Member));
    const serving = await serve((container) => container.addEndpoint('/rooms/{room}', chooser), {
      onEvent: events.add,
    });
    const { container } = serving;
    const members = container.openSessionsOf(Member);
    expect(members.size).to.equal(0);
    expect(await answer(serving)).to.equal('member [null,null]');
    expect(await answer(serving, 'x', { 'X-Role': 'mod' })).to.equal('nobody moderates x');
    expect([members.size, [...members].length]).to.deep.equal([1, 1]);
    expect(container.openSessionsOf(Moderator).size).to.equal(1);
    expect(container.openSessionsOf(chooser).size).to.equal(2);
    expect(container.openSessionsOf('/rooms/{room}').size).to.equal(2);
    expect(container.openSessions.size).to.equal(2);
    const [member] = members;
    expect(container.openSessionsOf(Member).has(member as Session)).to.equal(true);
    expect(container.openSessionsOf(Moderator).has(member as Session)).to.equal(false);
  });

  it('are bounded by maxConnections of the container, of theirs and of the chosen class', async () => {
    for (const [create, options, own, reason] of [
      [() => Member, { maxConnections: 1 }, {}, 'All of maxConnections (1) are in use'],
      [() => Member, {}, { maxConnections: 1 }, 'All of maxConnections (1) of create are in use'],
      [() => One, {}, {}, 'All of maxConnections (1) of One are in use'],
    ] as const) {
      events = new Log();
      const serving = await serveCreator(Object.defineProperty(create, 'name', { value: 'create' }), options, own);
      expect((await ask(serving)).response.status).to.equal(101);
      expect(await refusals(serving)).to.deep.equal([503, reason]);
    }
  });

  it('must be functions', () => {
    expect(() => creator(Member as unknown as Creator)).not.to.throw();
    expect(() => creator({} as Creator))
      .to.throw(
        TypeError,
        'creator() takes a function of (request, response) that returns an endpoint, and was given an object.',
      )
      .with.property('code', 'MOORAGE_INVALID_ARGUMENT');
  });

  it('find nothing of theirs in a response that they did not fill in', () => {
    const response = new CreatorResponse({
      pathParameters: {},
      principal: undefined,
      signal: new AbortController().signal,
      enabledExtensions: [],
    });
    expect({ ...response.headers }).to.deep.equal({});
    expect([response.subprotocol, response.extensions]).to.deep.equal([undefined, undefined]);
  });
});

describe('Listeners of a container', () => {
  putAwayAfterEach();

  async function open(serving: Serving, path: string): Promise<RawPeer> {
    return tracked(await RawPeer.open(serving.target, path));
  }

  it('serve every connection when they are objects', async () => {
    const counter = { count: 0, onWebSocketText: () => `${++counter.count}` };
    const endpoint = listener(counter);
    const serving = await serve((container) => container.addEndpoint('/count', endpoint));
    for (const count of ['1', '2']) {
      const peer = await open(serving, '/count');
      peer.sendText('?');
      expect(await peer.readText()).to.equal(count);
    }
    expect(serving.container.openSessionsOf(endpoint).size).to.equal(2);
    expect(serving.container.openSessionsOf(counter).size).to.equal(2);
  });

  it('serve one connection each when a function makes them, at once or later', async () => {
    for (const wait of [false, true]) {
      const endpoint = listener(
        (request) => {
          let count = 0;
          const made = { onWebSocketText: () => `${request.path} ${++count}` };
          return wait ? Promise.resolve(made) : made;
        },
        { path: '/count' },
      );
      const serving = await serve((container) => container.addEndpoint(endpoint));
      for (let i = 0; i < 2; i++) {
        const peer = await open(serving, '/count');
        peer.sendText('?');
        expect(await peer.readText()).to.equal('/count 1');
      }
      expect(serving.container.openSessionsOf(endpoint).size).to.equal(2);
    }
  });

  it('that a function makes can differ in what they handle', async () => {
    const serving = await serve((container) =>
      container.addEndpoint(
        '/x/{kind}',
        listener((request) =>
          request.path === '/x/text'
            ? { onWebSocketText: () => 'text' }
            : { onWebSocketConnect: (s) => s.sendText('hi') },
        ),
      ),
    );
    const text = await open(serving, '/x/text');
    text.sendText('?');
    expect(await text.readText()).to.equal('text');
    const hello = await open(serving, '/x/hello');
    expect(await hello.readText()).to.equal('hi');
    hello.sendText('?');
    expect((await hello.readClose()).code).to.equal(1003);
  });

  it('that a function makes wrongly are answered with 500, and reported', async () => {
    const events: ContainerEvent[] = [];
    const serving = await serve(
      (container) =>
        container.addEndpoint(
          '/x',
          listener(() => ({ onWebSocketTxt() {} }) as object),
        ),
      { onEvent: (event) => void events.push(event) },
    );
    const { response } = await RawPeer.request(serving.target, { path: '/x' });
    expect(response.status).to.equal(500);
    expect(events.map((event) => event.type === 'error' && [event.during, event.endpoint])).to.deep.include([
      'create',
      'listener',
    ]);
  });
});
