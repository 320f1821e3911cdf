import { isUtf8 } from 'node:buffer';
import { expect } from 'chai';
import fc from 'fast-check';
import { BadPayloadError, MessageTooLargeError } from 'moorage';
import { PartialBytesSink, PartialTextSink } from '#moorage/messages/partial-sink.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { frame } from '../endpoint/fake-channel.js';
import { cut, cuts } from './pieces.js';

type Part<T> = readonly [part: T, last: boolean];

function texts(pieces: readonly IncomingFrame[], limit = Infinity): Part<string>[] {
  const parts: Part<string>[] = [];
  const sink = new PartialTextSink(limit, (part, last) => void parts.push([part, last]));
  for (const each of pieces) sink.append(each);
  return parts;
}

function bytes(pieces: readonly IncomingFrame[], limit = Infinity): Part<Buffer>[] {
  const parts: Part<Buffer>[] = [];
  const sink = new PartialBytesSink(limit, (part, last) => void parts.push([part, last]));
  for (const each of pieces) sink.append(each);
  return parts;
}

/** Exactly one part is the last, and it stands at the end; no other is empty. */
function expectOrder(parts: readonly Part<{ readonly length: number }>[]): void {
  expect(parts.map(([, last]) => last)).to.deep.equal(parts.map((_, index) => index === parts.length - 1));
  expect(parts.slice(0, -1).every(([part]) => part.length > 0)).to.equal(true);
}

describe('Messages in parts', () => {
  it('of text come to the same wherever they were cut, and no part ends inside a code point', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cuts, (text, lengths) => {
        const parts = texts(cut('Text', Buffer.from(text), lengths));
        expect(parts.map(([part]) => part).join('')).to.equal(text);
        expectOrder(parts);
        for (const [part] of parts) {
          expect(Buffer.from(part).toString()).to.equal(part); // No half of a surrogate pair.
        }
      }),
    );
  });

  it('of bytes come to the same wherever they were cut', () => {
    fc.assert(
      fc.property(fc.uint8Array(), cuts, (payload, lengths) => {
        const parts = bytes(cut('Binary', Buffer.from(payload), lengths));
        expect(Buffer.concat(parts.map(([part]) => part))).to.deep.equal(Buffer.from(payload));
        expectOrder(parts);
      }),
    );
  });

  it('that are not UTF-8 fail wherever they were cut, with nothing of the bad piece handed on', () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x80, 0xc3, 0xe2, 0xed, 0xf0, 0xf4));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), cuts, (payload, lengths) => {
        const pieces = cut('Text', Buffer.from(payload), lengths);
        if (isUtf8(Buffer.from(payload))) {
          texts(pieces);
        } else {
          expect(() => texts(pieces)).to.throw(BadPayloadError);
        }
      }),
    );
  });

  it('hold the bytes of a code point that is not whole', () => {
    const [a, b, c, d] = Buffer.from('👋');
    const parts = texts([
      frame('Text', [0x61, a!, b!], { fin: false }),
      frame('Continuation', [c!], { fin: false }),
      frame('Continuation', [d!], { fin: false }),
      frame('Continuation', []),
    ]);
    expect(parts).to.deep.equal([
      ['a', false],
      ['👋', false],
      ['', true],
    ]);
  });

  it('that are known to be ASCII take the short way, and leave it where others come', () => {
    const parts = texts([
      frame('Text', 'abc', { fin: false, ascii: true }),
      frame('Continuation', [0xc3], { fin: false }),
      frame('Continuation', [0xa9], { fin: false }),
      frame('Continuation', 'def', { ascii: true }),
    ]);
    expect(parts.map(([part]) => part)).to.deep.equal(['abc', 'é', 'def']);
  });

  it('are limited together', () => {
    const pieces = [frame('Text', 'abc', { fin: false }), frame('Continuation', 'def')];
    expect(texts(pieces, 6)).to.have.length(2);
    expect(() => texts(pieces, 5)).to.throw(MessageTooLargeError, 'maxTextMessageSize');
    expect(() => bytes([frame('Binary', 'abc', { fin: false }), frame('Continuation', 'd')], 3)).to.throw(
      MessageTooLargeError,
      'maxBinaryMessageSize',
    );
  });

  it('wait for the consumer of each', () => {
    const taken = Promise.resolve();
    const sink = new PartialBytesSink(Infinity, () => taken);
    expect(sink.append(frame('Binary', [1], { fin: false }))).to.equal(taken);
    expect(sink.append(frame('Continuation', [], { fin: false }))).to.equal(undefined);
    expect(sink.append(frame('Continuation', []))).to.equal(taken);
  });
});
