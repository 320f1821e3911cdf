import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import {
  type ContainerOptions,
  creator,
  type Endpoint,
  type Instrument,
  json,
  listener,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  PreparedMessage,
  refuse,
  Session,
  type TextMessageDecoder,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { Session as JakartaSession, OnOpen, ServerEndpoint } from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';
import { afterTest, deferred, putAwayAfterEach } from './serving.js';

/** Writes down all that an instrument is told, in order. */
function recorder(): { readonly instrument: Instrument; readonly log: string[] } {
  const log: string[] = [];
  const text = (payload: string | Uint8Array) =>
    typeof payload === 'string' ? payload : Buffer.from(payload).toString();
  const named = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
  const instrument: Instrument = {
    upgrade({ endpoint, route, request }) {
      log.push(`upgrade ${request.url} of ${endpoint} at ${route}`);
      return {
        refused: (status, reason) => void log.push(`refused ${status}: ${reason}`),
        opened(session, served) {
          log.push(`opened ${served}${session.isOpen ? '' : ', not open'}`);
          return {
            received: (kind, frame) => void log.push(`< ${kind} ${frame.payload}${frame.endsMessage ? '.' : ''}`),
            sent: (kind, payload, last) => void log.push(`> ${kind} ${text(payload)}${last ? '.' : ''}`),
            calling(event) {
              log.push(`calling ${event}`);
              return {
                returned: () => void log.push(`${event} returned`),
                failed: (cause) => void log.push(`${event} failed: ${named(cause)}`),
              };
            },
            failed: (cause, during) => void log.push(`failed (${during}): ${named(cause)}`),
            closed: (code, reason) => void log.push(`closed ${code} ${reason}`.trim()),
          };
        },
      };
    },
    failed: (cause, during, endpoint) => void log.push(`${endpoint} failed (${during}): ${named(cause)}`),
  };
  return { instrument, log };
}

@WebSocket({ path: '/chat/{room}' })
class Chat {
  @OnWebSocketConnect
  async onConnect(session: Session): Promise<void> {
    await session.sendText('welcome');
  }

  @OnWebSocketMessage
  onText(session: Session, text: string): string | undefined {
    if (text === 'fail') throw new Error('failing');
    if (text === 'bye') return void session.close(4000, 'mine');
    return text;
  }

  @OnWebSocketMessage
  async onBinary(data: Buffer): Promise<Buffer> {
    await Promise.resolve();
    return data;
  }
}

describe('The instruments of a container', () => {
  putAwayAfterEach();

  const watched = (options: ContainerOptions = {}) => {
    const { instrument, log } = recorder();
    const bench = new TestBench({ instruments: [instrument], onEvent: () => {}, ...options });
    afterTest(() => bench.close());
    return { bench, log };
  };

  it('see a session from the upgrade to the end', async () => {
    const { bench, log } = watched();
    const peer = await bench.connect(Chat, '/chat/blue?token=1');
    await peer.expectText('welcome');
    peer.sendText('hi');
    await peer.expectText('hi');
    peer.sendBinary(Buffer.from('xyz'));
    await peer.expectBinary(Buffer.from('xyz'));
    peer.sendText('bye');
    await peer.expectClose(4000, 'mine');
    await bench.settle();
    expect(log).to.deep.equal([
      'upgrade /chat/blue?token=1 of Chat at /chat/{room}',
      'opened Chat',
      'calling connect',
      '> text welcome.',
      'connect returned',
      '< text hi.',
      'calling text',
      'text returned',
      '> text hi.',
      '< binary xyz.',
      'calling binary',
      'binary returned',
      '> binary xyz.',
      '< text bye.',
      'calling text',
      '> close 4000 mine.',
      'text returned',
      'closed 4000', // as the peer answers
    ]);
  });

  it('see what a handler fails with, and how that ends the session', async () => {
    const { bench, log } = watched();
    const peer = await bench.connect(Chat, '/chat/blue');
    await peer.expectText('welcome');
    log.length = 0;
    peer.sendText('fail');
    await peer.expectClose(1011);
    await bench.settle();
    expect(log).to.deep.equal([
      '< text fail.',
      'calling text',
      'text failed: failing',
      'failed (connection): failing',
      'closed 1011 Internal error',
    ]);
  });

  it('see the failure of a close handler before the end', async () => {
    for (const fail of [
      () => {
        throw new Error('in close');
      },
      () => Promise.reject(new Error('in close')),
    ]) {
      @WebSocket('/ends')
      class Ends {
        @OnWebSocketClose
        onClose(): unknown {
          return fail();
        }
      }
      const { bench, log } = watched();
      const peer = await bench.connect(Ends);
      peer.sendClose(1000);
      await peer.expectClose(1000);
      await bench.settle();
      expect(log.slice(2)).to.deep.equal([
        'calling close',
        'close failed: in close',
        'failed (close): in close',
        'closed 1000',
      ]);
    }
  });

  it('see the failure of an error handler', async () => {
    @WebSocket('/errs')
    class Errs {
      @OnWebSocketMessage
      onText(_: string): void {
        throw new Error('first');
      }

      @OnWebSocketError
      onError(_: Error): void {
        throw new Error('second');
      }
    }
    const { bench, log } = watched();
    const peer = await bench.connect(Errs);
    peer.sendText('x');
    await peer.expectClose(1011);
    await bench.settle();
    expect(log.slice(4)).to.deep.equal([
      'text failed: first',
      'failed (connection): first',
      'calling error',
      'error failed: second',
      'failed (error): second',
      'closed 1011 Internal error',
    ]);
  });

  it('see messages that can not be decoded, whether they end the connection or not', async () => {
    @WebSocket({ path: '/json', onDecodeError: 'ignore' })
    class Lenient {
      @OnWebSocketMessage(json())
      onValue(_: unknown): void {}
    }
    const { bench, log } = watched();
    const peer = await bench.connect(Lenient);
    peer.sendText('{');
    await bench.settle();
    expect(log.filter((line) => line.includes('failed')).map((line) => line.replace(/:.*/, ''))).to.deep.equal([
      'failed (decode)',
      'text failed',
    ]);
    expect(bench.sessions.size).to.equal(1);
  });

  it('see messages that a decoder finds wrong only later, too', async () => {
    const later: TextMessageDecoder = { name: 'later', from: 'text', decode: () => Promise.reject(new Error('no')) };
    @WebSocket({ path: '/later', onDecodeError: 'ignore' })
    class Lenient {
      @OnWebSocketMessage(later)
      onValue(_: unknown): void {}
    }
    const { bench, log } = watched();
    const peer = await bench.connect(Lenient);
    peer.sendText('{');
    await bench.settle();
    expect(log.filter((line) => line.includes('failed')).map((line) => line.replace(/:.*/, ''))).to.deep.equal([
      'failed (decode)',
      'text failed',
    ]);
  });

  it('see messages in the pieces in which they come and go', async () => {
    @WebSocket('/parts')
    class Parts {
      @OnWebSocketMessage
      async onText(session: Session, _text: string): Promise<void> {
        void session.sendPartialText('one ', false);
        void session.sendText('refused, since another is unfinished');
        void session.sendPartialText('two', true);
        void session.sendPrepared(PreparedMessage.text('prepared'));
        void session.sendPing(Buffer.from('ping'));
      }
    }
    const { bench, log } = watched();
    const peer = await bench.connect(Parts);
    peer.sendFrame({ opcode: 1, fin: false, payload: Buffer.from('a') });
    peer.sendFrame({ opcode: 0, fin: true, payload: Buffer.from('b') });
    await bench.settle();
    expect(log.slice(2)).to.deep.equal([
      '< text a',
      '< text b.',
      'calling text',
      '> text one ',
      '> text two.',
      '> text prepared.',
      '> ping ping.',
      'text returned',
    ]);
  });

  it('see nothing sent that is sent too late', async () => {
    const { bench, log } = watched();
    const peer = await bench.connect(Chat, '/chat/blue');
    await peer.expectText('welcome');
    const [session] = bench.sessions;
    peer.sendClose(1000);
    await peer.expectClose(1000);
    log.length = 0;
    await session?.sendText('late').catch(() => {});
    await session?.sendPing().catch(() => {});
    session?.close();
    expect(log).to.deep.equal([]);
  });

  it('see heartbeats and the peer’s Close only if they want to', async () => {
    const { instrument, log } = recorder();
    for (const wantsControlFrames of [false, true]) {
      log.length = 0;
      await using bench = new TestBench({ instruments: [{ ...instrument, wantsControlFrames }] });
      const peer = await bench.connect(Chat, '/chat/blue');
      await peer.expectText('welcome');
      peer.sendPing(Buffer.from('hey'));
      await peer.expectPong(Buffer.from('hey'));
      peer.sendClose(1000, 'bye');
      await peer.expectClose(1000);
      await bench.settle();
      expect(log.slice(5)).to.deep.equal(
        wantsControlFrames ? ['< ping hey.', '< close \u0003\ufffdbye.', 'closed 1000 bye'] : ['closed 1000 bye'],
      );
    }
  });

  it('see refusals, with the status that was answered', async () => {
    const { bench, log } = watched({ authorize: () => refuse(401) });
    bench.container.addEndpoint(Chat);
    await bench.connect('/chat/blue').catch(() => {});
    await bench.connect('/chat/%zz').catch(() => {});
    await bench.connect('/nowhere').catch(() => {});
    expect(log).to.deep.equal([
      'upgrade /chat/blue of Chat at /chat/{room}',
      'refused 401: The authorize hook refused with 401',
      'upgrade /chat/%zz of WebSocketContainer at undefined',
      'refused 400: The path is not percent-encoded UTF-8, or has dot segments',
      'upgrade /nowhere of WebSocketContainer at undefined',
      'refused 404: No endpoint is registered for the path',
    ]);
  });

  it('see what fails where there is no session', async () => {
    const { bench, log } = watched({
      authorize: () => {
        throw new Error('no database');
      },
    });
    bench.container.addEndpoint(Chat);
    await bench.connect('/chat/blue').catch(() => {});
    expect(log).to.deep.equal([
      'upgrade /chat/blue of Chat at /chat/{room}',
      'Chat failed (authorize): no database',
      'refused 500: The application failed (authorize)',
    ]);
  });

  it('see the endpoint that a creator chooses', async () => {
    const { bench, log } = watched();
    bench.container.addEndpoint(
      '/any',
      creator(async function choose() {
        return Chat;
      }),
    );
    const peer = await bench.connect('/any');
    await peer.expectText('welcome');
    expect(log).to.include.members(['upgrade /any of choose at /any', 'opened Chat', 'calling connect']);
  });

  describe('see the calls of', () => {
    const callsOf = async (endpoint: Endpoint, path: string): Promise<readonly string[]> => {
      const { bench, log } = watched();
      bench.container.addEndpoint(path, endpoint);
      const peer = await bench.connect(path);
      peer.sendText('one');
      await bench.settle();
      peer.sendClose(1000);
      await bench.settle();
      return log.filter((line) => /^(calling|\w+ returned)/.test(line));
    };

    it('a listener', async () => {
      const calls = await callsOf(
        listener({ onWebSocketText: () => {}, onWebSocketClose: async () => {} }),
        '/listener',
      );
      expect(calls).to.deep.equal(['calling text', 'text returned', 'calling close', 'close returned']);
    });

    it('an endpoint of Jakarta’s, and handlers that were added to its session', async () => {
      const taken: string[] = [];
      @ServerEndpoint('/jakarta')
      class Added {
        @OnOpen
        onOpen(session: JakartaSession): void {
          session.addMessageHandler(String, (text) => void taken.push(text));
        }
      }
      expect(await callsOf(Added, '/jakarta')).to.deep.equal([
        'calling connect',
        'connect returned',
        'calling text',
        'text returned',
      ]);
      expect(taken).to.deep.equal(['one']);
    });

    it('a method that takes messages as streams, until it has settled', async () => {
      const { bench, log } = watched();
      const gate = deferred();
      @WebSocket('/stream')
      class Streams {
        @OnWebSocketMessage('text-stream')
        async onText(text: AsyncIterable<string>): Promise<void> {
          for await (const _ of text);
          await gate.promise;
        }
      }
      const peer = await bench.connect(Streams);
      peer.sendText('one');
      await peer.expectNothing();
      expect(log.slice(2)).to.deep.equal(['< text one.', 'calling text']);
      gate.resolve();
      await bench.settle();
      expect(log.at(-1)).to.equal('text returned');
    });
  });

  it('see what is published and broadcast', async () => {
    @WebSocket('/topic')
    class Member {
      @OnWebSocketConnect
      onConnect(session: Session): void {
        session.join('news');
      }
    }
    const { bench, log } = watched();
    await bench.connect(Member);
    bench.container.publish('news', 'one');
    bench.container.broadcast('two');
    expect(log.slice(-2)).to.deep.equal(['> text one.', '> text two.']);
  });

  it('can put hooks and handlers into an asynchronous context', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const instrument: Instrument = {
      upgrade: ({ request }) => ({
        run: (work) => storage.run(`upgrade ${request.path}`, work),
        opened: () => ({ calling: (event) => ({ run: (work) => storage.run(event, work) }) }),
      }),
    };
    @WebSocket('/context')
    class Context {
      @OnWebSocketConnect
      async onConnect(): Promise<void> {
        seen.push(storage.getStore());
        await Promise.resolve();
        seen.push(storage.getStore());
      }

      @OnWebSocketMessage
      onText(text: string): string {
        seen.push(storage.getStore());
        return text;
      }
    }
    const { bench } = watched({
      instruments: [instrument],
      authorize: async () => {
        await Promise.resolve();
        seen.push(storage.getStore());
        return true;
      },
    });
    const peer = await bench.connect(Context);
    peer.sendText('x');
    await peer.expectText('x');
    expect(seen).to.deep.equal(['upgrade /context', 'connect', 'connect', 'text']);
  });

  it('are all told, each for itself, the last of the list standing outermost', async () => {
    const order: string[] = [];
    const around = (name: string): Instrument => ({
      upgrade: () => ({
        opened: () => ({
          calling: () => ({
            run(work) {
              order.push(`${name} in`);
              work();
              order.push(`${name} out`);
            },
          }),
        }),
      }),
    });
    const first = recorder();
    const { bench } = watched({ instruments: [around('a'), first.instrument, around('b')] });
    const peer = await bench.connect(Chat, '/chat/blue');
    await peer.expectText('welcome');
    expect(order).to.deep.equal(['b in', 'a in', 'a out', 'b out']);
    expect(first.log).to.include('calling connect');
  });

  describe('that fail', () => {
    const failing = (): never => {
      throw new Error('a broken instrument');
    };
    const everywhere: Instrument = {
      upgrade: () => ({
        run: failing,
        refused: failing,
        opened: () => ({
          received: failing,
          sent: failing,
          calling: () => ({ run: failing, returned: failing, failed: failing }),
          failed: failing,
          closed: failing,
        }),
      }),
      failed: failing,
    };

    const rejecting = (): Promise<never> => Promise.reject(new Error('a broken instrument'));
    const asynchronous = {
      upgrade: () => ({
        refused: rejecting,
        opened: () => ({
          received: rejecting,
          sent: rejecting,
          calling: rejecting,
          failed: rejecting,
          closed: rejecting,
        }),
      }),
      failed: rejecting,
    };

    for (const [when, instrument] of [
      ['in everything', everywhere],
      ['when an upgrade comes', { upgrade: failing }],
      ['when a session opens', { upgrade: () => ({ opened: failing }) }],
      ['when a method is called', { upgrade: () => ({ opened: () => ({ calling: failing }) }) }],
      ['from promises', asynchronous],
      ['by giving null', { upgrade: () => null }],
      ['by giving null for a session', { upgrade: () => ({ opened: () => null }) }],
      ['by giving null for a call', { upgrade: () => ({ opened: () => ({ calling: () => null }) }) }],
      ['by running the work twice', { upgrade: () => ({ run: (work: () => void) => [work(), work()] }) }],
      ['by not running it', { upgrade: () => ({ run: () => {} }) }],
    ] as unknown as [string, Instrument][]) {
      it(`${when} harm no connection, and are told of once`, async () => {
        const warnings: Error[] = [];
        const printers = process.listeners('warning');
        process.removeAllListeners('warning').on('warning', (warning) => warnings.push(warning));
        afterTest(() => {
          process.removeAllListeners('warning');
          for (const printer of printers) process.on('warning', printer);
        });
        const { bench } = watched({ instruments: [instrument] });
        const peer = await bench.connect(Chat, '/chat/blue');
        await peer.expectText('welcome');
        peer.sendText('hi');
        await peer.expectText('hi');
        peer.sendText('fail');
        await peer.expectClose(1011);
        await bench.connect('/nowhere').catch(() => {});
        await new Promise(setImmediate);
        expect(warnings.map(({ message }) => message)).to.deep.equal(
          when.startsWith('by')
            ? []
            : ['An instrument of the container failed. It is passed over, and this is not said again.'],
        );
      });
    }
  });

  it('leave a handler’s own failure and result as they are', async () => {
    const gate = deferred();
    const { bench } = watched({
      instruments: [{ upgrade: () => ({ opened: () => ({ calling: () => ({ run: (work) => work() }) }) }) }],
    });
    @WebSocket('/late')
    class Late {
      @OnWebSocketMessage
      async onText(text: string): Promise<string> {
        await gate.promise;
        if (text === 'no') throw new TypeError('no');
        return `${text}!`;
      }

      @OnWebSocketError
      onError(session: Session, cause: Error): void {
        session.close(4001, cause.name);
      }
    }
    gate.resolve();
    const peer = await bench.connect(Late);
    peer.sendText('yes');
    await peer.expectText('yes!');
    peer.sendText('no');
    await peer.expectClose(4001, 'TypeError');
  });

  it('are refused when they are none', () => {
    for (const instruments of [{}, [{}], ['metrics'], [null]]) {
      expect(() => new WebSocketContainer({ instruments } as unknown as ContainerOptions)).to.throw(
        'Accepted: a list of instruments',
      );
    }
  });
});
