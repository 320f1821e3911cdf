import { expect } from 'chai';
import fc from 'fast-check';
import { backoffDelay, retryAfter } from '#moorage/client/backoff.js';

const RULE = { initialDelay: 1_000, maxDelay: 30_000, factor: 2 };

describe('Backoff', () => {
  it('grows with each failure up to its bound', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 5_000].map((failures) => backoffDelay(RULE, failures, 1));
    expect(delays).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('has full jitter: anything from nothing to its bound', () => {
    expect([0, 0.25, 0.5].map((random) => backoffDelay(RULE, 3, random))).to.deep.equal([0, 1_000, 2_000]);
  });

  it('is a whole number of milliseconds within its bounds, always', () => {
    const rule = fc.record({
      initialDelay: fc.integer({ min: 1, max: 1e9 }),
      maxDelay: fc.integer({ min: 1, max: 1e9 }),
      factor: fc.double({ min: 1, max: 1e300, noNaN: true }),
    });
    fc.assert(
      fc.property(
        rule,
        fc.integer({ min: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (each, failures, random) => {
          const delay = backoffDelay(each, failures, random);
          expect(Number.isInteger(delay) && delay >= 0 && delay <= each.maxDelay).to.equal(true);
        },
      ),
    );
  });

  it('reads the seconds of a Retry-After, and nothing else', () => {
    const values = ['120', '0', undefined, '', '-1', '1.5', '9'.repeat(400), 'Fri, 31 Dec 1999 23:59:59 GMT'];
    expect(values.map(retryAfter)).to.deep.equal([120_000, 0, 0, 0, 0, 0, 0, 0]);
  });
});
