import { expect } from 'chai';
import {
  firstByte,
  generateFrame,
  headerLength,
  MAX_HEADER_LENGTH,
  writeHeader,
} from '#moorage/protocol/frame-generator.js';
import { ROLES } from '../support/engine.js';
import { parse } from '../support/parsing.js';
import { header, Wire } from '../support/wire.js';

const BORDERS = [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537];
const RFC_MASK = 0x3d21fa37;
const UNLIMITED = {
  maxTextMessageSize: Infinity,
  maxBinaryMessageSize: Infinity,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
};

for (const role of ROLES) {
  const peer = Wire.peerOf(role);
  const key = peer.key;

  describe(`RFC 6455 §5.2: payload length, received by a ${role}`, () => {
    for (const length of BORDERS) {
      it(`reads ${length} bytes`, () => {
        const payload = Buffer.alloc(length, 'moorage');
        const { frames, failure } = parse({ role }, peer.binary(payload));
        expect(failure).to.equal(undefined);
        expect(frames).to.deep.equal([{ opcode: 2, fin: true, rsv: 0, payload: payload.toString('hex') }]);
      });
    }

    for (const length of [2n ** 31n, 2n ** 32n + 5n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n]) {
      it(`refuses ${length} bytes at the header, as too large`, () => {
        const bytes = header({ opcode: 2, length, key });
        const code = length < 2n ** 53n ? 'MOORAGE_MESSAGE_TOO_LARGE' : 'MOORAGE_FRAME_TOO_LARGE';
        expect(parse({ role }, bytes)).to.deep.equal({ frames: [], unfinished: '', failure: `${code} 1009` });
      });

      it(`refuses ${length} bytes at the header, over a frame limit`, () => {
        const bytes = header({ opcode: 2, length, key });
        const limits = { ...UNLIMITED, maxFrameSize: 2 ** 31 - 1 };
        expect(parse({ role, limits }, bytes).failure).to.equal('MOORAGE_FRAME_TOO_LARGE 1009');
      });
    }

    it('takes lengths over 2^32 as they are where no limit stands', () => {
      const bytes = Buffer.concat([header({ opcode: 2, length: 2n ** 32n + 5n, key }), Buffer.alloc(9)]);
      const { unfinished, failure } = parse({ role, limits: UNLIMITED }, bytes, Buffer.alloc(3));
      expect(failure).to.equal(undefined);
      expect(unfinished).to.have.length(24);
    });

    it('refuses what a number can’t count even where no limit stands', () => {
      for (const length of [2n ** 53n, 2n ** 63n - 1n]) {
        const bytes = header({ opcode: 2, length, key });
        expect(parse({ role, limits: UNLIMITED }, bytes).failure).to.equal('MOORAGE_FRAME_TOO_LARGE 1009');
      }
    });

    it('refuses the most significant bit of a 64-bit length', () => {
      for (const length of [2n ** 63n, 2n ** 64n - 1n]) {
        const bytes = header({ opcode: 2, length, key });
        expect(parse({ role }, bytes.subarray(0, 10)).failure).to.equal('MOORAGE_INVALID_LENGTH 1002');
      }
    });

    for (const [length, lengthBytes] of [
      [0n, 2],
      [125n, 2],
      [0n, 8],
      [126n, 8],
      [65535n, 8],
    ] as const) {
      it(`refuses ${length} written in ${lengthBytes} bytes`, () => {
        const bytes = header({ opcode: 2, length, lengthBytes, key });
        expect(parse({ role }, bytes).failure).to.equal('MOORAGE_INVALID_LENGTH 1002');
      });
    }
  });

  describe(`RFC 6455 §5.2: payload length, sent to a ${role}`, () => {
    for (const length of BORDERS) {
      it(`writes ${length} bytes in the shortest form`, () => {
        const payload = Buffer.alloc(length, 'moorage');
        const frame = generateFrame(firstByte(2, true), payload, key && RFC_MASK);
        expect(frame.equals(peer.binary(payload))).to.equal(true);
        expect(headerLength(length, key !== undefined)).to.equal(frame.length - length);
      });
    }

    for (const length of [2n ** 31n, 2n ** 32n - 1n, 2n ** 32n + 5n, 2n ** 53n - 1n]) {
      it(`writes the header of ${length} bytes`, () => {
        const target = Buffer.alloc(MAX_HEADER_LENGTH);
        const end = writeHeader(target, 0, firstByte(2, true), Number(length), key && RFC_MASK);
        expect(target.subarray(0, end).toString('hex')).to.equal(header({ opcode: 2, length, key }).toString('hex'));
      });
    }
  });
}
