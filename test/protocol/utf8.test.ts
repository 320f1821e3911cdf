import { expect } from 'chai';
import fc from 'fast-check';
import { UTF8_ACCEPT, UTF8_REJECT, validateUtf8 } from '#moorage/protocol/utf8.js';
import { cut } from '../support/cuts.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

function isText(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function run(...pieces: Uint8Array[]): number {
  return pieces.reduce((state, piece) => validateUtf8(state, piece, 0, piece.length), UTF8_ACCEPT);
}

/** Bytes that stand near the borders of the grammar, long and short. */
const nearText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          0x00,
          0x7f,
          0x80,
          0x8f,
          0x90,
          0x9f,
          0xa0,
          0xbf,
          0xc0,
          0xc2,
          0xdf,
          0xe0,
          0xed,
          0xef,
          0xf0,
          0xf4,
          0xf5,
          0xff,
        )
        .map((byte) => Buffer.of(byte)),
      fc.constant(Buffer.alloc(50, 'a')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

/** The bytes, and after how many of them no continuation can be text any more. */
const IMPOSSIBLE: readonly [bytes: number[], at: number][] = [
  [[0x80], 1],
  [[0xc0, 0x80], 1],
  [[0xc1], 1],
  [[0xc3, 0x28], 2],
  [[0xe0, 0x9f, 0x80], 2],
  [[0xed, 0xa0, 0x80], 2],
  [[0xe2, 0x82, 0x41], 3],
  [[0xf0, 0x8f, 0x80, 0x80], 2],
  [[0xf4, 0x90, 0x80, 0x80], 2],
  [[0xf0, 0x9f, 0x98, 0x41], 4],
  [[0xf5], 1],
  [[0xff], 1],
];

describe('RFC 6455 §8.1: UTF-8, as it comes', () => {
  it('agrees with the platform on any bytes in any cut', () => {
    fc.assert(
      fc.property(nearText, fc.array(fc.nat(64)), (bytes, sizes) => {
        expect(run(...cut(bytes, sizes)) === UTF8_ACCEPT).to.equal(isText(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('rejects exactly where the text can’t become UTF-8 any more', () => {
    for (const [bytes, at] of IMPOSSIBLE) {
      for (const prefix of [0, 5, 47, 48, 49, 50, 100]) {
        const all = Buffer.concat([Buffer.alloc(prefix, 'a'), Buffer.from(bytes)]);
        expect(run(all.subarray(0, prefix + at)), `${bytes} at ${at}`).to.equal(UTF8_REJECT);
        expect(run(all.subarray(0, prefix + at - 1)), `${bytes} before ${at}`).to.not.equal(UTF8_REJECT);
      }
    }
  });

  it('stays inside a code point until its last byte', () => {
    for (const text of ['é', '€', '😀', '\u{10ffff}', '\ud7ff', '\ue000', '\ufeff']) {
      const bytes = Buffer.from(text);
      for (let at = 1; at < bytes.length; at++) {
        const state = run(bytes.subarray(0, at));
        expect(state).to.not.be.oneOf([UTF8_ACCEPT, UTF8_REJECT]);
        expect(validateUtf8(state, bytes, at, bytes.length)).to.equal(UTF8_ACCEPT);
      }
    }
  });

  it('never leaves the rejection', () => {
    expect(run(Buffer.of(0xff), Buffer.from('a'), Buffer.alloc(100, 'a'))).to.equal(UTF8_REJECT);
  });
});
