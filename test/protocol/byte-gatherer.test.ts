import { expect } from 'chai';
import fc from 'fast-check';
import { ByteGatherer } from '#moorage/protocol/byte-gatherer.js';
import { FrameParser } from '#moorage/protocol/frame-parser.js';
import { cut } from '../support/cuts.js';
import { Wire } from '../support/wire.js';

describe('gathering what TCP has cut', () => {
  it('gives the bytes in order, for any cut, and begins anew', () => {
    const gatherer = new ByteGatherer();
    const content = Buffer.from(Array.from({ length: 90_000 }, (_, at) => (at * 31) % 251));
    fc.assert(
      fc.property(
        fc.nat(content.length),
        fc.array(fc.oneof(fc.nat(40), fc.nat(20_000)), { maxLength: 30 }),
        (length, sizes) => {
          const bytes = content.subarray(0, length);
          for (const piece of cut(bytes, sizes)) gatherer.append(piece, 0, piece.length);
          expect(gatherer.length).to.equal(length);
          expect(gatherer.finish().equals(bytes)).to.equal(true);
          expect(gatherer.length).to.equal(0);
        },
      ),
    );
  });

  it('does not change when the chunks of small pieces do', () => {
    const gatherer = new ByteGatherer();
    const chunk = Buffer.from('xxabcxx');
    gatherer.append(chunk, 2, 5);
    chunk.fill(0);
    gatherer.append(Buffer.from('def'), 0, 3);
    expect(gatherer.finish().toString()).to.equal('abcdef');
  });

  it('does not copy a message that is one large piece', () => {
    const chunk = Buffer.alloc(20_000, 'x');
    const gatherer = new ByteGatherer();
    gatherer.append(chunk, 0, 0);
    gatherer.append(chunk, 0, 20_000);
    const whole = gatherer.finish();
    expect(whole.buffer).to.equal(chunk.buffer);
    expect(whole.length).to.equal(20_000);
  });

  it('is nothing before something came', () => {
    expect(new ByteGatherer().finish()).to.have.length(0);
  });

  it('says of a parser how much it holds of a whole frame', () => {
    const parser = new FrameParser({ role: 'server', wholeFrames: true });
    const frame = new Wire('client').text('0123456789');
    expect(parser.gathered).to.equal(0);
    for (const byte of frame.subarray(0, -1)) {
      parser.push(Buffer.of(byte));
      expect(parser.next()).to.equal(null);
    }
    expect(parser.gathered).to.equal(9);
    expect(parser.pending).to.equal(true);
    parser.push(frame.subarray(-1));
    expect(parser.next()?.payload.toString()).to.equal('0123456789');
    expect(parser.gathered).to.equal(0);
    expect(parser.pending).to.equal(false);
  });
});
