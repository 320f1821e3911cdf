import { expect } from 'chai';
import fc from 'fast-check';
import { firstByte, generateFrame, maxTextFrameLength, writeTextFrame } from '#moorage/protocol/frame-generator.js';
import { ROLES } from '../support/engine.js';
import { parse } from '../support/parsing.js';
import { readFrames, Wire } from '../support/wire.js';

const UNLIMITED = {
  maxTextMessageSize: Infinity,
  maxBinaryMessageSize: Infinity,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
};

/** A text frame as `writeTextFrame` puts it into memory that holds something else already. */
function textFrame(text: string, mask: number | undefined, at = 3): Buffer {
  const target = Buffer.alloc(at + maxTextFrameLength(text.length), 0xee);
  const end = writeTextFrame(target, at, firstByte(1, true), text, mask);
  expect(target.subarray(0, at).every((byte) => byte === 0xee)).to.equal(true);
  return target.subarray(at, end);
}

for (const role of ROLES) {
  const peer = Wire.peerOf(role);
  const mask = peer.key === undefined ? undefined : 0x3d21fa37;

  describe(`frames sent to a ${role}`, () => {
    it('are read back as they were, by our parser and by hand', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(0, 1, 2),
          fc.boolean(),
          fc.uint8Array({ maxLength: 400 }),
          fc.integer(),
          (opcode, fin, payload, key) => {
            const frame = generateFrame(firstByte(opcode, fin), payload, mask === undefined ? undefined : key);
            const hex = Buffer.from(payload).toString('hex');
            const [read] = readFrames(frame);
            expect({ ...read, payload: read?.payload.toString('hex') }).to.deep.equal({
              fin,
              rsv: 0,
              opcode,
              masked: mask !== undefined,
              payload: hex,
            });
            const before = opcode === 0 ? [peer.binary('', { fin: false })] : [];
            expect(parse({ role, limits: UNLIMITED }, ...before, frame).frames.at(-1)).to.deep.equal({
              opcode,
              fin,
              rsv: 0,
              payload: hex,
            });
          },
        ),
      );
    });

    it('carry RSV bits', () => {
      expect(generateFrame(firstByte(1, true, 4), Buffer.alloc(0))[0]).to.equal(0b1100_0001);
      expect(generateFrame(firstByte(2, false, 3), Buffer.alloc(0))[0]).to.equal(0b0011_0010);
    });

    for (const bytes of [0, 1, 124, 125, 126, 127, 128, 65533, 65535, 65536, 65537, 65540]) {
      it(`hold text of ${bytes} bytes, whatever its characters take`, () => {
        for (const character of ['a', 'é', '€', '😀']) {
          const width = Buffer.byteLength(character);
          const text = character.repeat(Math.floor(bytes / width)) + 'z'.repeat(bytes % width);
          expect(textFrame(text, mask).equals(peer.text(text)), character).to.equal(true);
        }
      });
    }

    it('hold any text', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
          expect(textFrame(text, mask).toString('hex')).to.equal(peer.text(text).toString('hex'));
        }),
      );
    });

    it('have U+FFFD in place of a lone surrogate, as Buffer has', () => {
      expect(textFrame('a\ud83dz', mask).equals(peer.text('a\ufffdz'))).to.equal(true);
    });
  });
}
