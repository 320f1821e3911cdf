import { expect } from 'chai';
import {
  ClientError,
  type ClientEvent,
  EndpointError,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  SessionClosedError,
  UpgradeError,
  WebSocket,
} from 'moorage';
import { WebSocketServer } from 'ws';
import { afterTest, deferred, Log, putAwayAfterEach, serve } from '../server/serving.js';
import { TEST_CERTIFICATE } from '../support/certificate.js';
import { type Asked, answering, gone, newClient, rejection, serverFrame } from './answering.js';
import { Witness } from './witness.js';

const accept = (asked: Asked) => asked.socket.write(asked.switching());

/** Behaves at the start as a test says. */
@WebSocket()
class Starting extends Witness {
  static start: (session: Session) => void | Promise<void> = () => undefined;

  override onConnect(session: Session): void | Promise<void> {
    void super.onConnect(session);
    return Starting.start(session);
  }
}

@WebSocket({ path: '/echo' })
class Echo {
  @OnWebSocketMessage onText(text: string) {
    return text;
  }
  @OnWebSocketMessage onBinary(data: Buffer) {
    return data;
  }
}

@WebSocket()
class Both extends Witness {
  @OnWebSocketMessage
  onBinary(data: Buffer): void {
    this.log.add(`binary ${data.length}`);
  }
}

describe('client.connect', () => {
  putAwayAfterEach();

  afterEach(() => {
    Starting.start = () => undefined;
  });

  describe('with an endpoint', () => {
    it('settles with the session, once the connect handler has', async () => {
      const gate = deferred();
      const order = new Log();
      Starting.start = async (session) => {
        await session.sendText('from within');
        await gate.promise;
        order.add('connect handler');
      };
      const server = await answering(accept);
      const connecting = newClient().connect(Starting, server.url);
      void connecting.then(() => order.add('connect'));
      const { socket } = await server.asked.until(() => true);
      const frame = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      expect(frame.subarray(0, 2)).to.deep.equal(Buffer.from([0x81, 0x80 | 11]));
      gate.resolve();
      const session = await connecting;
      expect(session).to.be.instanceOf(Session);
      expect(order.entries).to.deep.equal(['connect handler', 'connect']);
    });

    it('reads nothing before the connect handler has settled', async () => {
      const gate = deferred();
      Starting.start = () => gate.promise;
      const server = await answering((asked) => {
        asked.socket.write(Buffer.concat([Buffer.from(asked.switching()), serverFrame(1, 'early')]));
      });
      const starting = new Starting();
      const connecting = newClient().connect(starting, server.url);
      await starting.log.until((entry) => entry === 'connect');
      expect(starting.log.entries).to.deep.equal(['connect']);
      gate.resolve();
      await connecting;
      await starting.log.until((entry) => entry === 'text early');
    });

    it('makes an instance for each connection of a class, and one for all of a stateless one', async () => {
      const made: string[] = [];
      @WebSocket()
      class Each {
        constructor() {
          made.push('each');
        }
      }
      const server = await answering(accept);
      const client = newClient();
      await client.connect(Each, server.url);
      await client.connect(Each, server.url);
      @WebSocket({ stateless: true })
      class Shared {
        constructor() {
          made.push('shared');
        }
      }
      await client.connect(Shared, server.url);
      await client.connect(Shared, server.url);
      expect(made).to.deep.equal(['each', 'each', 'shared']);
    });

    it('has the factory make instances, which may take its time within the deadline', async () => {
      const server = await answering(accept);
      const urls: (string | undefined)[] = [];
      const client = newClient({
        instanceFactory: async (type, request) => {
          urls.push(request?.url);
          await null;
          return new type();
        },
      });
      await client.connect(Witness, `${server.url}a?b`);
      expect(urls).to.deep.equal(['/a?b']);
      const never = newClient({ instanceFactory: () => new Promise<never>(() => undefined), handshakeTimeout: 50 });
      expect((await rejection(never.connect(Witness, server.url))).code).to.equal('MOORAGE_HANDSHAKE_TIMEOUT');
    });

    it('has the factory make the one instance of a stateless class again, when that failed', async () => {
      @WebSocket({ stateless: true })
      class Shared {}
      let calls = 0;
      const client = newClient({
        instanceFactory: async (type) => {
          if (calls++ === 0) throw new Error('not yet');
          return new type();
        },
      });
      const server = await answering(accept);
      expect((await rejection(client.connect(Shared, server.url))).message).to.equal('not yet');
      await client.connect(Shared, server.url);
      await client.connect(Shared, server.url);
      expect(calls).to.equal(2);
    });

    it('is rejected with what the factory throws', async () => {
      const cause = new Error('no such service');
      for (const fail of [
        () => Promise.reject(cause),
        () => {
          throw cause;
        },
      ]) {
        const client = newClient({ instanceFactory: fail as never });
        expect(await rejection(client.connect(Witness, 'ws://127.0.0.1:1/'))).to.equal(cause);
      }
    });

    it('refuses a class that is none', async () => {
      class Undecorated {}
      expect(await rejection(newClient().connect(Undecorated, 'ws://127.0.0.1:1/'))).to.be.instanceOf(EndpointError);
    });
  });

  describe('when no connection comes about', () => {
    it('calls the error handler, neither connect nor close, and gives it a session that never opened', async () => {
      const server = await answering(({ socket }) => socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'));
      const witness = new Witness();
      const error = await rejection(newClient().connect(witness, `${server.url}x`));
      expect(witness.log.entries).to.deep.equal(['error MOORAGE_UPGRADE_REFUSED']);
      expect(witness.cause).to.equal(error);
      const { session } = witness as { session: Session };
      expect([session.isOpen, session.upgradeRequest.path, session.signal.aborted]).to.deep.equal([false, '/x', true]);
      expect(await rejection(session.sendText('x'))).to.be.instanceOf(SessionClosedError);
      session.close();
      session.disconnect();
    });

    it('calls only an error handler for errors of the kind', async () => {
      const log = new Log();
      @WebSocket()
      class OnlyTypes {
        @OnWebSocketError onError(cause: TypeError) {
          log.add(cause.message);
        }
      }
      await rejection(newClient().connect(OnlyTypes, 'ws://127.0.0.1:1/'));
      expect(log.entries).to.be.empty;
    });

    for (const [how, fail] of [
      [
        'throws',
        () => {
          throw new Error('handler');
        },
      ],
      ['rejects', () => Promise.reject(new Error('handler'))],
      ['never settles', () => new Promise<void>(() => undefined)],
    ] as const) {
      it(`is rejected the same when the error handler ${how}`, async () => {
        @WebSocket()
        class Failing {
          @OnWebSocketError onError(_cause: Error): void | Promise<void> {
            return fail();
          }
        }
        const events = new Log<ClientEvent>();
        const client = newClient({ onEvent: events.add });
        const error = await rejection(client.connect(Failing, 'ws://127.0.0.1:1/'));
        expect(error.code).to.equal('MOORAGE_CONNECT_FAILED');
        await null;
        const phases = events.entries.map((event) => (event.type === 'error' ? event.during : event.type));
        expect(phases).to.deep.equal(how === 'never settles' ? [] : ['error']);
      });
    }

    it('names the port where nothing listens', async () => {
      const error = await rejection(newClient().connect(Witness, 'ws://127.0.0.1:1/'));
      expect(error.message).to.equal(
        "Can't connect to ws://127.0.0.1:1/: connect ECONNREFUSED 127.0.0.1:1. Nothing listens there: check host and port.",
      );
    });
  });

  describe('when the connect handler fails', () => {
    for (const [how, fail] of [
      [
        'throws',
        () => {
          throw new Error('handler');
        },
      ],
      ['rejects', () => Promise.reject(new Error('handler'))],
    ] as const) {
      it(`and ${how}, is rejected with that; error and close are called`, async () => {
        Starting.start = fail;
        const server = await answering(accept);
        const starting = new Starting();
        const error = await rejection(newClient().connect(starting, server.url));
        expect(error.message).to.equal('handler');
        await starting.log.until((entry) => entry.startsWith('close'));
        expect(starting.log.entries).to.deep.equal(['connect', 'error handler', 'close 1011 Internal error']);
      });
    }
  });

  describe('with a signal', () => {
    const reason = new Error('enough');

    it('that has fired sends nothing', async () => {
      const server = await answering(accept);
      const error = await rejection(newClient().connect(Witness, server.url, { signal: AbortSignal.abort(reason) }));
      expect(error).to.equal(reason);
      expect(server.sockets.entries).to.be.empty;
    });

    it('ends the wait for the factory', async () => {
      const controller = new AbortController();
      const client = newClient({ instanceFactory: () => new Promise<never>(() => undefined) });
      const connecting = client.connect(Witness, 'ws://127.0.0.1:1/', { signal: controller.signal });
      controller.abort(reason);
      expect(await rejection(connecting)).to.equal(reason);
    });

    it('ends the attempt while the host is being looked up or dialled', async () => {
      const controller = new AbortController();
      const witness = new Witness();
      const connecting = newClient().connect(witness, 'ws://localhost:1/', { signal: controller.signal });
      await null;
      controller.abort(reason);
      expect(await rejection(connecting)).to.equal(reason);
      expect(witness.log.entries, 'who called it off need not be told').to.be.empty;
    });

    it('ends the attempt during the TLS handshake', async () => {
      const server = await answering(() => undefined);
      const controller = new AbortController();
      const connecting = newClient().connect(Witness, server.url.replace('ws:', 'wss:'), { signal: controller.signal });
      const socket = await server.sockets.until(() => true);
      controller.abort(reason);
      expect(await rejection(connecting)).to.equal(reason);
      await gone(socket);
    });

    for (const [stage, before] of [
      ['while the server thinks', () => undefined],
      ['in the middle of the answer', (asked: Asked) => asked.socket.write(asked.switching().slice(0, 50))],
      [
        'in the middle of a refusal',
        ({ socket }: Asked) => socket.write('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n1'),
      ],
      ['between interim answers', ({ socket }: Asked) => socket.write('HTTP/1.1 102 Processing\r\n\r\n')],
    ] as const) {
      it(`ends the attempt ${stage}`, async () => {
        const controller = new AbortController();
        const server = await answering((asked) => {
          before(asked);
          setImmediate(() => controller.abort(reason));
        });
        expect(await rejection(newClient().connect(Witness, server.url, { signal: controller.signal }))).to.equal(
          reason,
        );
        await gone(await server.sockets.until(() => true));
      });
    }

    it('ends the wait for the connect handler, and closes the session with 1001', async () => {
      const controller = new AbortController();
      const gate = deferred();
      Starting.start = () => gate.promise;
      const server = await answering(accept);
      const starting = new Starting();
      const connecting = newClient().connect(starting, server.url, { signal: controller.signal });
      await starting.log.until((entry) => entry === 'connect');
      controller.abort(reason);
      expect(await rejection(connecting)).to.equal(reason);
      expect(starting.session?.isOpen).to.equal(false);
      gate.resolve();
    });

    it('has no say once the session is there', async () => {
      const controller = new AbortController();
      const server = await answering(accept);
      const session = await newClient().connect(Witness, server.url, { signal: controller.signal });
      controller.abort(reason);
      expect(session.isOpen).to.equal(true);
    });

    it('can serve many attempts without a warning', async () => {
      const warnings = new Log<Error>();
      process.on('warning', warnings.add);
      afterTest(() => process.off('warning', warnings.add));
      const { signal } = new AbortController();
      const server = await answering(accept);
      const client = newClient();
      await Promise.all(Array.from({ length: 30 }, () => client.connect(Witness, server.url, { signal })));
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings.entries.map(({ message }) => message)).to.deep.equal([]);
    });
  });
});

describe('A client’s session', () => {
  putAwayAfterEach();

  it('talks with a container of ours', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo));
    const both = new Both();
    const session = await newClient().connect(both, `ws://127.0.0.1:${target.port}/echo`);
    await session.sendText('héllo');
    await session.sendBinary(Buffer.alloc(100_000));
    await session.sendPing();
    await both.log.until((entry) => entry === 'binary 100000');
    session.close(4000, 'done');
    await both.log.until((entry) => entry.startsWith('close'));
    expect(both.log.entries).to.deep.equal(['connect', 'text héllo', 'binary 100000', 'close 4000 done']);
  });

  it('talks with a container of ours over TLS', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo), { secure: true });
    const witness = new Witness();
    const client = newClient({ tls: { ca: TEST_CERTIFICATE } });
    const session = await client.connect(witness, `wss://localhost:${target.port}/echo`);
    await session.sendText('x');
    await witness.log.until((entry) => entry === 'text x');
  });

  it('is refused by a container of ours where there is no such path', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo));
    const error = await rejection(newClient().connect(Witness, `ws://127.0.0.1:${target.port}/other`));
    expect((error as UpgradeError).statusCode).to.equal(404);
  });

  it('talks with the ws package, whose parser insists on masks', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    afterTest(() => server.close());
    const closes = new Log();
    server.on('connection', (socket) => {
      socket.on('message', (data, binary) => socket.send(data, { binary }));
      socket.on('error', (cause) => closes.add(`error ${cause.message}`));
      socket.on('close', (code, reason) => closes.add(`${code} ${reason}`));
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const both = new Both();
    const { port } = server.address() as { port: number };
    const session = await newClient().connect(both, `ws://127.0.0.1:${port}/`);
    const bytes = Buffer.from('the caller’s own bytes');
    await session.sendBinary(bytes);
    expect(bytes.toString()).to.equal('the caller’s own bytes');
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
      await session.sendText('x'.repeat(length));
      await both.log.until((entry) => entry.length === length + 5);
    }
    session.close(3000, 'bye');
    expect(await closes.until(() => true)).to.equal('3000 bye');
  });

  it('compresses with a container of ours and with the ws package, where both want it', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo), { compression: true });
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
    afterTest(() => server.close());
    server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    for (const url of [`ws://127.0.0.1:${target.port}/echo`, `ws://127.0.0.1:${port}/`]) {
      const witness = new Witness();
      const session = await newClient({ compression: { threshold: 0 } }).connect(witness, url);
      expect(session.upgradeResponse.extensions).to.match(/^permessage-deflate/);
      await session.sendText('x'.repeat(10_000));
      await witness.log.until((entry) => entry === `text ${'x'.repeat(10_000)}`);
    }
  });

  it('refuses parameters of an extension that were not offered', async () => {
    const server = await answering((asked) =>
      asked.socket.write(
        asked.switching({ 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' }),
      ),
    );
    const error = await rejection(newClient({ compression: true }).connect(Witness, server.url));
    expect(error).to.be.instanceOf(UpgradeError);
    expect(error.code).to.equal('MOORAGE_RESPONSE_EXTENSION');
    expect(error.message).to.match(/server_max_window_bits=99/);
  });

  it('RFC 6455 §5.3: masks each frame with a key of its own', async () => {
    const server = await answering(accept);
    const session = await newClient().connect(Witness, server.url);
    const { socket } = await server.asked.until(() => true);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
    });
    for (let i = 0; i < 50; i++) await session.sendText('same');
    while (received.length < 500) await new Promise((resolve) => socket.once('data', resolve));
    const keys = new Set<string>();
    for (let at = 0; at < received.length; at += 10) {
      expect(received.subarray(at, at + 2)).to.deep.equal(Buffer.from([0x81, 0x84]));
      const key = received.subarray(at + 2, at + 6);
      keys.add(key.toString('hex'));
      expect(
        received
          .subarray(at + 6, at + 10)
          .map((byte, i) => byte ^ (key[i] as number))
          .toString(),
      ).to.equal('same');
    }
    expect(keys.size).to.equal(50);
  });

  it('RFC 6455 §5.1: fails a server that masks', async () => {
    const server = await answering((asked) => {
      asked.socket.write(Buffer.concat([Buffer.from(asked.switching()), Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])]));
    });
    const witness = new Witness();
    await newClient().connect(witness, server.url);
    await witness.log.until((entry) => entry.startsWith('close 1002'));
  });

  it('RFC 6455 §7.1.1: leaves it to the server to end TCP', async () => {
    const server = await answering((asked) => {
      asked.socket.write(Buffer.concat([Buffer.from(asked.switching()), serverFrame(8, [3, 232])]));
    });
    const witness = new Witness();
    await newClient().connect(witness, server.url);
    const { socket } = await server.asked.until(() => true);
    // The masked Close, and then nothing until we end.
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.subarray(0, 2)).to.deep.equal(Buffer.from([0x88, 0x82]));
    expect(socket.readableEnded).to.equal(false);
    socket.end();
    await gone(socket);
  });

  it('has the options of its class, its client and its call, the nearest first', async () => {
    @WebSocket({ maxTextMessageSize: 10, idleTimeout: 1_000 })
    class Limited {
      @OnWebSocketConnect onConnect() {}
    }
    const server = await answering(accept);
    const client = newClient({ maxTextMessageSize: 5, maxBinaryMessageSize: 7 });
    const session = await client.connect(Limited, server.url, { idleTimeout: 2_000 });
    expect([session.maxTextMessageSize, session.maxBinaryMessageSize, session.idleTimeout]).to.deep.equal([
      10, 7, 2_000,
    ]);
  });
});

describe('client.close', () => {
  putAwayAfterEach();

  it('closes every session with 1001 and waits for the close handlers', async () => {
    const { target, container } = await serve((to) => to.addEndpoint(Echo));
    const client = newClient();
    const witness = new Witness();
    const url = `ws://127.0.0.1:${target.port}/echo`;
    await Promise.all([client.connect(witness, url), client.connect(Witness, url)]);
    expect([client.openSessions.size, container.openSessions.size]).to.deep.equal([2, 2]);
    expect(await client.close()).to.deep.equal({ closed: 2, destroyed: 0 });
    expect(witness.log.entries).to.deep.equal(['connect', 'close 1001 Client closing']);
    expect(client.openSessions.size).to.equal(0);
    expect(await client.close()).to.deep.equal({ closed: 2, destroyed: 0 });
  });

  it('waits for close handlers that take their time, and that fail', async () => {
    const gate = deferred();
    for (const close of [
      () => gate.promise,
      () => Promise.reject(new Error('late')),
      () => {
        throw new Error('at once');
      },
    ]) {
      @WebSocket()
      class Closing {
        @OnWebSocketClose onClose(): void | Promise<void> {
          return close();
        }
      }
      const { target } = await serve((to) => to.addEndpoint(Echo));
      const events = new Log<ClientEvent>();
      const client = newClient({ onEvent: events.add });
      const kept = client.keepConnected(Closing, `ws://127.0.0.1:${target.port}/echo`);
      await kept.opened();
      const closing = client.close();
      gate.resolve();
      expect(await closing).to.deep.equal({ closed: 1, destroyed: 0 });
      const { why, last } = await kept.ended;
      expect([why, last]).to.deep.equal(['stopped', { type: 'closed', code: 1001, reason: 'Client closing' }]);
    }
  });

  it('is what `await using` does, and what stop does for a kept connection', async () => {
    const server = await answering(accept);
    const client = newClient();
    const kept = client.keepConnected(Witness, server.url);
    await kept.opened();
    server.asked.entries[0]?.socket.end(serverFrame(8, [3, 232]));
    await kept[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    expect(await rejection(client.connect(Witness, server.url))).to.be.instanceOf(ClientError);
  });

  it('cuts off at the deadline those that do not answer', async () => {
    const server = await answering(accept);
    const client = newClient();
    const witness = new Witness();
    await client.connect(witness, server.url);
    expect(await client.close({ timeout: 20 })).to.deep.equal({ closed: 0, destroyed: 1 });
    await witness.log.until((entry) => entry === 'close 1006');
  });

  it('gives the same promise each time, and sooner when a shorter timeout is asked for meanwhile', async () => {
    const server = await answering(accept);
    const client = newClient();
    await client.connect(new Witness(), server.url);
    const closing = client.close({ timeout: Infinity });
    expect(client.close()).to.equal(closing);
    expect(await rejection(client.close({ timeout: -1 }))).to.be.instanceOf(RangeError);
    expect(client.close({ timeout: 0 })).to.equal(closing);
    expect(await closing).to.deep.equal({ closed: 0, destroyed: 1 });
  });

  it('rejects what is being connected, and what comes after', async () => {
    const server = await answering(() => undefined);
    const client = newClient();
    const connecting = client.connect(Witness, server.url);
    await server.asked.until(() => true);
    const closed = client.close();
    expect(await rejection(connecting)).to.be.instanceOf(ClientError);
    await closed;
    const late = await rejection(client.connect(Witness, server.url));
    expect(late.message).to.equal('The client is closing or closed and connects no more: make another one.');
  });

  it('takes milliseconds', async () => {
    const error = await rejection(newClient().close({ timeout: -1 }));
    expect(error).to.be.instanceOf(RangeError);
    expect(error.message).to.match(/^client\.close\(\{ timeout \}\) was given -1\./);
  });
});

describe('A client’s events', () => {
  putAwayAfterEach();

  it('are the opened and closed sessions, and the errors that nobody handles', async () => {
    @WebSocket()
    class Fails {
      @OnWebSocketMessage onText(_text: string) {
        throw new Error('unhandled');
      }
    }
    const server = await answering((asked) => {
      asked.socket.write(Buffer.concat([Buffer.from(asked.switching()), serverFrame(1, 'x')]));
    });
    const events = new Log<ClientEvent>();
    await newClient({ onEvent: events.add }).connect(Fails, server.url);
    await events.until(({ type }) => type === 'session-closed');
    expect(events.entries.map(({ type }) => type)).to.deep.equal(['session-opened', 'error', 'session-closed']);
  });
});

describe('moorage/client', () => {
  it('has what the main entry has of the client', async () => {
    const door = await import('moorage/client');
    const main = await import('moorage');
    for (const [name, value] of Object.entries(door)) {
      expect(value, name).to.equal((main as Record<string, unknown>)[name]);
    }
    expect(door).to.have.property('WebSocketClient');
  });
});
