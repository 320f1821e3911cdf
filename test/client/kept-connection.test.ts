import { expect } from 'chai';
import {
  ConfigurationError,
  type Interruption,
  InvalidUrlError,
  type KeptConnectionEvent,
  type ReconnectOptions,
  reconnectsByDefault,
  type Session,
  SessionClosedError,
  UpgradeError,
  WebSocket,
} from 'moorage';
import { KeptConnection } from '#moorage/client/kept-connection.js';
import { reconnectPolicy } from '#moorage/client/reconnect-policy.js';
import { Log, putAwayAfterEach } from '../server/serving.js';
import { type Asked, answering, newClient, rejection, serverFrame } from './answering.js';
import { VirtualTimer } from './virtual-timer.js';
import { Witness } from './witness.js';

/** As much of a session as a kept connection looks at. */
class FakeSession {
  isOpen = true;
  closedWith: [number, string] | undefined;

  constructor(readonly end: (code: number, reason: string) => void) {}

  close(code: number, reason: string): void {
    if (code < 1000) throw new RangeError('code');
    this.closedWith = [code, reason];
    this.lose(code, reason);
  }

  lose(code: number, reason = ''): void {
    this.isOpen = false;
    this.end(code, reason);
  }
}

interface Attempt {
  readonly signal: AbortSignal;
  open(): FakeSession;
  fail(cause: unknown): void;
}

/** A kept connection whose attempts, time and luck are in the test's hand. */
class Keeping {
  readonly timer = new VirtualTimer();
  readonly attempts = new Log<Attempt>();
  readonly events = new Log<KeptConnectionEvent>();
  readonly reported: unknown[] = [];
  readonly kept: KeptConnection;

  constructor(options: ReconnectOptions = {}, random = 1) {
    this.kept = new KeptConnection(
      {
        connect: (signal, observer) =>
          new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            this.attempts.add({
              signal,
              open() {
                const session = new FakeSession(observer);
                resolve(session as unknown as Session);
                return session;
              },
              fail: reject,
            });
          }),
        timer: this.timer,
        random: () => random,
        report: (cause) => this.reported.push(cause),
      },
      reconnectPolicy({ onEvent: this.events.add, ...options }),
    );
  }

  /** The attempt with the number, from 1. */
  async attempt(number: number): Promise<Attempt> {
    await this.attempts.until((each) => this.attempts.entries.indexOf(each) === number - 1);
    return this.attempts.entries[number - 1] as Attempt;
  }

  /** Lets a wait begin, tells how long it is, and lets it pass. */
  async wait(): Promise<number> {
    while (this.timer.next === undefined) await new Promise((resolve) => setImmediate(resolve));
    const delay = this.timer.next;
    this.timer.advance(delay);
    return delay;
  }

  types(): string[] {
    return this.events.entries.map(({ type }) => type);
  }
}

const lost = new Error('no network');

describe('A kept connection', () => {
  putAwayAfterEach();

  it('connects, and tells each step', async () => {
    const keeping = new Keeping();
    expect(keeping.kept.session).to.equal(undefined);
    const session = (await keeping.attempt(1)).open();
    expect(await keeping.kept.opened()).to.equal(session);
    expect(keeping.kept.session).to.equal(session);
    expect(keeping.events.entries).to.deep.equal([
      { type: 'connecting', attempt: 1 },
      { type: 'connected', session },
    ]);
  });

  it('connects again after a failure, waiting longer each time', async () => {
    const keeping = new Keeping();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      (await keeping.attempt(attempt)).fail(lost);
      delays.push(await keeping.wait());
    }
    expect(delays).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(keeping.events.entries.filter(({ type }) => type === 'waiting')[1]).to.deep.equal({
      type: 'waiting',
      delay: 2_000,
      failures: 2,
      last: { type: 'failed', cause: lost },
    });
    const session = (await keeping.attempt(8)).open();
    expect(await keeping.kept.opened()).to.equal(session);
  });

  it('connects again when the session is lost; one that lasted starts the count anew, one that did not does not', async () => {
    const keeping = new Keeping({ resetAfter: 10_000 });
    (await keeping.attempt(1)).fail(lost);
    expect(await keeping.wait()).to.equal(1_000);
    const short = (await keeping.attempt(2)).open();
    await keeping.kept.opened();
    keeping.timer.advance(9_999);
    short.lose(1006);
    expect(await keeping.wait()).to.equal(2_000);
    const long = (await keeping.attempt(3)).open();
    await keeping.kept.opened();
    keeping.timer.advance(10_000);
    long.lose(1001, 'restart');
    expect(await keeping.wait()).to.equal(1_000);
    expect(keeping.kept.session).to.equal(undefined);
    await keeping.attempt(4);
    const waits = keeping.events.entries.filter((event) => event.type === 'waiting');
    expect(waits.at(-1)?.last).to.deep.equal({ type: 'closed', code: 1001, reason: 'restart' });
  });

  it('scatters its waits', async () => {
    const keeping = new Keeping({}, 0.1);
    (await keeping.attempt(1)).fail(lost);
    expect(await keeping.wait()).to.equal(100);
  });

  it('waits as long as a busy server asks, within its own bound', async () => {
    const keeping = new Keeping({ maxDelay: 60_000 }, 0);
    const busy = (seconds: string) =>
      new UpgradeError('MOORAGE_UPGRADE_REFUSED', '', { statusCode: 503, rawHeaders: ['Retry-After', seconds] });
    (await keeping.attempt(1)).fail(busy('20'));
    expect(await keeping.wait()).to.equal(20_000);
    (await keeping.attempt(2)).fail(busy('3600'));
    expect(await keeping.wait()).to.equal(60_000);
  });

  it('gives up after maxAttempts failures in a row', async () => {
    const keeping = new Keeping({ maxAttempts: 2 });
    const opened = keeping.kept.opened();
    (await keeping.attempt(1)).fail(new Error('first'));
    await keeping.wait();
    (await keeping.attempt(2)).fail(lost);
    expect(await keeping.kept.ended).to.deep.equal({ why: 'exhausted', last: { type: 'failed', cause: lost } });
    expect(await rejection(opened)).to.equal(lost);
    expect(await rejection(keeping.kept.opened())).to.equal(lost);
    expect(keeping.types().at(-1)).to.equal('ended');
  });

  it('gives up where trying again is of no use', async () => {
    const keeping = new Keeping();
    (await keeping.attempt(1)).open().lose(4001, 'banned');
    const last = { type: 'closed', code: 4001, reason: 'banned' };
    expect(await keeping.kept.ended).to.deep.equal({ why: 'refused', last });
    expect(await rejection(keeping.kept.opened())).to.be.instanceOf(SessionClosedError);
  });

  it('asks shouldReconnect instead, where there is one', async () => {
    const asked: Interruption[] = [];
    const keeping = new Keeping({
      shouldReconnect(why) {
        asked.push(why);
        return why.type === 'closed';
      },
    });
    (await keeping.attempt(1)).open().lose(1000);
    await keeping.wait();
    (await keeping.attempt(2)).fail(lost);
    expect((await keeping.kept.ended).why).to.equal('refused');
    expect(asked).to.deep.equal([
      { type: 'closed', code: 1000, reason: '' },
      { type: 'failed', cause: lost },
    ]);
  });

  it('survives a shouldReconnect and a listener that throw, and reports them', async () => {
    const keeping = new Keeping({
      shouldReconnect() {
        throw lost;
      },
      onEvent: ({ type }) => {
        throw new Error(type);
      },
    });
    (await keeping.attempt(1)).fail(new Error('first'));
    expect((await keeping.kept.ended).why).to.equal('refused');
    expect(keeping.reported.map((cause) => (cause as Error).message)).to.deep.equal([
      'connecting',
      'no network',
      'ended',
    ]);
  });

  it('survives a listener that rejects, and reports it', async () => {
    const keeping = new Keeping({
      onEvent: async ({ type }) => {
        throw new Error(type);
      },
    });
    (await keeping.attempt(1)).fail(lost);
    await keeping.wait();
    await keeping.attempt(2);
    expect(keeping.reported.map(String)).to.deep.equal(['Error: connecting', 'Error: waiting', 'Error: connecting']);
  });

  for (const [what, answer] of [
    ['resolves', () => Promise.resolve(true)],
    ['rejects', () => Promise.reject(lost)],
  ] as const) {
    it(`stops at a shouldReconnect that is asynchronous and ${what}, and reports the mistake`, async () => {
      const keeping = new Keeping({ shouldReconnect: answer as never });
      (await keeping.attempt(1)).fail(lost);
      expect((await keeping.kept.ended).why).to.equal('refused');
      const [mistake] = keeping.reported;
      expect(keeping.reported).to.have.length(1);
      expect(mistake).to.be.instanceOf(ConfigurationError);
      expect((mistake as Error).message).to.contain(
        'shouldReconnect gave a promise. Accepted: true or false, at once.',
      );
    });
  }

  it('stops at an answer of shouldReconnect that is not true', async () => {
    for (const answer of [undefined, 1, 'yes']) {
      const keeping = new Keeping({ shouldReconnect: () => answer as never });
      (await keeping.attempt(1)).fail(lost);
      expect((await keeping.kept.ended).why).to.equal('refused');
    }
  });

  describe('that is stopped', () => {
    it('before it began connects never', async () => {
      const keeping = new Keeping();
      expect(await keeping.kept.stop()).to.deep.equal({ why: 'stopped', last: undefined });
      expect(keeping.attempts.entries).to.be.empty;
    });

    it('while it connects ends the attempt', async () => {
      const keeping = new Keeping();
      const opened = keeping.kept.opened();
      const { signal } = await keeping.attempt(1);
      const end = await keeping.kept.stop();
      expect([end.why, signal.aborted]).to.deep.equal(['stopped', true]);
      expect(await rejection(opened)).to.be.instanceOf(SessionClosedError);
    });

    it('while it is open closes the session, as it is told', async () => {
      const keeping = new Keeping();
      const session = (await keeping.attempt(1)).open();
      await keeping.kept.opened();
      const last = { type: 'closed', code: 4000, reason: 'enough' };
      expect(await keeping.kept.stop(4000, 'enough')).to.deep.equal({ why: 'stopped', last });
      expect(session.closedWith).to.deep.equal([4000, 'enough']);
    });

    it('with a code that may not be sent goes on', async () => {
      const keeping = new Keeping();
      const session = (await keeping.attempt(1)).open();
      await keeping.kept.opened();
      expect(await rejection(keeping.kept.stop(5))).to.be.instanceOf(RangeError);
      expect(await rejection(keeping.kept.stop(1000, 'x'.repeat(124)))).to.be.instanceOf(RangeError);
      expect(session.isOpen).to.equal(true);
    });

    it('with such a code before it is open goes on too', async () => {
      const keeping = new Keeping();
      const attempt = await keeping.attempt(1);
      expect(await rejection(keeping.kept.stop(9999))).to.be.instanceOf(RangeError);
      expect(attempt.signal.aborted).to.equal(false);
      attempt.open();
      await keeping.kept.opened();
      expect((await keeping.kept.stop()).why).to.equal('stopped');
    });

    it('just as it opens closes the session', async () => {
      const keeping = new Keeping();
      const session = (await keeping.attempt(1)).open();
      await keeping.kept.stop(1001, 'late');
      expect(session.closedWith).to.deep.equal([1001, 'late']);
      expect(keeping.types()).to.deep.equal(['connecting', 'ended']);
    });

    it('while it waits wakes up and leaves no timer', async () => {
      const keeping = new Keeping();
      (await keeping.attempt(1)).fail(lost);
      await keeping.events.until(({ type }) => type === 'waiting');
      expect(await keeping.kept.stop()).to.deep.equal({ why: 'stopped', last: { type: 'failed', cause: lost } });
      expect(keeping.timer.next).to.equal(undefined);
    });

    it('by its own listener stops too', async () => {
      for (const when of ['connecting', 'connected', 'waiting'] as const) {
        const keeping = new Keeping({
          onEvent: ({ type }) => {
            if (type === when) void keeping.kept.stop();
          },
        });
        const attempt = await keeping.attempt(1);
        if (when === 'connected') attempt.open();
        else attempt.fail(lost);
        expect((await keeping.kept.ended).why, when).to.equal('stopped');
      }
    });
  });

  describe('takes options', () => {
    const refused: [ReconnectOptions & Record<string, unknown>, string][] = [
      [{ initialDelay: 0 }, 'initialDelay is 0. Accepted: whole milliseconds from 1.'],
      [{ factor: 0.5 }, 'factor is 0.5. Accepted: a number from 1.'],
      [{ maxAttempts: 0 }, 'maxAttempts is 0. Accepted: a whole number from 1, or Infinity.'],
      [{ maxdelay: 1 }, 'maxdelay is not an option. Did you mean maxDelay?'],
      [
        { initialDelay: 10, maxDelay: 5 },
        "maxDelay (5) is below initialDelay (10): the longest wait can't be shorter than the first.",
      ],
    ];
    for (const [options, text] of refused) {
      it(`that can be: not ${JSON.stringify(options)}`, () => {
        expect(() => reconnectPolicy(options)).to.throw(ConfigurationError, text);
      });
    }
  });
});

describe('Reconnecting by default', () => {
  const refusal = (statusCode: number, code = 'MOORAGE_UPGRADE_REFUSED') => ({
    type: 'failed' as const,
    cause: new UpgradeError(code, '', { statusCode, rawHeaders: [] }),
  });

  it('follows closes that pass, and no other', () => {
    const codes = [
      1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999,
    ];
    const followed = codes.filter((code) => reconnectsByDefault({ type: 'closed', code, reason: '' }));
    expect(followed).to.deep.equal([1001, 1006, 1011, 1012, 1013, 1014]);
  });

  it('follows answers that pass, and no other', () => {
    const statuses = [200, 301, 400, 401, 403, 404, 408, 410, 425, 426, 429, 500, 501, 502, 503, 504, 505];
    expect(statuses.filter((status) => reconnectsByDefault(refusal(status)))).to.deep.equal([
      408, 425, 429, 500, 502, 503, 504,
    ]);
    expect(reconnectsByDefault(refusal(101, 'MOORAGE_RESPONSE_ACCEPT'))).to.equal(false);
  });

  it('follows failures, but not those that would come again', () => {
    expect(reconnectsByDefault({ type: 'failed', cause: lost })).to.equal(true);
    expect(reconnectsByDefault({ type: 'failed', cause: new InvalidUrlError('') })).to.equal(false);
  });
});

describe('client.keepConnected', () => {
  putAwayAfterEach();

  const accept = (asked: Asked) => asked.socket.write(asked.switching());
  const reconnect = { initialDelay: 1, maxDelay: 1 };

  it('gives each session of a class an instance of its own', async () => {
    const instances = new Log<Each>();
    @WebSocket()
    class Each extends Witness {
      constructor() {
        super();
        instances.add(this);
      }
    }
    const server = await answering((asked) => {
      const frames = server.asked.entries.length < 3 ? [serverFrame(8, [3, 244])] : []; // 1012
      asked.socket.end(Buffer.concat([Buffer.from(asked.switching()), ...frames]));
    });
    const kept = newClient().keepConnected(Each, server.url, { reconnect });
    await instances.until((each) => instances.entries.indexOf(each) === 2);
    await kept.stop();
    expect(new Set(instances.entries).size).to.equal(3);
    expect(instances.entries[0]?.log.entries).to.deep.equal(['connect', 'close 1012']);
  });

  it('has the one instance of a stateless class made again with the next attempt, when that failed', async () => {
    @WebSocket({ stateless: true })
    class Shared {}
    const events = new Log<KeptConnectionEvent>();
    const made: object[] = [];
    const instanceFactory = async <T extends object>(type: new () => T): Promise<T> => {
      if (events.entries.filter(({ type: step }) => step === 'waiting').length < 2) throw new Error('not yet');
      const instance = new type();
      made.push(instance);
      return instance;
    };
    const server = await answering((asked) => {
      const frames = server.asked.entries.length === 1 ? [serverFrame(8, [3, 244])] : []; // 1012
      asked.socket.write(Buffer.concat([Buffer.from(asked.switching()), ...frames]));
    });
    const kept = newClient({ instanceFactory }).keepConnected(Shared, server.url, {
      reconnect: { ...reconnect, onEvent: events.add },
    });
    await events.until(() => events.entries.filter(({ type }) => type === 'connected').length === 2);
    await kept.stop();
    expect(made).to.have.length(1);
    expect(events.entries.map(({ type }) => type)).to.deep.equal([
      ...['connecting', 'waiting', 'connecting', 'waiting'],
      ...['connecting', 'connected', 'waiting', 'connecting', 'connected', 'ended'],
    ]);
  });

  it('brings a new key, and the same headers, to each attempt', async () => {
    const server = await answering((asked) =>
      server.asked.entries.length === 1
        ? asked.socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')
        : asked.socket.write(asked.switching()),
    );
    const witness = new Witness();
    const kept = newClient().keepConnected(witness, server.url, { headers: { 'X-A': '1' }, reconnect });
    expect((await kept.opened()).isOpen).to.equal(true);
    expect(witness.log.entries).to.deep.equal(['error MOORAGE_UPGRADE_REFUSED', 'connect']);
    const [first, second] = server.asked.entries.map(({ headers }) => headers);
    expect([first?.['x-a'], second?.['x-a']]).to.deep.equal(['1', '1']);
    expect(first?.['sec-websocket-key']).to.not.equal(second?.['sec-websocket-key']);
  });

  it('is stopped by its signal', async () => {
    const controller = new AbortController();
    const server = await answering(accept);
    const kept = newClient().keepConnected(Witness, server.url, { signal: controller.signal, reconnect });
    const session = await kept.opened();
    controller.abort();
    expect(session.isOpen).to.equal(false);
    const socket = server.asked.entries[0]?.socket;
    socket?.end(serverFrame(8, [3, 232]));
    expect((await kept.ended).why).to.equal('stopped');
    const never = newClient().keepConnected(Witness, server.url, { signal: controller.signal });
    expect((await never.ended).why).to.equal('stopped');
  });

  it('is stopped when the client closes', async () => {
    const server = await answering(({ socket }) => socket.destroy());
    const client = newClient();
    const kept = client.keepConnected(Witness, server.url, { reconnect: { initialDelay: 60_000, maxDelay: 60_000 } });
    await server.asked.until(() => true);
    await client.close();
    expect((await kept.ended).why).to.equal('stopped');
  });

  it('throws at once for what can never be', () => {
    const client = newClient();
    expect(() => client.keepConnected(Witness, 'ws://h/#x')).to.throw(InvalidUrlError);
    expect(() => client.keepConnected(Witness, 'ws://h/', { reconnect: { factor: 0 } })).to.throw(ConfigurationError);
  });
});
