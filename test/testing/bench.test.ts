import { createServer } from 'node:http';
import { expect } from 'chai';
import {
  creator,
  EndpointError,
  listener,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  perMessageDeflate,
  refuse,
  Session,
  WebSocket,
} from 'moorage';
import { TestBench, UpgradeError } from 'moorage/testing';
import { failure } from './failure.js';

@WebSocket({ path: '/chat/{room}', subprotocols: ['chat.2', 'chat.1'], maxTextMessageSize: 1000 })
class ChatMember {
  readonly log: string[] = [];

  @OnWebSocketConnect
  onConnect(session: Session<'/chat/{room}'>): void {
    this.log.push(`connect ${session.pathParameters.room}`);
  }

  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketMessage
  onBytes(bytes: Buffer): Buffer {
    return Buffer.from(bytes).reverse();
  }

  @OnWebSocketError
  onError(cause: Error): void {
    this.log.push(cause.name);
  }

  @OnWebSocketClose
  onClose(_: Session, code: number, reason: string): void {
    this.log.push(`close ${code} ${reason}`.trim());
  }
}

@WebSocket({ extensions: [perMessageDeflate({ threshold: 0, contextTakeover: true })] })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

class Undecorated {}

describe('A test bench', () => {
  let bench: TestBench;

  beforeEach(() => {
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  describe('connects a peer', () => {
    it('through the real handshake, and gives the server’s side', async () => {
      const peer = await bench.connect(ChatMember, '/chat/harbour?as=Ada', {
        headers: { Cookie: 'sid=1', 'X-Trace': ['a', 'b'] },
        subprotocols: ['chat.1', 'chat.2'],
        remoteAddress: '192.0.2.7',
      });
      expect(peer.session.pathParameters).to.deep.equal({ room: 'harbour' });
      expect(peer.session.upgradeRequest.query.get('as')).to.equal('Ada');
      expect(peer.session.upgradeRequest.cookies).to.deep.include({ sid: '1' });
      expect(peer.session.upgradeRequest.headerValues('x-trace')).to.deep.equal(['a', 'b']);
      expect(peer.session.remoteAddress.address).to.equal('192.0.2.7');
      expect(peer.session.isSecure).to.equal(false);
      expect(peer.subprotocol).to.equal('chat.1');
      expect(peer.responseHeaders).to.include({ upgrade: 'websocket' });
      expect([...bench.sessions]).to.deep.equal([peer.session]);
      expect(bench.events.map(({ type }) => type)).to.deep.equal(['session-opened']);
    });

    it('as if over TLS', async () => {
      const { session } = await bench.connect(ChatMember, '/chat/a', { secure: true });
      expect(session.isSecure).to.equal(true);
      expect(session.upgradeRequest.isSecure).to.equal(true);
    });

    it('whose request comes in pieces', async () => {
      const peer = await bench.connect(ChatMember, '/chat/a', { cut: 1 });
      peer.sendText('⚓');
      await peer.expectText('⚓');
    });

    it('to what the container has registered', async () => {
      bench.container.addEndpoint('/large', ChatMember, { maxTextMessageSize: 5000 });
      const peer = await bench.connect('/large');
      expect(peer.session.maxTextMessageSize).to.equal(5000);
      expect((await bench.connect(ChatMember, '/large')).session.maxTextMessageSize).to.equal(5000);
    });

    it('with a function that makes listeners, and with a creator', async () => {
      const counting = listener(
        () => {
          let count = 0;
          return { onWebSocketText: () => `${++count}` };
        },
        { path: '/count' },
      );
      for (const peer of [await bench.connect(counting), await bench.connect(counting)]) {
        peer.sendText('');
        await peer.expectText('1');
      }
      const peer = await bench.connect(
        creator(() => Echo),
        '/chosen',
      );
      peer.sendText('hello');
      await peer.expectText('hello');
    });

    it('to an endpoint without a path of its own, at any', async () => {
      expect((await bench.connect(Echo, '/a')).session.upgradeRequest.path).to.equal('/a');
      expect((await bench.connect(Echo, '/b?x')).session.upgradeRequest.path).to.equal('/b');
      expect((await bench.connect(Echo, '/a')).session.upgradeRequest.path).to.equal('/a');
    });

    it('as somebody, past the authorize hook', async () => {
      await using guarded = new TestBench({ authorize: () => refuse(401) });
      const peer = await guarded.connect(ChatMember, '/chat/a', { principal: { name: 'Ada' } });
      expect(peer.session.principal).to.deep.equal({ name: 'Ada' });
    });

    it('to an instance of the test’s own', async () => {
      const instance = new ChatMember();
      const peer = await bench.connect(ChatMember, '/chat/a', { instance });
      await peer.close(4000, 'done');
      expect(instance.log).to.deep.equal(['connect a', 'close 4000 done']);
    });

    it('with the container’s own hooks', async () => {
      const made: string[] = [];
      await using hooked = new TestBench({
        authorize: async (request) => request.query.get('as') ?? refuse(401, { body: 'Who?' }),
        instanceFactory: async (type) => {
          made.push(type.name);
          return new type();
        },
      });
      const peer = await hooked.connect(ChatMember, '/chat/a?as=Ada');
      expect(peer.session.principal).to.equal('Ada');
      expect(made).to.deep.equal(['ChatMember']);
      const refused = await failure<UpgradeError>(hooked.connect(ChatMember, '/chat/a'));
      expect(refused.statusCode).to.equal(401);
      expect(refused.body).to.equal('Who?');
    });

    it('beside an application on the same server', async () => {
      const server = createServer();
      await using beside = new TestBench({ server });
      const peer = await beside.connect(ChatMember, '/chat/a');
      peer.sendText('hello');
      await peer.expectText('hello');
      expect(server.listening).to.equal(false);
    });
  });

  describe('tells a refusal', () => {
    it('with its status, and the reason that peers don’t get', async () => {
      const refused = await failure<UpgradeError>(
        bench.connect(ChatMember, '/chat/a', { headers: { Origin: 'http://evil.example' } }),
      );
      expect(refused).to.be.instanceOf(UpgradeError);
      expect(refused.statusCode).to.equal(403);
      expect(refused.message).to.match(/^The upgrade to \/chat\/a was answered with 403: The origin http:\/\/evil/);
    });

    it('of a request that no client should send', async () => {
      const refused = await failure<UpgradeError>(
        bench.connect(ChatMember, '/chat/a', { headers: { 'Sec-WebSocket-Version': '8' } }),
      );
      expect(refused.statusCode).to.equal(426);
      expect(refused.headers).to.include({ 'sec-websocket-version': '13' });
    });

    it('that never comes, with the hook that is waited for', async () => {
      await using hanging = new TestBench({ authorize: () => new Promise(() => {}), patience: 60 });
      const { message } = await failure(hanging.connect(ChatMember, '/chat/a'));
      expect(message).to.match(
        /^The upgrade to \/chat\/a was not answered\.\nThe authorize hook of ChatMember has been running since 0 ms\./,
      );
    });

    it('of a path that nobody serves', async () => {
      expect((await failure<UpgradeError>(bench.connect(ChatMember, '/elsewhere'))).statusCode).to.equal(404);
    });

    it('at the handshake timeout, which comes when the test lets it', async () => {
      await using slow = new TestBench({ authorize: () => new Promise(() => {}), patience: 60 });
      const refused = failure<UpgradeError>(slow.connect(ChatMember, '/chat/a'));
      await slow.advance(10_100);
      expect((await refused).statusCode).to.equal(408);
    });
  });

  describe('says what is wrong with a call', () => {
    it('that leaves out a path it can’t guess', async () => {
      expect((await failure(bench.connect(ChatMember))).message).to.equal(
        "ChatMember is served at /chat/{room}: name the path to connect to, as in bench.connect(ChatMember, '/path').",
      );
      expect((await failure(bench.connect(Echo))).message).to.equal(
        "Echo has no path of its own: name one, as in bench.connect(Echo, '/path').",
      );
    });

    it('with a class that is no endpoint', async () => {
      expect(await failure(bench.connect(Undecorated, '/x'))).to.be.instanceOf(EndpointError);
    });

    it('that goes back in time', async () => {
      expect((await failure(bench.advance(-1))).message).to.equal(
        'bench.advance was given -1. It takes milliseconds from 0.',
      );
    });
  });

  describe('moves time', () => {
    it('through keep-alive with a peer that answers', async () => {
      const peer = await bench.connect(ChatMember, '/chat/a');
      await bench.advance(60_000);
      await peer.expectPing();
      await peer.expectPing();
      expect(peer.session.isOpen).to.equal(true);
      expect(bench.now).to.equal(60_000);
    });

    it('to the end of a peer that doesn’t', async () => {
      const peer = await bench.connect(ChatMember, '/chat/a', { autoPong: false });
      await bench.advance(25_000 + 20_000 + 500);
      await peer.expectPing();
      expect(await peer.expectEnd()).to.equal('destroyed');
    });

    it('to the idle timeout', async () => {
      bench.container.addEndpoint('/idle', ChatMember, { idleTimeout: 5_000 });
      const peer = await bench.connect('/idle');
      await bench.advance(4_000);
      await peer.expectNothing();
      await bench.advance(1_500);
      await peer.expectClose(1001, 'Idle timeout');
      expect(await peer.expectEnd()).to.equal('fin');
    });

    it('to the close timeout of a peer that doesn’t answer', async () => {
      const instance = new ChatMember();
      const peer = await bench.connect(ChatMember, '/chat/a', { autoClose: false, instance });
      peer.session.close(4001, 'Go');
      await peer.expectClose(4001, 'Go');
      await bench.advance(5_500);
      expect(await peer.expectEnd()).to.equal('destroyed');
      expect(instance.log).to.deep.equal(['connect a', 'close 1006']);
    });
  });

  describe('compresses', () => {
    it('both ways, with what was said before as context', async () => {
      const peer = await bench.connect(Echo, '/echo', { compression: true });
      for (let round = 0; round < 3; round++) {
        peer.sendText('a text that comes again, and again', { compress: true });
        await peer.expectText('a text that comes again, and again');
      }
      expect(peer.frames.map(({ rsv }) => rsv)).to.deep.equal([4, 4, 4]);
      expect(peer.frames[2]?.payload.length).to.be.lessThan(peer.frames[0]?.payload.length as number);
    });

    it('only where that was agreed on', async () => {
      const peer = await bench.connect(Echo, '/echo');
      expect(() => peer.sendText('x', { compress: true })).to.throw(/^The peer can only compress where/);
    });
  });

  describe('closes', () => {
    it('every session that is open', async () => {
      const instance = new ChatMember();
      const peer = await bench.connect(ChatMember, '/chat/a', { instance });
      await bench.connect(ChatMember, '/chat/a', { autoClose: false });
      (await bench.connect(ChatMember, '/chat/a')).stall();
      await bench.close();
      await peer.expectClose(1001, 'Server closing');
      expect(instance.log.at(-1)).to.equal('close 1001');
      expect(bench.sessions.size).to.equal(0);
    });

    it('and names the handlers that never settled', async () => {
      @WebSocket('/hanging')
      class Hanging extends ChatMember {
        override onText(): string {
          return new Promise(() => {}) as unknown as string;
        }
      }
      const impatient = new TestBench({ patience: 60 });
      const peer = await impatient.connect(Hanging);
      await impatient.advance(7);
      peer.sendText('hang');
      await impatient.settle();
      expect((await failure(impatient.close())).message).to.equal(
        'A call never settled:\n  The text handler of Hanging has been running since 7 ms.',
      );
    });

    it('once', async () => {
      expect(bench.close()).to.equal(bench.close());
    });
  });
});
