import { expect } from 'chai';
import fc from 'fast-check';
import { ByteGatherer } from '#moorage/messages/byte-gatherer.js';

describe('ByteGatherer', () => {
  it('gives what it was given, whatever the sizes of the pieces', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 15_000, max: 70_000 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), (lengths, seed) => {
        const gatherer = new ByteGatherer();
        const expected = lengths.map((length, index) =>
          Buffer.from(Uint8Array.from({ length }, (_, at) => (seed + index * 7 + at) & 0xff)),
        );
        for (const bytes of expected) {
          // Inside a chunk that is used again at once: small pieces must have been copied by then.
          const chunk = Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]);
          gatherer.append(chunk, 1, 1 + bytes.length);
          if (bytes.length < 15_000) {
            chunk.fill(0);
          }
        }
        expect(gatherer.length).to.equal(expected.reduce((sum, bytes) => sum + bytes.length, 0));
        expect(gatherer.finish().equals(Buffer.concat(expected))).to.equal(true);
        expect(gatherer.length).to.equal(0);
      }),
    );
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
});
