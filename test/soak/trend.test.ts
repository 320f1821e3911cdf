import { expect } from 'chai';
import fc from 'fast-check';
import { Random } from '../fuzz/random.js';
import { type Measured, trendOf } from './trend.js';

const HALF = 50;

/** A sample per second for 100 s, each as `value` says. */
function curve(value: (second: number) => number, count = 2 * HALF): Measured[] {
  return Array.from({ length: count }, (_, at) => ({ at, value: value(at) }));
}

/** From -1 to 1. */
function noise(random: Random): number {
  return random.below(2001) / 1000 - 1;
}

describe('The trend of a curve', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

  describe('that is flat', () => {
    it('is nothing where nothing moves', () => {
      expect(trendOf(curve(() => 42))).to.include({ growth: 0, sureGrowth: 0 });
    });

    it('is at most a part of the noise', () => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 0.01, max: 1000, noNaN: true }), (seed, amplitude) => {
          const random = new Random(seed);
          const { sureGrowth } = trendOf(curve(() => 100 + amplitude * noise(random)));
          return sureGrowth < amplitude;
        }),
      );
    });

    it('is not certain at all in 97 of 100 noisy curves', () => {
      const random = new Random(1);
      const certain = random.list(300, () => trendOf(curve(() => noise(random))).sureGrowth).filter((sure) => sure > 0);
      expect(certain.length).to.be.at.most(9);
    });

    it('is nothing for the sawtooth of a garbage collector', () => {
      expect(trendOf(curve((at) => 10 + (at % 7))).sureGrowth).to.equal(0);
    });

    it('is nothing whatever a tenth of the samples are', () => {
      fc.assert(
        fc.property(seeds, fc.double({ min: -1e9, max: 1e9, noNaN: true }), (seed, wild) => {
          const random = new Random(seed);
          const spoiled = new Set(random.list(HALF / 10, () => HALF + random.below(HALF)));
          const { sureGrowth } = trendOf(curve((at) => (spoiled.has(at) ? wild : 100)));
          return sureGrowth === 0;
        }),
      );
    });

    it('is nothing for what grew in the first half', () => {
      expect(trendOf(curve((at) => Math.min(at, HALF - 1))).sureGrowth).to.equal(0);
    });

    it('is nothing for what becomes less', () => {
      expect(trendOf(curve((at) => -at))).to.include({ sureGrowth: 0 });
    });
  });

  describe('that rises', () => {
    it('is what was added in the second half, where that is all', () => {
      const { from, to, growth, sureGrowth } = trendOf(curve((at) => 3 * at));
      expect([from, to]).to.deep.equal([49.5, 99]);
      expect(growth).to.be.closeTo(3 * 49.5, 1e-9);
      expect(sureGrowth).to.be.closeTo(3 * 49.5, 1e-9);
    });

    it('is certain by more than a quarter of it through noise half as large', () => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 0.001, max: 1000, noNaN: true }), (seed, slope) => {
          const random = new Random(seed);
          const rise = slope * (HALF - 0.5);
          const { sureGrowth } = trendOf(curve((at) => slope * at + (rise / 4) * noise(random)));
          return sureGrowth > rise / 4;
        }),
      );
    });

    it('is found in a sawtooth whose teeth are as high', () => {
      const { sureGrowth } = trendOf(curve((at) => at / 5 + (at % 10)));
      expect(sureGrowth).to.be.greaterThan(5);
    });

    it('is found in steps, as a buffer that doubles makes them', () => {
      expect(trendOf(curve((at) => 2 ** Math.floor(at / 20))).sureGrowth).to.be.greaterThan(5);
    });
  });

  it('does not depend on where zero is, and goes with the unit', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -1000, max: 1000 }), (seed, shift) => {
        const random = new Random(seed);
        const values = random.list(2 * HALF, () => random.below(1000));
        const plain = trendOf(curve((at) => (values[at] ?? 0) + at));
        expect(trendOf(curve((at) => (values[at] ?? 0) + at + shift)).growth).to.be.closeTo(plain.growth, 1e-6);
        expect(trendOf(curve((at) => 8 * ((values[at] ?? 0) + at))).sureGrowth).to.be.closeTo(
          8 * plain.sureGrowth,
          1e-6,
        );
      }),
    );
  });

  it('comes of a million samples as of a hundred', () => {
    const long = curve((at) => at / 100_000 + (at % 5) / 100, 1_000_000);
    expect(trendOf(long).sureGrowth).to.be.closeTo(5, 0.1);
  });

  it('is not to be had of a few samples', () => {
    expect(() => trendOf(curve((at) => at, 14))).to.throw(
      RangeError,
      '7 samples in the second half say nothing; at least 8 do',
    );
  });
});
