import { expect } from 'chai';
import fc from 'fast-check';
import { axisOf } from '#bench/plot/axis.js';

const values = (axis: ReturnType<typeof axisOf>) => axis.ticks.map(({ value }) => value);

describe('An axis', () => {
  it('begins at 0 and ends at a round value above the highest', () => {
    const axis = axisOf([3, 87], { title: 'ms' });
    expect(values(axis)).to.deep.equal([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect([0, 45, 90].map(axis.position)).to.deep.equal([0, 0.5, 1]);
  });

  it('begins near the lowest value where that is asked for', () => {
    expect(values(axisOf([101, 104], { title: 'MiB', fromZero: false }))).to.deep.equal([
      101, 101.5, 102, 102.5, 103, 103.5, 104,
    ]);
  });

  it('goes below 0 for what is below 0', () => {
    expect(values(axisOf([-3, 4], { title: 'MiB' }))[0]).to.equal(-3);
  });

  it('exists for one value, and for none', () => {
    for (const some of [[0], [5], [-5], []]) {
      for (const tick of values(axisOf(some, { title: 'x' }))) expect(tick).to.satisfy(Number.isFinite);
    }
  });

  it('marks powers of ten on a logarithmic scale, and where there are few, 2 and 5 times these too', () => {
    expect(values(axisOf([1.5, 40_000], { title: 'µs', scale: 'log' }))).to.deep.equal([1, 10, 100, 1000, 10_000]);
    expect(values(axisOf([4, 41], { title: 'µs', scale: 'log' }))).to.deep.equal([2, 5, 10, 20, 50]);
    expect(values(axisOf([7, 7], { title: 'µs', scale: 'log' }))).to.deep.equal([5, 10]);
    expect(values(axisOf([10, 10], { title: 'µs', scale: 'log' }))).to.deep.equal([10, 20]);
  });

  it('puts equal ratios at equal distances on a logarithmic scale', () => {
    const { position } = axisOf([1, 1000], { title: 'µs', scale: 'log' });
    expect(position(10) - position(1)).to.be.closeTo(position(1000) - position(100), 1e-9);
  });

  it('marks what is asked for, as it is asked for', () => {
    const axis = axisOf([64, 65_536], { title: 'size', scale: 'log', ticks: [64, 1024], format: (n) => `${n} B` });
    expect(axis.ticks).to.deep.equal([
      { value: 64, label: '64 B' },
      { value: 1024, label: '1024 B' },
    ]);
  });

  it('writes no more digits than there are', () => {
    expect(axisOf([0.1, 0.7], { title: 'x' }).ticks.map(({ label }) => label)).to.deep.equal([
      '0',
      '0.1',
      '0.2',
      '0.3',
      '0.4',
      '0.5',
      '0.6',
      '0.7',
    ]);
  });

  for (const [value, scale] of [
    [Number.NaN, 'linear'],
    [Infinity, 'linear'],
    [0, 'log'],
    [-1, 'log'],
  ] as const) {
    it(`has no place for ${value} on a ${scale} scale`, () => {
      expect(() => axisOf([1, value], { title: 'x', scale })).to.throw(
        RangeError,
        `${value} can't stand on the ${scale} axis "x"`,
      );
    });
  }

  it('holds every value, in order, and has few marks', () => {
    const number = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1 }),
        fc.constantFrom('linear', 'log'),
        fc.boolean(),
        (all, scale, fromZero) => {
          const axis = axisOf(all, { title: 'x', scale, fromZero });
          const sorted = all.toSorted((a, b) => a - b).map(axis.position);
          for (const [i, at] of sorted.entries()) {
            expect(at).to.be.within(-1e-9, 1 + 1e-9);
            if (i > 0) expect(at).to.be.at.least(sorted[i - 1] as number);
          }
          expect(axis.ticks.length).to.be.at.most(16);
        },
      ),
    );
  });
});
