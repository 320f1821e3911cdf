import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { CloseCode, OnWebSocketError, OnWebSocketMessage, OnWebSocketPong, Session, WebSocket } from 'moorage';
import { TestBench, type TestPeer } from 'moorage/testing';
import { failure } from './failure.js';

@WebSocket({ path: '/talk', maxTextMessageSize: 100_000, keepAlive: false })
class Talk {
  /** What the text 'gate' waits for. */
  static gate: Promise<void> | undefined;

  @OnWebSocketMessage
  async onText(session: Session, text: string): Promise<string | undefined> {
    if (text === 'fail') throw new TypeError('No such word');
    if (text === 'later') await sleep(40);
    if (text === 'gate') await Talk.gate;
    if (text === 'timer') setTimeout(() => session.sendText('tick'), 60);
    if (text === 'ping') session.sendPing(Buffer.from('p'));
    if (text === 'json') return '{"a":[1,2]}';
    if (text === 'flood') for (let i = 0; i < 20; i++) await session.sendBinary(Buffer.alloc(64 * 1024));
    return text === 'timer' || text === 'ping' ? undefined : text;
  }

  @OnWebSocketMessage
  onBytes(bytes: Buffer): Buffer {
    return bytes;
  }

  @OnWebSocketPong
  onPong(session: Session, payload: Buffer): void {
    session.sendText(`pong ${payload}`);
  }

  @OnWebSocketError
  onError(_: Error): void {}
}

/** The first line of the message of a failed expectation. */
async function complaint(promise: Promise<unknown>): Promise<string> {
  const cause = await failure(promise);
  expect(cause).to.be.instanceOf(AssertionError);
  return cause.message.split('\n')[0] as string;
}

describe('A test peer', () => {
  let bench: TestBench;
  let peer: TestPeer;

  beforeEach(async () => {
    bench = new TestBench();
    peer = await bench.connect(Talk);
  });

  afterEach(() => bench.close());

  describe('expects', () => {
    it('texts: this one, one that fits, or any', async () => {
      for (const text of ['one', 'two', 'three', '']) peer.sendText(text);
      await peer.expectText('one');
      expect(await peer.expectText(/^t.o$/)).to.equal('two');
      expect(await peer.expectText()).to.equal('three');
      await peer.expectText('');
    });

    it('bytes', async () => {
      peer.sendBinary(Buffer.from([1, 2]));
      peer.sendBinary(Buffer.from([3]));
      await peer.expectBinary(Uint8Array.of(1, 2));
      expect(await peer.expectBinary()).to.deep.equal(Buffer.from([3]));
    });

    it('JSON', async () => {
      peer.sendText('json');
      await peer.expectJson({ a: [1, 2] });
      peer.sendJson({ b: null });
      expect(await peer.expectJson()).to.deep.equal({ b: null });
    });

    it('pings and pongs beside the messages', async () => {
      peer.sendText('ping');
      await peer.expectText('pong p');
      await peer.expectPing('p');
      peer.sendPing('q');
      expect(await peer.expectPong()).to.deep.equal(Buffer.from('q'));
    });

    it('Closes', async () => {
      peer.session.close(CloseCode.PolicyViolation, 'No');
      expect(await peer.expectClose(1008, /^N/)).to.deep.equal({ code: 1008, reason: 'No' });
      expect(await peer.expectEnd()).to.equal('fin');
    });

    it('an empty Close, as 1005', async () => {
      peer.sendClose();
      await peer.expectClose(1005);
    });

    it('nothing', async () => {
      await peer.expectNothing();
      peer.sendText('x');
      expect(await complaint(peer.expectNothing())).to.equal('Expected nothing, but text "x" came.');
    });

    it('a good end when it closes', async () => {
      await peer.close(3000, 'Bye');
      expect(bench.sessions.size).to.equal(0);
      expect(bench.events.at(-1)).to.include({ type: 'session-closed', code: 3000, reason: 'Bye' });
    });
  });

  describe('waits', () => {
    it('for a handler that waits for something real', async () => {
      peer.sendText('later');
      await peer.expectText('later');
    });

    it('as long as it is told for what no handler waits for', async () => {
      peer.sendText('timer');
      await peer.expectText('tick', { within: 5_000 });
    });

    it('by real timers of its own, whatever the test puts in their place', async () => {
      const due: (() => void)[] = [];
      const { setTimeout } = globalThis;
      globalThis.setTimeout = ((done: () => void) => due.push(done)) as unknown as typeof setTimeout;
      try {
        peer.sendText('timer');
        await peer.expectNothing();
        for (const done of due) done();
        await peer.expectText('tick');
      } finally {
        globalThis.setTimeout = setTimeout;
      }
    });

    it('no longer than the bench’s patience for a handler, and names it', async () => {
      await using impatient = new TestBench({ patience: 1 });
      let open!: () => void;
      Talk.gate = new Promise((resolve) => {
        open = resolve;
      });
      const other = await impatient.connect(Talk);
      other.sendText('gate');
      const { message } = await failure(other.expectText('gate'));
      expect(message).to.match(/^Expected text "gate", but nothing came\.\nThe text handler of Talk has been running/);
      open();
      await other.expectText('gate');
    });
  });

  describe('says what came instead', () => {
    it('of a text', async () => {
      peer.sendText('one');
      const cause = await failure<AssertionError>(peer.expectText('two'));
      expect(cause.message).to.match(/^Expected text "two", but text "one" came\.\n/);
      expect(cause).to.include({ expected: 'two', actual: 'one', code: 'ERR_ASSERTION' });
    });

    it('of anything', async () => {
      peer.sendText('one');
      expect(await complaint(peer.expectBinary(Uint8Array.of(1)))).to.equal(
        'Expected binary <01>, but text "one" came.',
      );
      peer.sendText('one');
      expect(await complaint(peer.expectText(/x/))).to.equal('Expected text that matches /x/, but text "one" came.');
      peer.sendText('one');
      expect(await complaint(peer.expectClose(1008, 'No'))).to.equal('Expected Close 1008 "No", but text "one" came.');
      peer.sendText('json');
      expect(await complaint(peer.expectJson({ b: 1 }))).to.equal(
        'Expected JSON {"b":1}, but text "{\\"a\\":[1,2]}" came.',
      );
      peer.sendBinary(Buffer.alloc(40, 7));
      expect(await complaint(peer.expectText('x'))).to.equal(
        `Expected text "x", but binary <${'07'.repeat(32)}…> (40 bytes) came.`,
      );
      peer.sendPing('a');
      expect(await complaint(peer.expectPong('b'))).to.equal('Expected pong <62>, but pong <61> came.');
      expect(await complaint(peer.expectPong())).to.equal('Expected a pong, but nothing came.');
      expect(await complaint(peer.expectEnd())).to.equal('Expected the end of the connection, but nothing came.');
      peer.sendClose(1001);
      expect(await complaint(peer.expectEnd())).to.equal('Expected the end of the connection, but Close 1001 came.');
      expect(await complaint(peer.expectClose())).to.equal(
        'Expected a Close, but the end of the connection (FIN) came.',
      );
      expect(await complaint(peer.expectText('x'))).to.equal('Expected text "x", but the connection has ended.');
    });

    it('with what happened, when, and the application’s own failure as the cause', async () => {
      await bench.advance(1_500);
      peer.sendText('fail');
      const cause = await failure(peer.expectText('fail'));
      expect(cause.message).to.equal(
        [
          'Expected text "fail", but Close 1011 "Internal error" came.',
          'Not taken: the end of the connection (FIN).',
          'What happened, in milliseconds of the bench:',
          '       0  → GET /talk',
          '       0  Talk: connect',
          '       0  ← 101',
          '    1500  → text fail',
          '    1500  Talk: error: TypeError: No such word',
          '    1500  Talk: close(1011, "Internal error")',
          '    1500  ← close 1011 Internal error',
          '    1500  → close 1011',
          '    1500  ← FIN',
        ].join('\n'),
      );
      expect(cause.cause).to.be.instanceOf(TypeError);
    });

    it('and no more than can be read', async () => {
      for (let i = 0; i < 40; i++) peer.sendText('x'.repeat(1000));
      const { message } = await failure(peer.expectClose());
      expect(message).to.include('earlier lines)');
      expect(Math.max(...message.split('\n').map(({ length }) => length))).to.be.lessThan(300);
    });
  });

  describe('plays tricks', () => {
    it('with every cut of what it sends', async () => {
      for (const cut of [1, 2, 3, [1, 5, 2], Infinity]) {
        peer.cut(cut);
        peer.sendText('Grüße aus dem Hafen ⚓');
        await peer.expectText('Grüße aus dem Hafen ⚓');
      }
    });

    it('with frames of its own', async () => {
      peer.sendFrame({ opcode: 1, fin: false, payload: 'Hel' });
      peer.sendFrame({ opcode: 0, payload: Buffer.from('lo') });
      await peer.expectText('Hello');
      peer.sendFrame({ opcode: 1, mask: null, payload: 'bare' });
      await peer.expectClose(1002);
    });

    it('with bits and bytes that mean nothing', async () => {
      peer.sendFrame({ opcode: 1, rsv: 4 });
      await peer.expectClose(1002);
      const other = await bench.connect(Talk);
      other.sendBytes(Uint8Array.of(0xff, 0xff));
      await other.expectClose(1002);
    });

    it('by not reading, so that the server’s sends wait', async () => {
      peer.stall();
      peer.sendText('flood');
      await bench.settle();
      const { queuedBytes } = peer.session;
      expect(queuedBytes).to.be.greaterThan(64 * 1024);
      expect(peer.frames).to.be.empty;
      peer.resume();
      for (let i = 0; i < 20; i++) await peer.expectBinary();
      await peer.expectText('flood');
      expect(peer.session.queuedBytes).to.equal(0);
    });

    it('by leaving without a word', async () => {
      peer.drop();
      await bench.settle();
      expect(bench.events.at(-1)).to.include({ type: 'session-closed', code: 1006 });
      peer.sendText('x');
      expect((await failure(peer.expectText('x'))).message).to.include('→ text x (lost: the connection has ended)');
    });

    it('by ending its side', async () => {
      peer.end();
      await bench.settle();
      expect(bench.events.at(-1)).to.include({ type: 'session-closed', code: 1006 });
    });
  });
});
