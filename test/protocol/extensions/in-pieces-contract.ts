import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Extension } from '#moorage/protocol/extensions/extension.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import type { MessageLimits } from '#moorage/protocol/limits.js';
import { agreedOn, bothSides, compressed, continued, RecordedStack } from './stack.js';

type Taking = (frame: IncomingFrame) => void | Promise<void>;

const KIB = 1024;
const FINAL = 'f3 48 cd c9 c9 07 00'; // "Hello" as a final block

async function failure(work: Promise<unknown>): Promise<{ code?: string; closeCode?: number; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}

function shapes(frames: readonly IncomingFrame[]): string[] {
  return frames.map(
    ({ opcode, rsv, startsMessage, endsMessage, length }) =>
      `${opcode} ${rsv} ${startsMessage ? 'starts ' : ''}${endsMessage ? 'ends ' : ''}${length}`,
  );
}

/** What holds of compressed messages that the application takes as they come. */
export function itHandsOnPieces(
  create: (options: { contextTakeover?: boolean; windowBits?: number }) => Extension,
): void {
  function receiver(taking: Taking, limits: Partial<MessageLimits> = {}, options = {}): RecordedStack {
    const extension = create(options);
    const agreed =
      agreedOn(`${extension.name}; client_max_window_bits`, extension) ?? agreedOn(extension.name, extension);
    if (agreed === null) throw new Error('Declined');
    return new RecordedStack(agreed, limits, taking);
  }

  const ignore = (): void => undefined;
  const bomb = (bytes: number) => ({
    ...compressed('', { opcode: 2 }),
    payload: deflateRawSync(Buffer.alloc(bytes), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
  });

  for (const [what, frames, text] of [
    ['a whole message', ['f2 48 cd c9 c9 07 00'], 'Hello'],
    ['fragments', ['f2 48 cd', 'c9 c9 07 00'], 'Hello'],
    ['a final block', [FINAL], 'Hello'],
    ['a final block and the byte that should follow', [`${FINAL} 00`], 'Hello'],
    ['blocks after a final one, which refer to it', [`${FINAL} f2 00 11 00 00`], 'HelloHello'],
    ['final blocks in fragments', [FINAL, '', 'f3 00 11 00', '00'], 'HelloHello'],
    ['two blocks', ['f2 48 05 00 00 00 ff ff', 'ca c9 c9 07 00'], 'Hello'],
    ['empty fragments', ['f2 48 cd', '', 'c9 c9 07 00', ''], 'Hello'],
    ['an empty message', ['00'], ''],
    ['nothing at all', [''], ''],
    ['nothing at all, in fragments', ['', '', ''], ''],
  ] as const) {
    it(`inflates ${what}, wherever it is cut`, async () => {
      for (const piece of [1, 2, 3, Infinity]) {
        const stack = receiver(ignore);
        const fin = (at: number) => at === frames.length - 1;
        const parts = frames.map((hex, at) => (at === 0 ? compressed(hex, { fin: fin(at) }) : continued(hex, fin(at))));
        expect(await stack.receive(parts, piece), `pieces of ${piece}`).to.equal(text);
        const [first, ...others] = stack.decoded;
        expect(first?.startsMessage && others.every((frame) => !frame.startsMessage)).to.equal(true);
        expect(stack.decoded.map((frame) => frame.endsMessage).indexOf(true)).to.equal(stack.decoded.length - 1);
      }
    });
  }

  for (const [what, hex] of [
    ['a reserved block type', '07 00'],
    ['a stored block whose lengths disagree', '00 05 00 fa fe 48 65 6c 6c 6f 00'],
    ['a reference before the beginning', 'f2 00 11 00 00'],
    ['data that end inside a block', 'f2 48 cd c9'],
    ['a flush that was not taken away', 'f2 48 cd c9 c9 07 00 00 00 ff ff'],
    ['noise', 'de ad be ef 12 34 56 78'],
    ['noise behind a final block', `${FINAL} de ad be ef 12 34 56 78 9a bc`],
  ] as const) {
    it(`fails with 1007 for ${what}, wherever it is cut`, async () => {
      for (const piece of [1, 3, Infinity]) {
        const error = await failure(receiver(ignore).receive([compressed(hex)], piece));
        expect([error.code, error.closeCode]).to.deep.equal(['MOORAGE_INVALID_COMPRESSED_DATA', 1007]);
      }
    });
  }

  it('bounds the number of final blocks, each of which costs an inflater', async () => {
    const error = await failure(receiver(ignore).receive([compressed(`${'03 00 '.repeat(1000)}00`)], 500));
    expect(error.message).to.equal('Compressed data with more than 64 final blocks.');
  });

  it('hands on what a fragment holds before the next one comes', async () => {
    const stack = receiver(ignore);
    await stack.receive([compressed('f2 48 05 00 00 00 ff ff', { fin: false })]);
    expect(shapes(stack.decoded)).to.deep.equal(['1 0 starts 2']);
    await stack.receive([continued('ca c9 c9 07 00')]);
    expect(Buffer.concat(stack.decoded.map(({ payload }) => payload)).toString()).to.equal('Hello');
  });

  it('gives 64 KiB at a time however much a byte stands for, and the next when they were taken', async () => {
    let running = 0;
    let most = 0;
    const lengths: number[] = [];
    const taking = async ({ length }: IncomingFrame) => {
      lengths.push(length);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const frame = bomb(4 * KIB * KIB);
    expect(frame.payload.length).to.be.below(8 * KIB);
    await receiver(taking, { maxBinaryMessageSize: Infinity }).receive([frame]);
    expect([most, Math.max(...lengths)]).to.deep.equal([1, 64 * KIB]);
    expect(lengths.reduce((sum, length) => sum + length, 0)).to.equal(4 * KIB * KIB);
  });

  it('counts what it inflates to, to the byte, and stops there', async () => {
    const size = 300_000;
    const taken = async (limit: number) => {
      let bytes = 0;
      const take = (frame: IncomingFrame) => {
        bytes += frame.length;
      };
      const stack = receiver(take, { maxBinaryMessageSize: limit });
      const outcome = await stack.receive([bomb(size)], 100).then(
        () => 'whole',
        ({ closeCode }) => closeCode,
      );
      return { bytes, outcome };
    };
    expect(await taken(size)).to.deep.equal({ bytes: size, outcome: 'whole' });
    const stopped = await taken(size - 1);
    expect(stopped.outcome).to.equal(1009);
    expect(stopped.bytes).to.be.below(size);
    expect(await taken(100)).to.deep.equal({ bytes: 0, outcome: 1009 });
  });

  it('lets the next message refer to one that was handed on in pieces, where that was agreed on', async () => {
    const stack = receiver(ignore, {}, { contextTakeover: true });
    const hello = compressed('f2 48 cd c9 c9 07 00');
    expect(await stack.receive([hello], 2)).to.equal('Hello');
    expect(await stack.receive([compressed('f2 00 11 00 00')], 2)).to.equal('Hello');
    expect(await stack.receive([compressed('f2 00 11 00 00')])).to.equal('Hello');
    const forgetful = receiver(ignore);
    await forgetful.receive([hello], 2);
    expect((await failure(forgetful.receive([compressed('f2 00 11 00 00')], 2))).closeCode).to.equal(1007);
  });

  it('keeps nothing of the bytes that it has handed on: they are the application’s to change', async () => {
    const texts: string[] = [];
    const taking = (frame: IncomingFrame): void => {
      texts.push(frame.payload.toString());
      frame.payload.fill(0);
    };
    const stack = receiver(taking, {}, { contextTakeover: true });
    await stack.receive([compressed('f2 48 cd c9 c9 07 00')], 2);
    await stack.receive([compressed('f2 00 11 00 00')], 2);
    expect(texts.join('')).to.equal('HelloHello');
  });

  it('goes on after a connection ended in the middle of a message, and with it whatever zlib held', async () => {
    const stack = receiver(ignore);
    await stack.receive([compressed('f2 48 05 00 00 00 ff ff', { fin: false })]);
    stack.stack.close();
    stack.stack.close();
    expect(await receiver(ignore).receive([compressed('f2 48 cd c9 c9 07 00')], 2)).to.equal('Hello');
  });

  it('comes to the same as inflating whole, whatever is sent and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.nat(200_000).map((length) => 'moorage '.repeat(length / 8)),
          ),
          { maxLength: 4 },
        ),
        fc.boolean(),
        fc.integer({ min: 9, max: 15 }),
        fc.integer({ min: 40, max: 3000 }),
        async (texts, contextTakeover, windowBits, piece) => {
          const extension = create({ contextTakeover, windowBits });
          const agreed = bothSides([extension], [extension]);
          const left = new RecordedStack(agreed.client);
          const right = new RecordedStack(agreed.server, {}, ignore);
          for (const text of texts) {
            expect(await right.receive(await left.send(text), piece)).to.equal(text);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
}
