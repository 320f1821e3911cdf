import { expect } from 'chai';
import fc from 'fast-check';
import { applyMask } from '#moorage/protocol/mask.js';
import { masked } from '../support/wire.js';

const KEY = [0x37, 0xfa, 0x21, 0x8d];
const KEY_NUMBER = 0x8d21fa37 | 0;

/** Masks bytes that lie at `offset` of their memory, without and with a view of it, and checks each of them and those around. */
function check(content: Uint8Array, offset: number, key: readonly number[], keyNumber: number, phase: number): void {
  checkOnce(content, offset, key, keyNumber, phase, false);
  checkOnce(content, offset, key, keyNumber, phase, true);
}

function checkOnce(
  content: Uint8Array,
  offset: number,
  key: readonly number[],
  keyNumber: number,
  phase: number,
  viewed: boolean,
): void {
  const memory = new Uint8Array(offset + content.length + 5).fill(0xee);
  const bytes = new Uint8Array(memory.buffer, offset % 3, memory.length - (offset % 3));
  const start = offset - (offset % 3);
  bytes.set(content, start);
  const expected = masked(content, key, phase);
  const view = viewed ? new DataView(bytes.buffer, bytes.byteOffset, bytes.length) : null;
  const ascii = applyMask(bytes, start, start + content.length, keyNumber, phase, view);
  expect(Buffer.from(bytes.subarray(start, start + content.length)).toString('hex')).to.equal(expected.toString('hex'));
  expect(
    bytes.subarray(0, start).every((byte) => byte === 0xee) &&
      bytes.subarray(start + content.length).every((byte) => byte === 0xee),
  ).to.equal(true);
  expect(ascii).to.equal(expected.every((byte) => byte < 0x80));
}

describe('RFC 6455 §5.3: masking', () => {
  it('is a byte by byte XOR, at every size, alignment and phase around the words', () => {
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 62, 63, 64, 65, 66, 67, 68, 71, 127, 128, 131]) {
      const content = Uint8Array.from({ length }, (_, at) => at * 7 + 3);
      for (let offset = 0; offset < 8; offset++) {
        for (let phase = 0; phase < 5; phase++) {
          check(content, offset, KEY, KEY_NUMBER, phase);
        }
      }
    }
  });

  it('is a byte by byte XOR for any content and key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(16),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.nat(),
        (content, offset, key, phase) => {
          check(content, offset, [...key], Buffer.from(key).readInt32LE(), phase);
        },
      ),
    );
  });

  it('continues a payload beyond 2^32 bytes in the right phase', () => {
    const bytes = Buffer.alloc(8);
    applyMask(bytes, 0, 8, KEY_NUMBER, 2 ** 32 + 3);
    expect([...bytes]).to.deep.equal([KEY[3], KEY[0], KEY[1], KEY[2], KEY[3], KEY[0], KEY[1], KEY[2]]);
  });

  it('says of plain ASCII that it is, and of a single higher byte anywhere that it is not', () => {
    for (const length of [1, 2, 3, 4, 63, 64, 65, 66, 67, 200]) {
      const text = Buffer.alloc(length, 'a');
      expect(applyMask(masked(text, KEY), 0, length, KEY_NUMBER, 0)).to.equal(true);
      for (let at = 0; at < length; at++) {
        const bytes = Buffer.from(text);
        bytes[at] = 0x80;
        expect(applyMask(masked(bytes, KEY), 0, length, KEY_NUMBER, 0)).to.equal(false);
      }
    }
  });
});
