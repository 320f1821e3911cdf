import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { PreparedMessage } from '#moorage/engine/prepared-message.js';
import { deflateFrame } from '#moorage/protocol/extensions/deflate-frame.js';
import type { DeflateOptions } from '#moorage/protocol/extensions/deflate-options.js';
import type { Extension } from '#moorage/protocol/extensions/extension.js';
import { type ExtensionAgreement, negotiateExtensions } from '#moorage/protocol/extensions/negotiation.js';
import { perMessageDeflate } from '#moorage/protocol/extensions/permessage-deflate.js';
import { DEFAULT_LIMITS } from '#moorage/protocol/limits.js';
import { cut } from '../support/cuts.js';
import { expectEvents, gate, open, type Rig, type RigOptions, settled } from '../support/engine.js';
import { readFrames } from '../support/wire.js';

/** What a server agrees on with a client that offers the extension without parameters. */
function agreed(extension: Extension): ExtensionAgreement {
  const agreement = negotiateExtensions([{ name: extension.name, parameters: [] }], [extension]);
  if (agreement === null) throw new Error('Declined');
  return agreement;
}

function deflating(options: DeflateOptions = {}): ExtensionAgreement {
  return agreed(perMessageDeflate({ threshold: 0, ...options }));
}

function server(options: RigOptions = {}): Rig {
  return open('server', { extensions: deflating(), ...options });
}

/** What a compressor that shares nothing makes of a message, by zlib alone. */
function deflated(data: string | Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** What was written: `text! hello` for a compressed one. */
function written(rig: Rig): string[] {
  return readFrames(rig.transport.wire).map(({ opcode, rsv, payload }) => {
    const data = rsv === 4 ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }) : payload;
    const name = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }[opcode];
    const text =
      opcode === 8 ? String(data.readUInt16BE(0)) : data.length > 100 ? `${data.length} bytes` : String(data);
    return `${name}${rsv === 4 ? '!' : ''} ${text}`;
  });
}

/** Until it is so: for work on other threads, of which nobody knows how long it takes. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Watches the calls of zlib on other threads; `allDone` settles when every one that began has come back. */
function watchZlib(): { readonly begun: number; allDone(): Promise<void> } {
  const running = new Set<number>();
  let begun = 0;
  const hook = createHook({
    init: (id, type) => {
      if (type === 'ZLIB') {
        begun += 1;
        running.add(id);
      }
    },
    after: (id) => void running.delete(id),
  }).enable();
  return {
    get begun() {
      return begun;
    },
    async allDone() {
      await until(() => running.size === 0);
      hook.disable();
      await settled();
    },
  };
}

/** Large enough to be compressed off the event loop, and nothing to gain by it. */
const LARGE = 'large '.repeat(20_000);
const HELLO = Buffer.from('f248cdc9c90700', 'hex');

describe('A connection with extensions', () => {
  describe('and the reserved bits (RFC 6455 §5.2)', () => {
    const violations: [what: string, extensions: ExtensionAgreement | null, bytes: (rig: Rig) => Buffer[]][] = [
      ['RSV1 without an extension', null, ({ peer }) => [peer.text(HELLO, { rsv: 4 })]],
      [
        'RSV1 on a continuation (RFC 7692 §6.1)',
        deflating(),
        ({ peer }) => [peer.text(HELLO, { rsv: 4, fin: false }), peer.continuation('', { rsv: 4 })],
      ],
      ['RSV1 on a ping', deflating(), ({ peer }) => [peer.frame(9, '', { rsv: 4 })]],
      [
        'RSV1 on a ping, with per-frame compression',
        agreed(deflateFrame()),
        ({ peer }) => [peer.frame(9, '', { rsv: 4 })],
      ],
      ['RSV1 on a Close', deflating(), ({ peer }) => [peer.frame(8, '', { rsv: 4 })]],
      ['RSV2 beside RSV1', deflating(), ({ peer }) => [peer.text(HELLO, { rsv: 6 })]],
      ['RSV3', deflating(), ({ peer }) => [peer.text(HELLO, { rsv: 1 })]],
    ];
    for (const [what, extensions, bytes] of violations) {
      it(`fails with 1002 for ${what}`, async () => {
        const rig = server({ extensions });
        rig.transport.deliver(...bytes(rig));
        await settled();
        expectEvents(rig, 'connect', 'error MOORAGE_RESERVED_BITS', 'close 1002 Protocol error');
        expect(written(rig)).to.deep.equal(['close 1002']);
      });
    }

    it('takes RSV1 on continuations with per-frame compression', async () => {
      const rig = server({ extensions: agreed(deflateFrame()), whole: true });
      rig.transport.deliver(rig.peer.text(HELLO, { rsv: 4, fin: false }), rig.peer.continuation(HELLO, { rsv: 4 }));
      await settled();
      expectEvents(rig, 'connect', 'text+ Hello', 'continuation Hello');
    });
  });

  describe('receiving', () => {
    it('delivers messages decoded, in order, and answers pings between their fragments', async () => {
      const rig = server();
      const { peer } = rig;
      rig.transport.deliver(
        peer.text(HELLO.subarray(0, 3), { rsv: 4, fin: false }),
        peer.ping('now'),
        peer.continuation(HELLO.subarray(3)),
        peer.text('plain'),
      );
      await settled();
      expectEvents(rig, 'connect', 'text Hello', 'text plain');
      expect(written(rig)).to.deep.equal(['pong now']);
    });

    it('gives the same result however TCP cuts the stream', async () => {
      const messages = fc.array(
        fc.record({ text: fc.string({ maxLength: 300 }), compress: fc.boolean(), at: fc.nat(300) }),
        { minLength: 1, maxLength: 5 },
      );
      await fc.assert(
        fc.asyncProperty(
          messages,
          fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
          async (sent, sizes) => {
            const rig = server();
            const bytes = Buffer.concat(
              sent.flatMap(({ text, compress, at }) => {
                const payload = compress ? deflated(text) : Buffer.from(text);
                const rsv = compress ? 4 : 0;
                return [
                  rig.peer.text(payload.subarray(0, at), { fin: false, rsv }),
                  rig.peer.continuation(payload.subarray(at)),
                ];
              }),
            );
            rig.transport.deliver(...cut(bytes, sizes));
            await settled();
            const plain = rig.events.filter((event) => !event.startsWith('connect'));
            const seen = plain.map((event) => event.replace(/^\S+ ?/, '')).join('');
            // The recorder trims its lines' ends.
            expect(seen.replaceAll(/\s/g, '')).to.equal(
              sent
                .map(({ text }) => text)
                .join('')
                .replaceAll(/\s/g, ''),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    it('closes with 1007 for what can’t be inflated', async () => {
      const rig = server();
      rig.transport.deliver(rig.peer.text('no deflate', { rsv: 4 }));
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_INVALID_COMPRESSED_DATA', 'close 1007 Invalid payload data');
      expect(written(rig)).to.deep.equal(['close 1007']);
    });

    it('closes with 1009 for a bomb, and takes the limit that the session has now', async () => {
      const rig = server();
      rig.connection.limits = { ...rig.connection.limits, maxTextMessageSize: 999 };
      rig.transport.deliver(rig.peer.text(deflated('a'.repeat(999)), { rsv: 4 }));
      rig.transport.deliver(rig.peer.text(deflated('a'.repeat(1000)), { rsv: 4 }));
      await settled();
      expect(rig.events.slice(2)).to.deep.equal(['error MOORAGE_MESSAGE_TOO_LARGE', 'close 1009 Message too large']);
    });

    it('knows from the header what can’t come to less than the limit', async () => {
      const rig = server({ settings: { limits: { ...server().connection.limits, maxTextMessageSize: 1000 } } });
      const frame = rig.peer.text(randomBytes(3000), { rsv: 4 });
      rig.transport.deliver(frame.subarray(0, 8));
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_MESSAGE_TOO_LARGE', 'close 1009 Message too large');
    });

    it('keeps the order of a large message and those after it, and answers pings meanwhile', async () => {
      const rig = server({ behaviour: { data: () => {} } });
      const noise = randomBytes(80_000).toString('hex');
      rig.transport.deliver(rig.peer.text(deflated(noise), { rsv: 4 }), rig.peer.text('after'), rig.peer.ping('alive'));
      expect(rig.events).to.deep.equal(['connect']);
      await until(() => rig.events.length === 3);
      expect(rig.events[1]).to.equal(`text ${noise}`);
      expect(rig.events[2]).to.equal('text after');
      expect(written(rig)).to.deep.equal(['pong alive']);
    });

    describe('for a handler that takes messages as they come', () => {
      it('hands on each fragment when it is there, the next when the last was taken, and answers pings meanwhile', async () => {
        const first = gate();
        const data = () => (rig.events.length === 2 ? first.promise : undefined);
        const rig = server({ whole: false, behaviour: { data } });
        // "He" and "llo", with a flush between.
        rig.transport.deliver(rig.peer.text(Buffer.from('f24805000000ffff', 'hex'), { rsv: 4, fin: false }));
        await until(() => rig.events.length === 2);
        rig.transport.deliver(rig.peer.continuation(Buffer.from('cac9c90700', 'hex')), rig.peer.ping('alive'));
        await settled();
        expect(rig.events.length).to.equal(2);
        expect(written(rig)).to.deep.equal(['pong alive']);
        first.open();
        await until(() => rig.events.length === 3);
        expectEvents(rig, 'connect', 'text He', 'text llo');
      });

      it('holds the socket back while a piece is being worked on, however much a byte stands for', async () => {
        const first = gate();
        const data = () => (rig.events.length === 2 ? first.promise : undefined);
        const limits = { ...DEFAULT_LIMITS, maxBinaryMessageSize: Infinity };
        const rig = server({ whole: false, behaviour: { data }, settings: { limits } });
        rig.transport.deliver(rig.peer.binary(deflated(Buffer.alloc(1_000_000)), { rsv: 4, fin: false }));
        await until(() => rig.events.length === 2);
        for (let fragment = 0; fragment < 40; fragment++) {
          rig.transport.deliver(rig.peer.continuation(deflated(randomBytes(60_000)), { fin: false }));
        }
        await settled();
        expect(rig.events.length).to.equal(2);
        expect(rig.transport.isPaused()).to.equal(true);
        rig.connection.disconnect();
        first.open();
        await until(() => rig.events.at(-1) === 'close 1006');
      });

      it('dies in the middle of a message without a word after close', async () => {
        const rig = server({ whole: false });
        rig.transport.deliver(rig.peer.text(deflated(randomBytes(20_000).toString('hex')), { rsv: 4, fin: false }));
        await until(() => rig.events.length > 1);
        rig.connection.disconnect();
        await until(() => rig.events.at(-1) === 'close 1006');
        await settled();
        expect(rig.events.at(-1)).to.equal('close 1006');
        expect(rig.handler.violations).to.deep.equal([]);
      });
    });
  });

  describe('sending', () => {
    it('compresses from the threshold on, unless asked not to', async () => {
      const rig = server({ extensions: deflating({ threshold: 20 }) });
      const { connection } = rig;
      connection.sendText('below');
      connection.sendText('above '.repeat(10));
      connection.sendText('secret '.repeat(10), false);
      connection.sendBinary(Buffer.alloc(50), false);
      connection.sendBinary(Buffer.alloc(99, 'b'));
      await settled();
      expect(written(rig).map((line) => line.slice(0, 9))).to.deep.equal([
        'text belo',
        'text! abo',
        'text secr',
        'binary \0\0',
        'binary! b',
      ]);
    });

    it('compresses partial messages as one', async () => {
      const rig = server();
      rig.connection.sendPartialText('one and two and ', false);
      rig.connection.sendPartialText('one and two', true);
      await settled();
      const frames = readFrames(rig.transport.wire);
      expect(frames.map(({ opcode, fin, rsv }) => [opcode, fin, rsv])).to.deep.equal([
        [1, false, 4],
        [0, true, 0],
      ]);
      const whole = Buffer.concat(frames.map(({ payload }) => payload));
      expect(String(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }))).to.equal(
        'one and two and one and two',
      );
    });

    it('keeps messages in order behind one that takes its time; pings pass, the Close does not', async () => {
      const rig = server({ extensions: deflating({ threshold: 4 }) });
      const { connection } = rig;
      connection.sendText('before');
      const large = connection.sendText(LARGE);
      const small = connection.sendText('after');
      expect(large).to.be.instanceOf(Promise);
      expect(small).to.be.instanceOf(Promise);
      expect(connection.queuedBytes).to.be.above(LARGE.length);
      connection.sendPartialBinary(Buffer.from('par'), false);
      connection.sendPartialBinary(Buffer.from('tial'), true);
      connection.sendPrepared(PreparedMessage.text('prepared '.repeat(3)));
      connection.sendPing(Buffer.from('ping'));
      connection.close(1000, '');
      await Promise.all([large, small]);
      await settled();
      expect(written(rig)[1]).to.equal('ping ping');
      expect(
        written(rig)
          .filter((line) => !line.startsWith('ping'))
          .map((line) => line.replace('!', '')),
      ).to.deep.equal([
        'text before',
        `text ${LARGE.length} bytes`,
        'text after',
        'binary par',
        'continuation tial',
        'text prepared prepared prepared ',
        'close 1000',
      ]);
      expect(connection.queuedBytes).to.equal(0);
    });

    it('sends what a waiting message held when it was given', async () => {
      const rig = server();
      const large = rig.connection.sendText(LARGE);
      const bytes = Buffer.from('then');
      rig.connection.sendBinary(bytes);
      bytes.fill('x');
      await large;
      await settled();
      expect(written(rig)[1]).to.equal('binary then');
    });

    it('counts what waits as queued, and gives up a peer that lets too much wait', async () => {
      const rig = server({ settings: { maxQueuedBytes: 300_000 } });
      const sends = Array.from({ length: 5 }, () => rig.connection.sendText(LARGE));
      const outcomes = await Promise.allSettled(sends as Promise<void>[]);
      expect(outcomes.map(({ status }) => status)).to.include('rejected');
      await settled();
      expect(rig.events).to.deep.equal(['connect', 'error MOORAGE_SLOW_CONSUMER', 'close 1008 Policy violation']);
    });

    it('rejects what was not sent when the connection dies, and leaves nothing running', async () => {
      const zlib = watchZlib();
      const rig = server();
      const sends = [rig.connection.sendText(LARGE), rig.connection.sendText('after')] as Promise<void>[];
      rig.connection.disconnect();
      const outcomes = await Promise.allSettled(sends);
      expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).to.deep.equal([
        'MOORAGE_SESSION_CLOSED',
        'MOORAGE_SESSION_CLOSED',
      ]);
      await zlib.allDone();
      expect(zlib.begun).to.equal(1);
      expectEvents(rig, 'connect', 'close 1006');
      expect(written(rig)).to.deep.equal([]);
    });

    it('dies in the middle of inflating without a word after close', async () => {
      const payload = deflated(randomBytes(80_000).toString('hex'));
      const zlib = watchZlib();
      const rig = server();
      rig.transport.deliver(rig.peer.text(payload, { rsv: 4 }));
      await until(() => zlib.begun > 0);
      rig.connection.disconnect();
      await zlib.allDone();
      await until(() => rig.events.length > 1);
      expect(rig.events.at(-1)).to.equal('close 1006');
      expect(rig.handler.violations).to.deep.equal([]);
    });

    it('lets the Close of a failing connection pass data that is still being compressed', async () => {
      const rig = server();
      const large = rig.connection.sendText(LARGE) as Promise<void>;
      rig.transport.deliver(rig.peer.frame(3));
      await settled();
      expect(written(rig).at(-1)).to.equal('close 1002');
      const [outcome] = await Promise.allSettled([large]);
      expect(outcome?.status).to.equal('rejected');
    });
  });

  describe('and prepared messages', () => {
    /** Counts what goes through it. */
    function counting(shareKey: string | undefined): { readonly extension: Extension; count(): number } {
      let count = 0;
      const agreement = {
        parameters: [],
        ...(shareKey === undefined ? {} : { shareKey }),
        create: () => ({
          send: (frame: never, next: (frame: never) => void) => {
            count += 1;
            return next(frame);
          },
          receive: (frame: never, next: (frame: never) => void) => next(frame),
        }),
      };
      const extension = { name: 'counting', accept: () => agreement, offers: () => [[]], confirm: () => agreement };
      return { extension: extension as unknown as Extension, count: () => count };
    }

    it('compresses them once for all that have the same parameters', async () => {
      const { extension, count } = counting('same');
      const message = PreparedMessage.text('news '.repeat(20));
      const rigs = [1, 2, 3].map(() => server({ extensions: agreed(extension) }));
      for (const { connection } of rigs) connection.sendPrepared(message);
      await settled();
      expect(count()).to.equal(1);
      for (const rig of rigs)
        expect(written(rig)).to.deep.equal(['text 100 bytes'.replace('100 bytes', 'news '.repeat(20))]);
    });

    it('encodes them for each connection where what is sent depends on what was', async () => {
      const { extension, count } = counting(undefined);
      const message = PreparedMessage.text('news');
      for (const rig of [1, 2, 3].map(() => server({ extensions: agreed(extension) })))
        rig.connection.sendPrepared(message);
      expect(count()).to.equal(3);
    });

    it('keeps apart those with different parameters, and those that are not to be compressed', async () => {
      const message = PreparedMessage.text('news '.repeat(20));
      const plain = PreparedMessage.text('news '.repeat(20), { compress: false });
      const rigs = [deflating(), deflating({ threshold: 200 }), deflating({ contextTakeover: true }), null].map(
        (extensions) => server({ extensions }),
      );
      for (const { connection } of rigs) {
        connection.sendPrepared(message);
        connection.sendPrepared(plain);
      }
      await settled();
      const news = 'news '.repeat(20).trimEnd();
      expect(rigs.map((rig) => written(rig).map((line) => line.trimEnd()))).to.deep.equal([
        [`text! ${news}`, `text ${news}`],
        [`text ${news}`, `text ${news}`],
        [`text! ${news}`, `text ${news}`],
        [`text ${news}`, `text ${news}`],
      ]);
    });

    it('shares one compression of a large one, also with a connection that dies first', async () => {
      const message = PreparedMessage.text(LARGE);
      const rigs = [1, 2, 3].map(() => server());
      const sends = rigs.map(({ connection }) => connection.sendPrepared(message) as Promise<void>);
      rigs[0]?.connection.disconnect();
      await Promise.allSettled(sends);
      await settled();
      expect(rigs.slice(1).map(written)).to.deep.equal([
        [`text! ${LARGE.length} bytes`],
        [`text! ${LARGE.length} bytes`],
      ]);
    });

    it('masks them for each connection of a client', async () => {
      const rig = open('client', { extensions: deflating() });
      rig.connection.sendPrepared(PreparedMessage.text('news '.repeat(20)));
      await settled();
      expect(readFrames(rig.transport.wire).map(({ masked, rsv }) => [masked, rsv])).to.deep.equal([[true, 4]]);
    });
  });

  describe('of one’s own', () => {
    function own(instance: object): ExtensionAgreement {
      const agreement = { parameters: [], create: () => instance } as unknown as ReturnType<Extension['confirm']>;
      return agreed({ name: 'x-own', accept: () => agreement, offers: () => [[]], confirm: () => agreement });
    }

    it('closes it once, before the close handler', async () => {
      const closed: string[] = [];
      const rig = server({
        extensions: own({ close: () => closed.push('extension') }),
        behaviour: { close: () => void closed.push('handler') },
      });
      rig.connection.disconnect();
      await settled();
      expect(closed).to.deep.equal(['extension', 'handler']);
    });

    it('ends the connection when it throws while receiving, and only the send when it throws while sending', async () => {
      const failing = own({
        receive: () => {
          throw new Error('Mine');
        },
        send: () => {
          throw new Error('Mine too');
        },
      });
      const rig = server({ extensions: failing });
      expect(() => rig.connection.sendText('x')).to.throw('Mine too');
      rig.transport.deliver(rig.peer.text('y'));
      await settled();
      expect(rig.events.at(-1)).to.equal('close 1011 Internal error');
    });

    it('goes on after a send that it rejected late', async () => {
      const first = gate();
      let sends = 0;
      const rig = server({
        extensions: own({
          send: (frame: unknown, next: (frame: unknown) => void) => (sends++ === 0 ? first.promise : next(frame)),
        }),
      });
      const outcomes = Promise.allSettled([
        rig.connection.sendText('one'),
        rig.connection.sendText('two'),
      ] as Promise<void>[]);
      first.fail(new Error('No'));
      expect((await outcomes).map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
      await settled();
      expect(written(rig)).to.deep.equal(['text two']);
    });
  });
});
