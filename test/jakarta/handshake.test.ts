import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { perMessageDeflate, refuse, WebSocketClient, WebSocketContainer } from 'moorage';
import {
  ClientEndpoint,
  type ClientEndpointConfigurator,
  type EndpointConfig,
  type HandshakeRequest,
  type HandshakeResponse,
  OnMessage,
  OnOpen,
  PathParam,
  ServerEndpoint,
  type ServerEndpointConfigurator,
  Session,
} from 'moorage/jakarta';
import { TestBench, UpgradeError } from 'moorage/testing';
import { failure } from '../testing/failure.js';

class Configurator implements ServerEndpointConfigurator {
  static log: unknown[] = [];

  checkOrigin(origin: string | undefined) {
    Configurator.log.push(['checkOrigin', origin]);
    return origin !== 'https://evil.example';
  }
  getNegotiatedSubprotocol(supported: readonly string[], requested: readonly string[]) {
    Configurator.log.push(['getNegotiatedSubprotocol', supported, requested]);
    return requested.includes('b') ? 'b' : '';
  }
  getNegotiatedExtensions(installed: readonly string[], requested: readonly { readonly name: string }[]) {
    Configurator.log.push(['getNegotiatedExtensions', installed, requested.map(({ name }) => name)]);
    return [];
  }
  modifyHandshake(config: EndpointConfig, request: HandshakeRequest, response: HandshakeResponse) {
    Configurator.log.push(['modifyHandshake', request.getRequestURI().pathname, request.getUserPrincipal()]);
    expect(request.getHeaders().get('upgrade')).to.deep.equal(['websocket']);
    expect(request.getParameterMap().get('name')).to.deep.equal(
      request.getQueryString() === '' ? undefined : [request.getQueryString().slice(5)],
    );
    expect(request.unwrap().method).to.equal('GET');
    config.getUserProperties().set('name', request.getParameterMap().get('name')?.[0]);
    response.getHeaders().set('X-Served-By', ['Moorage']);
    return request.getQueryString() === 'name=Eve' ? refuse(401) : undefined;
  }
  getEndpointInstance<T extends object>(type: new (...args: never[]) => T): T {
    Configurator.log.push(['getEndpointInstance', type.name]);
    return Object.assign(Reflect.construct(type, []), { made: 'by the configurator' });
  }
}

@ServerEndpoint({
  value: '/configured',
  subprotocols: ['a', 'b'],
  configurator: Configurator,
  extensions: [perMessageDeflate()],
})
class Configured {
  readonly made: string = 'by nobody';

  @OnMessage onText(_text: string, session: Session): string {
    return `${this.made} for ${String(session.getUserProperties().get('name'))}`;
  }
}

@ServerEndpoint({ value: '/odd', configurator: { getEndpointInstance: () => ({}) as never } })
class OddInstance {}

@ServerEndpoint('/level/{level}/{open}')
class Level {
  readonly log: unknown[] = [];

  @OnOpen onOpen(@PathParam('open') open: boolean, @PathParam('level') level: number) {
    this.log.push(level, open);
  }
  @OnMessage onText(
    @PathParam('level') text: string,
    session: Session,
    @PathParam('level') level: number,
    message: string,
    @PathParam('open') open: boolean,
  ) {
    return JSON.stringify([text, level, open, message, session.isOpen()]);
  }
}

describe("The handshake of Jakarta's endpoints", () => {
  let bench: TestBench;

  beforeEach(() => {
    Configurator.log = [];
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  it('asks the configurator, in order', async () => {
    const peer = await bench.connect(Configured, '/configured?name=Ann', {
      subprotocols: ['b', 'a'],
      compression: true,
      principal: 'Ann',
      headers: { origin: 'https://other.example' },
    });
    expect(Configurator.log).to.deep.equal([
      ['checkOrigin', 'https://other.example'],
      ['getNegotiatedSubprotocol', ['a', 'b'], ['b', 'a']],
      ['getNegotiatedExtensions', ['permessage-deflate'], ['permessage-deflate']],
      ['modifyHandshake', '/configured', 'Ann'],
      ['getEndpointInstance', 'Configured'],
    ]);
    expect(peer.subprotocol).to.equal('b');
    expect(peer.responseHeaders['x-served-by']).to.equal('Moorage');
    expect(peer.responseHeaders['sec-websocket-extensions']).to.equal(undefined);
    peer.sendText('who?');
    await peer.expectText('by the configurator for Ann');
  });

  it('agrees on no subprotocol where the configurator chooses none', async () => {
    const peer = await bench.connect(Configured, '/configured', { subprotocols: ['a'] });
    expect(peer.subprotocol).to.equal(undefined);
  });

  it('refuses an origin with 403, and what modifyHandshake refuses with its status', async () => {
    const origin = await failure<UpgradeError>(
      bench.connect(Configured, '/configured', { headers: { origin: 'https://evil.example' } }),
    );
    expect(origin.statusCode).to.equal(403);
    expect(bench.events[0]).to.include({
      reason: 'The creator refused with 403: checkOrigin of the configurator gave false',
    });
    const status = await failure<UpgradeError>(bench.connect(Configured, '/configured?name=Eve'));
    expect(status.statusCode).to.equal(401);
  });

  it('answers 500 where the configurator makes what is no instance', async () => {
    const refused = await failure<UpgradeError>(bench.connect(OddInstance, '/odd'));
    expect(refused.statusCode).to.equal(500);
  });

  it('lets in pages of the same origin only, without a checkOrigin', async () => {
    const refused = await failure<UpgradeError>(
      bench.connect(Level, '/level/1/true', { headers: { origin: 'https://evil.example' } }),
    );
    expect(refused.statusCode).to.equal(403);
  });

  describe('and the variables of the path', () => {
    it('are given as strings, numbers and booleans, wherever they stand', async () => {
      const peer = await bench.connect(Level, '/level/7/true');
      peer.sendText('hi');
      await peer.expectJson(['7', 7, true, 'hi', true]);
    });

    for (const path of ['/level/x/true', '/level/7/yes', '/level/0x10/true', '/level/1e999/true', '/level/%20/false']) {
      it(`are no such resource where they are something else: ${path}`, async () => {
        const refused = await failure<UpgradeError>(bench.connect(Level, path));
        expect(refused.statusCode).to.equal(404);
        expect(bench.events[0])
          .to.have.property('reason')
          .that.matches(/^The creator refused with 404: the path's variable \w+ is no (Number|Boolean)$/);
      });
    }
  });
});

class ClientConfigurator implements ClientEndpointConfigurator {
  readonly seen: unknown[] = [];

  beforeRequest(headers: Map<string, string[]>) {
    headers.set('Authorization', ['Bearer x']);
    this.seen.push([...headers.keys()]);
  }
  afterResponse(response: HandshakeResponse) {
    this.seen.push(response.getHeaders().get('x-served-by'));
  }
}

const clientConfigurator = new ClientConfigurator();

@ClientEndpoint({ subprotocols: ['b'], configurator: clientConfigurator })
class Caller {
  static received: (text: string) => void;

  @OnOpen async onOpen(session: Session) {
    await session.getBasicRemote().sendText('who?');
  }
  @OnMessage onText(text: string) {
    Caller.received(text);
  }
}

@ClientEndpoint({
  configurator: {
    afterResponse: () => {
      throw new Error('not what was asked for');
    },
  },
})
class Picky {}

describe("Jakarta's client endpoints", () => {
  it('change the request and see the response', async () => {
    const server = createServer();
    const authorizations: unknown[] = [];
    const container = new WebSocketContainer({
      server,
      authorize: (request) => authorizations.push(request.header('authorization')),
    });
    container.addEndpoint(Configured);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const url = `ws://localhost:${(server.address() as AddressInfo).port}/configured?name=Ann`;
    const client = new WebSocketClient();
    try {
      const received = new Promise<string>((resolve) => {
        Caller.received = resolve;
      });
      const session = await client.connect(Caller, url, { headers: { 'X-Mine': '1' } });
      expect(await received).to.equal('by the configurator for Ann');
      expect(session.subprotocol).to.equal('b');
      expect(authorizations).to.deep.equal(['Bearer x']);
      expect(clientConfigurator.seen).to.deep.equal([['X-Mine', 'Authorization'], ['Moorage']]);
      expect((await failure(client.connect(Picky, url))).message).to.equal('not what was asked for');
    } finally {
      await client.close();
      await container.close({ timeout: 1_000 });
      server.close();
    }
  });
});
