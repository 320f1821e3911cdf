import { expect } from 'chai';
import fc from 'fast-check';
import type { DeflateOptions } from '#moorage/protocol/extensions/deflate-options.js';
import type { Extension } from '#moorage/protocol/extensions/extension.js';
import { confirmExtensions, offerExtensions } from '#moorage/protocol/extensions/negotiation.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { agreedOn, answerTo, bothSides, compressed, RecordedStack } from './stack.js';

/** What compression frame by frame does, whatever does the work for it. */
export function itIsDeflateFrame(NAME: string, extension: (options?: DeflateOptions) => Extension): void {
  describe(`The extension ${NAME} (per-frame compression, before RFC 7692)`, () => {
    describe('in a server answers', () => {
      for (const [offer, answer] of [
        ['', '; no_context_takeover'],
        ['; no_context_takeover', '; no_context_takeover'],
        ['; max_window_bits=9', '; no_context_takeover'],
      ] as const) {
        it(`"${NAME}${offer}" with "${NAME}${answer}": what it asks of the client`, () => {
          expect(answerTo(NAME + offer, extension())).to.equal(NAME + answer);
        });
      }

      it('with a window for the client to keep to, with context takeover', () => {
        expect(answerTo(NAME, extension({ contextTakeover: true }))).to.equal(`${NAME}; max_window_bits=12`);
        expect(answerTo(NAME, extension({ contextTakeover: true, windowBits: 15 }))).to.equal(NAME);
      });

      for (const parameters of [
        'max_window_bits',
        'max_window_bits=7',
        'max_window_bits=8',
        'max_window_bits=09',
        'max_window_bits=10; max_window_bits=10',
        'no_context_takeover=1',
        'no_context_takeover; no_context_takeover',
        'server_max_window_bits=10',
      ]) {
        it(`nothing to "${parameters}"`, () => {
          expect(answerTo(`${NAME}; ${parameters}`, extension())).to.equal('');
        });
      }
    });

    it('in a client offers what it asks of the server, and confirms what it is asked', () => {
      const sharing = extension({ contextTakeover: true });
      expect(offerExtensions([extension()])).to.equal(`${NAME}; no_context_takeover`);
      expect(offerExtensions([sharing])).to.equal(`${NAME}; max_window_bits=12`);
      expect(confirmExtensions(`${NAME}; max_window_bits=8`, [sharing])?.text).to.equal(`${NAME}; max_window_bits=8`);
      expect(() => confirmExtensions(`${NAME}; foo`, [sharing])).to.throw(
        `The server answered "${NAME}" with parameters that it doesn't have: it has max_window_bits (8–15) and no_context_takeover.`,
      );
    });

    it('inflates frame by frame, and only those with RSV1', async () => {
      const stack = new RecordedStack(agreedOn(NAME, extension({ contextTakeover: true })) as never);
      const frames = [
        compressed('f2 48 cd c9 c9 07 00', { fin: false }),
        { opcode: 0 as const, fin: false, rsv: 0, payload: Buffer.from(', ') },
        compressed('f2 00 11 00 00', { opcode: 0 }),
      ];
      expect(await stack.receive(frames, 2)).to.equal('Hello, Hello');
      expect(stack.decoded.map(({ rsv }) => rsv)).to.deep.equal([0, 0, 0]);
    });

    it('holds all frames of a message to its limit', async () => {
      const stack = new RecordedStack(agreedOn(NAME, extension()) as never, { maxTextMessageSize: 9 });
      const hello = compressed('f2 48 cd c9 c9 07 00', { fin: false });
      await stack.receive([hello]);
      let failure: { closeCode?: number } = {};
      await stack.receive([{ ...hello, opcode: 0, fin: true }]).catch((error: { closeCode?: number }) => {
        failure = error;
      });
      expect(failure.closeCode).to.equal(1009);
    });

    it('compresses each frame for itself, from the threshold on, unless asked not to', async () => {
      const stack = new RecordedStack(agreedOn(NAME, extension({ threshold: 10 })) as never);
      const frames = [
        ...(await stack.send('a'.repeat(50), { fin: false })),
        ...(await stack.send('short', { fin: false, opcode: 0 })),
        ...(await stack.send('b'.repeat(50), { opcode: 0 })),
        ...(await stack.send('c'.repeat(50), { compress: false })),
      ];
      expect(frames.map(({ rsv }) => rsv)).to.deep.equal([4, 0, 4, 0]);
      expect(await stack.receive(frames)).to.equal(`${'a'.repeat(50)}short${'b'.repeat(50)}${'c'.repeat(50)}`);
    });

    it('is understood by its own other side, with any options', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ maxLength: 500 }), { maxLength: 6 }),
          fc.boolean(),
          fc.boolean(),
          fc.integer({ min: 9, max: 15 }),
          fc.integer({ min: 9, max: 15 }),
          async (texts, ours, theirs, serverBits, clientBits) => {
            const agreed = bothSides(
              [extension({ threshold: 0, contextTakeover: ours, windowBits: serverBits })],
              [extension({ threshold: 0, contextTakeover: theirs, windowBits: clientBits })],
            );
            const [left, right] = [new RecordedStack(agreed.server), new RecordedStack(agreed.client)];
            for (const text of texts.map((each) => Buffer.from(each.repeat(9)).toString())) {
              expect(await right.receive(await left.send(text), 7)).to.equal(text);
              expect(await left.receive(await right.send(text), 7)).to.equal(text);
            }
          },
        ),
        { numRuns: 30 },
      );
    });

    it('hands on what is taken as it comes piece by piece, each frame for itself and all under one limit', async () => {
      const agreed = agreedOn(NAME, extension({ threshold: 0 })) as never;
      const sender = new RecordedStack(agreed);
      const frames = [
        ...(await sender.send(Buffer.alloc(200_000, 'a'), { fin: false })),
        ...(await sender.send(Buffer.alloc(200_000, 'b'), { opcode: 0 })),
      ];
      expect(frames.map(({ rsv }) => rsv)).to.deep.equal([4, 4]);
      const taken = async (maxTextMessageSize: number, piece: number) => {
        let text = '';
        const take = ({ opcode, payload, endsFrame, rsv }: IncomingFrame) => {
          expect([rsv, payload.length <= 64 * 1024]).to.deep.equal([0, true]);
          text += `${payload}${endsFrame ? `${opcode}` : ''}`;
        };
        await new RecordedStack(agreed, { maxTextMessageSize }, take).receive(frames, piece);
        return text;
      };
      for (const piece of [7, Infinity]) {
        expect(await taken(400_000, piece)).to.equal(`${'a'.repeat(200_000)}1${'b'.repeat(200_000)}0`);
        const error = await taken(399_999, piece).catch(({ closeCode }) => closeCode);
        expect(error).to.equal(1009);
      }
    });
  });
}
