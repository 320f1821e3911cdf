import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
  inflateRawSync,
} from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Codecs } from '#moorage/protocol/extensions/codecs.js';
import type { DeflateOptions } from '#moorage/protocol/extensions/deflate-options.js';
import { perMessageDeflateBy } from '#moorage/protocol/extensions/permessage-deflate.js';
import { agreedOn, bothSides, compressed, continued, RecordedStack } from './stack.js';

const PMD = 'permessage-deflate';

async function failure(work: () => Promise<unknown>): Promise<{ code?: string; closeCode?: number; message: string }> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}

/** JSON of about so many bytes, as compressible as JSON is. */
function json(bytes: number): string {
  const rows = Array.from({ length: Math.ceil(bytes / 40) }, (_, id) => ({
    id,
    name: `user${(id * 31) % 97}`,
    ok: id % 3 === 0,
  }));
  return JSON.stringify(rows).slice(0, bytes);
}

/** What permessage-deflate does, whatever does the work for it. */
export function itIsPerMessageDeflate(codecs: Codecs): void {
  const perMessageDeflate = (options: DeflateOptions) => perMessageDeflateBy(codecs, options);

  function server(options: DeflateOptions = {}, offer = `${PMD}; client_max_window_bits`): RecordedStack {
    const agreed = agreedOn(offer, perMessageDeflate({ threshold: 0, ...options }));
    if (agreed === null) throw new Error('Declined');
    return new RecordedStack(agreed);
  }

  describe('Receiving with permessage-deflate', () => {
    describe('inflates the examples of RFC 7692', () => {
      it('§7.2.3.1: one block', async () => {
        expect(await server().receive([compressed('f2 48 cd c9 c9 07 00')])).to.equal('Hello');
      });

      it('§7.2.3.1: in two fragments', async () => {
        const frames = [compressed('f2 48 cd', { fin: false }), continued('c9 c9 07 00')];
        expect(await server().receive(frames)).to.equal('Hello');
      });

      it('§7.2.3.2: with the window of the message before', async () => {
        const stack = server({ contextTakeover: true });
        expect(await stack.receive([compressed('f2 48 cd c9 c9 07 00')])).to.equal('Hello');
        expect(await stack.receive([compressed('f2 00 11 00 00')])).to.equal('Hello');
      });

      it('§7.2.3.3: a block without compression', async () => {
        expect(await server().receive([compressed('00 05 00 fa ff 48 65 6c 6c 6f 00')])).to.equal('Hello');
      });

      it('§7.2.3.4: a final block', async () => {
        expect(await server().receive([compressed('f3 48 cd c9 c9 07 00 00')])).to.equal('Hello');
      });

      it('§7.2.3.5: two blocks', async () => {
        expect(await server().receive([compressed('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')])).to.equal('Hello');
      });

      it('§7.2.3.6: an empty fragment, and an empty message', async () => {
        const stack = server();
        expect(await stack.receive([compressed('f2 48 cd c9 c9 07 00', { fin: false }), continued('')])).to.equal(
          'Hello',
        );
        expect(await stack.receive([compressed('00')])).to.equal('');
        expect(stack.decoded).to.have.length(2);
      });
    });

    it('takes a final block without the byte that should follow, and an empty payload', async () => {
      expect(await server().receive([compressed('f3 48 cd c9 c9 07 00')])).to.equal('Hello');
      expect(await server().receive([compressed('')])).to.equal('');
    });

    it('goes on after a final block, with its window', async () => {
      // "Hello" in a final block; then a fixed block that copies 5 bytes from 5 back.
      expect(await server().receive([compressed('f3 48 cd c9 c9 07 00 f2 00 11 00 00')])).to.equal('HelloHello');
    });

    it('makes one frame of a message, without RSV1', async () => {
      const stack = server();
      await stack.receive([compressed('f2 48 cd', { fin: false, opcode: 2 }), continued('c9 c9 07 00')]);
      const [frame] = stack.decoded;
      expect(stack.decoded).to.have.length(1);
      expect([frame?.opcode, frame?.fin, frame?.rsv, frame?.startsMessage, frame?.endsMessage]).to.deep.equal([
        2,
        true,
        0,
        true,
        true,
      ]);
    });

    it('leaves messages alone that are not compressed, between those that are', async () => {
      const stack = server({ contextTakeover: true });
      const hello = compressed('f2 48 cd c9 c9 07 00');
      const plain = { opcode: 1 as const, fin: true, rsv: 0, payload: Buffer.from('plain') };
      expect(await stack.receive([hello, plain, compressed('f2 00 11 00 00')])).to.equal('HelloplainHello');
    });

    for (const [what, hex] of [
      ['a reserved block type', '07 00'],
      ['a stored block whose lengths disagree', '00 05 00 fa fe 48 65 6c 6c 6f 00'],
      ['a reference before the beginning', 'f2 00 11 00 00'],
      ['data that end inside a block', 'f2 48 cd c9'],
      ['a flush that was not taken away', 'f2 48 cd c9 c9 07 00 00 00 ff ff'],
      ['noise', 'de ad be ef 12 34 56 78'],
    ] as const) {
      it(`fails with 1007 for ${what}`, async () => {
        const error = await failure(() => server().receive([compressed(hex)]));
        expect([error.code, error.closeCode]).to.deep.equal(['MOORAGE_INVALID_COMPRESSED_DATA', 1007]);
        expect(error.message).to.match(/^Compressed data that can't be inflated: .+ \(RFC 7692 §7\.2\.2\)\.$/);
      });
    }

    it('bounds the number of final blocks, each of which costs a call', async () => {
      const error = await failure(() => server().receive([compressed(`${'03 00 '.repeat(1000)}00`)]));
      expect(error.message).to.equal('Compressed data with more than 64 final blocks.');
    });

    it('refers to nothing before the message where no context was agreed on', async () => {
      const stack = server();
      await stack.receive([compressed('f2 48 cd c9 c9 07 00')]);
      expect((await failure(() => stack.receive([compressed('f2 00 11 00 00')]))).closeCode).to.equal(1007);
    });
  });

  describe('The limit on a compressed message', () => {
    const agreed = agreedOn(PMD, perMessageDeflate({ threshold: 0 }));
    const zeros = async (length: number) => await server({}, PMD).send(Buffer.alloc(length));
    const limited = (bytes: number) =>
      new RecordedStack(agreed as NonNullable<typeof agreed>, { maxTextMessageSize: bytes });

    it('counts what it inflates to, to the byte', async () => {
      const frames = await zeros(1000);
      expect(await limited(1000).receive(frames)).to.have.length(1000);
      const error = await failure(() => limited(999).receive(frames));
      expect([error.code, error.closeCode]).to.deep.equal(['MOORAGE_MESSAGE_TOO_LARGE', 1009]);
      expect(error.message).to.match(/^Compressed message that inflates to more than the 999 bytes/);
    });

    it('counts all blocks of a message', async () => {
      const two = compressed('f3 48 cd c9 c9 07 00 f2 00 11 00 00');
      expect(await limited(10).receive([two])).to.equal('HelloHello');
      expect((await failure(() => limited(9).receive([two]))).closeCode).to.equal(1009);
      expect((await failure(() => limited(5).receive([two]))).closeCode).to.equal(1009);
    });

    it('stops a bomb where it is', async () => {
      const frames = await zeros(100 * 1024 * 1024);
      expect(frames[0]?.payload.length).to.be.below(500 * 1024);
      const before = process.memoryUsage().rss;
      expect((await failure(() => limited(1024 * 1024).receive(frames))).closeCode).to.equal(1009);
      expect(process.memoryUsage().rss - before).to.be.below(32 * 1024 * 1024);
    });

    it('lets a small message that inflates to much through, where the limit does', async () => {
      expect(await limited(Infinity).receive(await zeros(3_000_000))).to.have.length(3_000_000);
    });
  });

  describe('Sending with permessage-deflate', () => {
    it('marks the first frame with RSV1 and takes the flush away', async () => {
      const [frame] = await server({ level: 9 }).send('HelloHelloHelloHello');
      expect([frame?.rsv, frame?.fin, frame?.opcode]).to.deep.equal([4, true, 1]);
      const payload = Buffer.from(frame?.payload ?? []);
      // A fixed block that begins as that of §7.2.3.1 does, and three bits of the empty block: the rest is understood.
      expect(payload.toString('hex'))
        .to.match(/^f248cdc9c9.*00$/)
        .and.not.match(/0000ffff$/);
      expect(inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).toString()).to.equal(
        'HelloHelloHelloHello',
      );
    });

    it('compresses from the threshold on', async () => {
      const stack = server({ threshold: 100 });
      expect((await stack.send('a'.repeat(99)))[0]?.rsv).to.equal(0);
      expect((await stack.send('a'.repeat(100)))[0]?.rsv).to.equal(4);
      // In bytes, not in characters.
      expect((await stack.send('é'.repeat(50)))[0]?.rsv).to.equal(4);
    });

    it('leaves a message alone that asks for it, that is empty, or that would grow', async () => {
      const stack = server({ contextTakeover: true });
      expect((await stack.send('a'.repeat(200), { compress: false }))[0]).to.include({ rsv: 0 });
      expect((await stack.send(''))[0]?.rsv).to.equal(0);
      expect((await stack.send('x'))[0]?.rsv).to.equal(0);
    });

    it('keeps the flush between fragments, and refers from one to the other', async () => {
      const stack = server();
      const first = await stack.send(json(300), { fin: false });
      const second = await stack.send(json(300), { opcode: 0, fin: true });
      expect(first.map(({ rsv, fin, opcode }) => [rsv, fin, opcode])).to.deep.equal([[4, false, 1]]);
      expect(Buffer.from(first[0]?.payload ?? []).toString('hex')).to.match(/0000ffff$/);
      expect(second.map(({ rsv, fin, opcode }) => [rsv, fin, opcode])).to.deep.equal([[0, true, 0]]);
      expect(second[0]?.payload.length).to.be.below(20);
      expect(await server().receive([...first, ...second])).to.equal(json(300) + json(300));
    });

    it('decides for a fragmented message by its first frame', async () => {
      const stack = server({ threshold: 100 });
      const frames = [
        ...(await stack.send('short', { fin: false })),
        ...(await stack.send('a'.repeat(200), { opcode: 0, fin: true })),
      ];
      expect(frames.map(({ rsv, payload }) => [rsv, payload.length])).to.deep.equal([
        [0, 5],
        [0, 200],
      ]);
    });

    it('promises nothing for small messages and something for large ones', () => {
      const { stack } = server();
      const send = (length: number) => stack.send({ opcode: 2, fin: true, rsv: 0, payload: Buffer.alloc(length) });
      expect(send(1000)).to.equal(undefined);
      expect(send(64 * 1024 - 1)).to.equal(undefined);
      expect(send(64 * 1024)).to.be.instanceOf(Promise);
    });

    it('never compresses where the window is one that zlib lacks', async () => {
      const agreed = perMessageDeflate({ threshold: 0 }).confirm([
        { name: 'server_no_context_takeover', value: undefined },
        { name: 'client_max_window_bits', value: '8' },
      ]);
      const stack = new RecordedStack({
        text: '',
        rsv: { first: 4, continuation: 0 },
        extensions: [agreed],
        shareKey: null,
      });
      expect((await stack.send('a'.repeat(1000)))[0]?.rsv).to.equal(0);
    });
  });

  describe('Context takeover, against zlib used on its own', () => {
    const messages = Array.from({ length: 30 }, (_, index) => json(50 + ((index * 997) % 6000)));

    for (const windowBits of [9, 10, 12, 15]) {
      it(`is understood by a kept inflater of ${windowBits} bits`, async () => {
        const stack = server({ contextTakeover: true, windowBits });
        const inflater = createInflateRaw({ windowBits });
        for (const text of messages) {
          const [frame] = await stack.send(text);
          expect(await run(inflater, frame?.rsv === 4 ? frame.payload : undefined)).to.equal(
            frame?.rsv === 4 ? text : '',
          );
        }
        inflater.close();
      });

      it(`understands a kept compressor of ${windowBits} bits`, async () => {
        const stack = server({ contextTakeover: true, windowBits });
        const deflater = createDeflateRaw({ windowBits });
        for (const text of messages) {
          const payload = await flushed(deflater, text);
          expect(await stack.receive([{ opcode: 1, fin: true, rsv: 4, payload }])).to.equal(text);
        }
        deflater.close();
      });
    }

    it('makes repeated messages smaller', async () => {
      const sharing = server({ contextTakeover: true });
      const first = await sharing.send(json(1000));
      const second = await sharing.send(json(1000));
      expect(second[0]?.payload.length).to.be.below((first[0]?.payload.length ?? 0) / 4);
    });

    it('does not count messages that went uncompressed', async () => {
      const stack = server({ contextTakeover: true, windowBits: 15 });
      const frames = [
        ...(await stack.send(json(500))),
        ...(await stack.send(json(5000), { compress: false })),
        ...(await stack.send(json(500))),
      ];
      expect(await server({ contextTakeover: true, windowBits: 15 }).receive(frames)).to.equal(
        json(500) + json(5000) + json(500),
      );
    });

    async function run(inflater: InflateRaw, payload: Uint8Array | undefined): Promise<string> {
      if (payload === undefined) return '';
      const parts: Buffer[] = [];
      const take = (part: Buffer) => parts.push(part);
      inflater.on('data', take);
      await new Promise<void>((resolve) => {
        inflater.write(Buffer.concat([payload, Buffer.from([0, 0, 255, 255])]), () => inflater.flush(() => resolve()));
      });
      inflater.off('data', take);
      return Buffer.concat(parts).toString();
    }

    async function flushed(deflater: DeflateRaw, text: string): Promise<Buffer> {
      const parts: Buffer[] = [];
      const take = (part: Buffer) => parts.push(part);
      deflater.on('data', take);
      deflater.write(text);
      await new Promise<void>((resolve) => deflater.flush(constants.Z_SYNC_FLUSH, () => resolve()));
      deflater.off('data', take);
      return Buffer.concat(parts).subarray(0, -4);
    }
  });

  describe('Two ends with permessage-deflate', () => {
    const texts = fc.array(
      fc.oneof(fc.string(), fc.nat(9000).map(json), fc.string({ unit: 'binary', maxLength: 2000 })),
      {
        maxLength: 8,
      },
    );

    it('understand each other, whatever is sent, in whatever pieces it comes and with whatever options', async () => {
      await fc.assert(
        fc.asyncProperty(
          texts,
          fc.boolean(),
          fc.boolean(),
          fc.integer({ min: 9, max: 15 }),
          fc.integer({ min: 9, max: 15 }),
          fc.integer({ min: 1, max: 500 }),
          async (messages, ours, theirs, serverBits, clientBits, piece) => {
            const agreed = bothSides(
              [perMessageDeflate({ threshold: 0, contextTakeover: ours, windowBits: serverBits })],
              [perMessageDeflate({ threshold: 0, contextTakeover: theirs, windowBits: clientBits })],
            );
            const left = new RecordedStack(agreed.server);
            const right = new RecordedStack(agreed.client);
            for (const text of messages) {
              const whole = Buffer.from(text).toString();
              expect(await right.receive(await left.send(whole), piece)).to.equal(whole);
              expect(await left.receive(await right.send(whole), piece)).to.equal(whole);
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}
