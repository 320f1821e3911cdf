import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { PreparedMessage, Session, SessionClosedError } from 'moorage';
import { upgradeRecord } from './connect.js';
import { FakeChannel } from './fake-channel.js';

function open(): { session: Session; channel: FakeChannel } {
  const channel = new FakeChannel();
  return { session: new Session(channel, upgradeRecord()), channel };
}

async function rejection(promise: Promise<void>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not reject');
}

describe('Session', () => {
  it('knows how it was opened', () => {
    const { session } = open();
    expect(session.upgradeRequest.path).to.equal('/chat/blue');
    expect(session.upgradeRequest.query.get('name')).to.equal('Ann');
    expect(session.upgradeResponse.statusCode).to.equal(101);
    expect(session.subprotocol).to.equal('chat.v1');
    expect(session.pathParameters).to.deep.equal({ room: 'blue' });
    expect(session.principal).to.deep.equal({ user: 'Ann' });
  });

  it('knows its connection', () => {
    const { session, channel } = open();
    channel.queuedBytes = 7;
    expect(session).to.include({ isOpen: true, isSecure: true, queuedBytes: 7 });
    expect(session.remoteAddress.address).to.equal('192.0.2.1');
    expect(session.localAddress.port).to.equal(443);
  });

  it('has an id of its own', () => {
    const [one, other] = [open().session, open().session];
    expect(one.id).to.be.a('string').and.equal(one.id);
    expect(one.id).not.to.equal(other.id);
  });

  it('keeps values for the application', () => {
    const { session } = open();
    session.userProperties.set('name', 'Ann');
    expect(session.userProperties.get('name')).to.equal('Ann');
  });

  describe('sending', () => {
    it('hands text and bytes on', async () => {
      const { session, channel } = open();
      const message = PreparedMessage.text('news');
      await session.sendText('hi');
      await session.sendBinary(Buffer.from([1]));
      await session.sendBinary(new Uint8Array([2, 3]).subarray(1));
      await session.sendBinary(new Uint8Array([4]).buffer);
      await session.sendPartialText('he', false);
      await session.sendPartialText('llo', true);
      await session.sendPartialBinary(new Uint8Array([5]), false);
      await session.sendPartialBinary(new Uint8Array([6]).buffer, true);
      await session.sendPing();
      await session.sendPing(new Uint8Array([7]));
      await session.sendPong();
      await session.sendPong(new Uint8Array([8]).buffer);
      await session.sendPrepared(message);
      expect(channel.asked).to.deep.equal([
        ['text', 'hi'],
        ['binary', [1]],
        ['binary', [3]],
        ['binary', [4]],
        ['partial text', 'he', false],
        ['partial text', 'llo', true],
        ['partial binary', [5], false],
        ['partial binary', [6], true],
        ['ping', []],
        ['ping', [7]],
        ['pong', []],
        ['pong', [8]],
        ['prepared', message],
      ]);
    });

    it('takes the bytes of another realm, such as a test runner has', async () => {
      const { session, channel } = open();
      await session.sendBinary(runInNewContext('new Uint8Array([1, 2])') as Uint8Array);
      await session.sendBinary(runInNewContext('new Uint8Array([3]).buffer') as ArrayBuffer);
      expect(channel.asked).to.deep.equal([
        ['binary', [1, 2]],
        ['binary', [3]],
      ]);
    });

    it('allocates no promise while the queue is short', () => {
      const { session } = open();
      expect(session.sendText('a')).to.equal(session.sendBinary(new Uint8Array(1)));
    });

    it('waits for the queue to drain', async () => {
      const { session, channel } = open();
      let drained = false;
      channel.settling = new Promise((resolve) =>
        setImmediate(() => {
          drained = true;
          resolve();
        }),
      );
      await session.sendText('a');
      expect(drained).to.equal(true);
    });

    it('rejects on a session that has closed, harmlessly where nobody looks', async () => {
      const { session } = open();
      session.close();
      expect(await rejection(session.sendText('late'))).to.be.instanceOf(SessionClosedError);
      const unhandled: unknown[] = [];
      const note = (cause: unknown) => unhandled.push(cause);
      process.on('unhandledRejection', note);
      void session.sendText('late');
      void session.sendPing(new Uint8Array(126));
      void session.sendText(5 as unknown as string);
      await new Promise(setImmediate);
      process.off('unhandledRejection', note);
      expect(unhandled).to.deep.equal([]);
    });

    it('rejects with what the channel throws', async () => {
      const { session } = open();
      expect(await rejection(session.sendPing(new Uint8Array(126)))).to.be.instanceOf(RangeError);
      expect(await rejection(session.sendPong(new Uint8Array(126)))).to.be.instanceOf(RangeError);
      for (const send of ['sendText', 'sendBinary', 'sendPartialText', 'sendPartialBinary', 'sendPrepared'] as const) {
        const channel = new FakeChannel();
        channel[send] = () => {
          throw new RangeError(send);
        };
        const session = new Session(channel, upgradeRecord());
        const argument = { sendPrepared: PreparedMessage.text(''), sendText: '', sendPartialText: '' }[
          send as 'sendText'
        ];
        const sent = (session[send] as (...args: unknown[]) => Promise<void>)(argument ?? new Uint8Array(1), true);
        expect((await rejection(sent)).message).to.equal(send);
      }
    });

    const bytes = 'a Buffer, Uint8Array or ArrayBuffer';
    const last = 'true or false for whether the part is the last';
    const wrong: readonly (readonly [string, readonly unknown[], string])[] = [
      ['sendText', [5], 'a string, and was given 5'],
      ['sendText', [Buffer.from('x')], 'a string, and was given an instance of Buffer'],
      ['sendBinary', ['text'], `${bytes}, and was given "text"`],
      ['sendBinary', [[1, 2]], `${bytes}, and was given an array`],
      ['sendBinary', [undefined], `${bytes}, and was given undefined`],
      ['sendPartialText', [null, true], 'a string, and was given null'],
      ['sendPartialText', ['a'], `${last}, and was given undefined`],
      ['sendPartialBinary', [{}, true], `${bytes}, and was given an object`],
      ['sendPartialBinary', [new Uint8Array(1), 1], `${last}, and was given 1`],
      ['sendPing', ['x'.repeat(50)], `${bytes}, and was given a string of 50 characters`],
      ['sendPong', [() => {}], `${bytes}, and was given a function`],
      ['sendPrepared', ['x'], 'a PreparedMessage, and was given "x"'],
    ];
    for (const [method, args, found] of wrong) {
      it(`refuses ${method} with ${found.split('given ')[1]}`, async () => {
        const { session, channel } = open();
        const send = session[method as 'sendText'] as (...args: readonly unknown[]) => Promise<void>;
        const error = await rejection(send.apply(session, [...args]));
        expect(error).to.be.instanceOf(TypeError).that.includes({ code: 'MOORAGE_INVALID_ARGUMENT' });
        expect(error.message).to.equal(`session.${method} takes ${found}.`);
        expect(channel.asked).to.deep.equal([]);
      });
    }
  });

  describe('closing', () => {
    it('says 1000 and nothing more unless told', () => {
      const { session, channel } = open();
      session.close();
      session.close(4000, 'mine');
      session.disconnect();
      expect(channel.asked).to.deep.equal([['close', 1000, ''], ['close', 4000, 'mine'], ['disconnect']]);
    });

    it('throws for what may not be sent', () => {
      const { session, channel } = open();
      expect(() => session.close(1006)).to.throw(RangeError);
      expect(() => session.close('1000' as unknown as number))
        .to.throw(TypeError, 'session.close(code, reason) takes a number and a string, and was given "1000" and "".')
        .with.property('code', 'MOORAGE_INVALID_ARGUMENT');
      expect(channel.asked).to.deep.equal([]);
    });
  });

  describe('limits of its own', () => {
    it('are set for the one connection', () => {
      const { session, channel } = open();
      const before = channel.limits;
      session.maxTextMessageSize = 10;
      session.maxBinaryMessageSize = Infinity;
      session.idleTimeout = 0;
      expect(session).to.include({ maxTextMessageSize: 10, maxBinaryMessageSize: Infinity, idleTimeout: 0 });
      expect(channel.limits).to.deep.equal({ ...before, maxTextMessageSize: 10, maxBinaryMessageSize: Infinity });
      expect(before.maxTextMessageSize).to.equal(1024 * 1024);
    });

    it('must be limits', () => {
      const { session } = open();
      for (const value of [0, -1, 1.5, Number.NaN, '10' as unknown as number]) {
        expect(() => (session.maxTextMessageSize = value)).to.throw(
          RangeError,
          /^session.maxTextMessageSize was set to .+\. It takes a whole number of bytes from 1, or Infinity for no limit\.$/,
        );
        expect(() => (session.maxBinaryMessageSize = value)).to.throw(RangeError, 'session.maxBinaryMessageSize');
      }
      for (const value of [-1, 0.5, Number.NaN]) {
        expect(() => (session.idleTimeout = value)).to.throw(
          RangeError,
          `session.idleTimeout was set to ${value}. It takes whole milliseconds; 0 or Infinity for no timeout.`,
        );
      }
    });
  });

  describe('signal', () => {
    it('has aborted already on a session that is closed', () => {
      const { session } = open();
      session.close();
      expect(session.signal.aborted).to.equal(true);
      expect(session.signal.reason).to.have.property('code', 'MOORAGE_SESSION_CLOSED');
    });
  });

  describe('topics', () => {
    it('are not there for a session that is not of a container', () => {
      const { session } = open();
      expect(() => session.join('news'))
        .to.throw(
          'The session is not of a container, and only containers have topics: keep a Set of the sessions yourself.',
        )
        .with.property('code', 'MOORAGE_NO_TOPICS');
      session.leave('news');
      expect(session.topics).to.deep.equal([]);
    });

    it('have names that are strings', () => {
      const { session } = open();
      for (const [topic, given] of [
        ['', '""'],
        [5, '5'],
      ] as const) {
        expect(() => session.join(topic as string))
          .to.throw(
            TypeError,
            `session.join takes the name of a topic, a string that is not empty, and was given ${given}.`,
          )
          .with.property('code', 'MOORAGE_INVALID_ARGUMENT');
      }
    });
  });
});
