import { isUtf8 } from 'node:buffer';
import { expect } from 'chai';
import fc from 'fast-check';
import { BadPayloadError, MessageTooLargeError } from 'moorage';
import { readText, TextSink } from '#moorage/messages/text-sink.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { frame, piece } from '../endpoint/fake-channel.js';

const NO_LIMIT = Infinity;

/** The message in pieces of one frame, cut after the given numbers of bytes. */
function cut(bytes: Buffer, lengths: readonly number[], ascii = false): IncomingFrame[] {
  const pieces: IncomingFrame[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const end = Math.min(bytes.length, at + length);
    pieces.push(piece('Text', [...bytes.subarray(at, end)], { starts: at === 0, ends: end === bytes.length, ascii }));
    at = end;
  }
  return pieces;
}

function gather(pieces: readonly IncomingFrame[], limit = NO_LIMIT): string {
  const sink = new TextSink(limit);
  for (const each of pieces) {
    sink.append(each);
  }
  return sink.finish();
}

describe('Text messages', () => {
  describe('in one piece', () => {
    it('are decoded as UTF-8', () => {
      for (const text of [
        '',
        'hello',
        'Grüße',
        '日本',
        '👋🏽',
        '\uFEFFbom',
        'the real \uFFFD',
        'x'.repeat(5_000),
        'é'.repeat(5_000),
      ]) {
        expect(readText(frame('Text', text), NO_LIMIT)).to.equal(text);
      }
    });

    it('are decoded the short way where they are known to be ASCII', () => {
      expect(readText(frame('Text', 'hello', { ascii: true }), NO_LIMIT)).to.equal('hello');
    });
  });

  it('may be cut anywhere, also inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0, max: 9 })), (text, lengths) => {
        expect(gather(cut(Buffer.from(text), lengths))).to.equal(text);
      }),
    );
  });

  it('are judged alike in one piece and in many, whatever the bytes', () => {
    const judged = (read: () => string): string | undefined => {
      try {
        return read();
      } catch (error) {
        expect(error).to.be.instanceOf(BadPayloadError);
        return undefined;
      }
    };
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xef, 0xf0, 0xf4),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), (bytes) => {
        const whole = judged(() => readText(frame('Text', bytes), NO_LIMIT));
        expect(whole).to.equal(judged(() => gather(cut(Buffer.from(bytes), [1, 2, 3]))));
        expect(whole !== undefined).to.equal(isUtf8(Buffer.from(bytes)));
      }),
    );
  });

  it('are decoded the short way only if every piece is ASCII', () => {
    const pieces = [
      piece('Text', 'abc', { starts: true, ends: false, ascii: true }),
      piece('Text', 'é', { starts: false, ends: true }),
    ];
    expect(gather(pieces)).to.equal('abcé');
    expect(gather(cut(Buffer.from('abcdef'), [2, 2], true))).to.equal('abcdef');
  });

  describe('that are not UTF-8', () => {
    // RFC 3629 §3 and §4.
    const invalid: Readonly<Record<string, readonly number[]>> = {
      'a continuation byte alone': [0x41, 0x80],
      'an overlong form': [0xc0, 0xaf],
      'a surrogate': [0xed, 0xa0, 0x80],
      'above U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
      'an end inside a character': [0x41, 0xe2, 0x82],
    };
    for (const [what, bytes] of Object.entries(invalid)) {
      it(`are refused: ${what}`, () => {
        expect(() => readText(frame('Text', bytes), NO_LIMIT))
          .to.throw(BadPayloadError, 'Text message that is not UTF-8 (RFC 6455 §8.1)')
          .with.property('code', 'MOORAGE_INVALID_UTF8');
        expect(() => gather(cut(Buffer.from(bytes), [1])))
          .to.throw(BadPayloadError)
          .with.property('closeCode', 1007);
      });
    }

    it('are refused at the piece that shows it, not at the end', () => {
      const sink = new TextSink(NO_LIMIT);
      sink.append(piece('Text', [0x41, 0xed], { starts: true, ends: false, fin: false }));
      expect(() => sink.append(piece('Text', [0xa0], { starts: false, ends: false, fin: false }))).to.throw(
        BadPayloadError,
      );
    });

    it('are refused where a character is left open before a piece of ASCII', () => {
      const sink = new TextSink(NO_LIMIT);
      sink.append(piece('Text', [0xe2], { starts: true, ends: false }));
      expect(() => sink.append(piece('Text', 'a', { starts: false, ends: true, ascii: true }))).to.throw(
        BadPayloadError,
      );
    });
  });

  it('are refused over their limit, as soon as it is passed', () => {
    const tooLarge =
      'Text message of at least 6 bytes, over the limit of 5. Raise maxTextMessageSize if peers may send so much.';
    expect(readText(frame('Text', 'hello'), 5)).to.equal('hello');
    expect(() => readText(frame('Text', 'hello!'), 5)).to.throw(MessageTooLargeError, tooLarge);
    const sink = new TextSink(5);
    sink.append(piece('Text', 'hel', { starts: true, ends: false }));
    expect(() => sink.append(piece('Text', 'lo!', { starts: false, ends: false }))).to.throw(
      MessageTooLargeError,
      tooLarge,
    );
  });
});
