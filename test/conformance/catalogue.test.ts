import { expect } from 'chai';
import { CATALOGUE, CATEGORIES, categoryOf } from './catalogue.js';

/** How many cases the public catalogue has in each category. */
const COUNTS = { 1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 9: 54, 10: 1, 12: 90, 13: 126 };

describe('The catalogue of conformance cases', () => {
  it('has 517', () => {
    expect(CATALOGUE).to.have.lengthOf(517);
  });

  it('has as many in each category as the public one', () => {
    const counts = CATEGORIES.map(({ number }) => [
      number,
      CATALOGUE.filter((one) => categoryOf(one) === number).length,
    ]);
    expect(Object.fromEntries(counts)).to.deep.equal(COUNTS);
  });

  it('numbers them without gaps, in order', () => {
    const expected = new Map<string, number>();
    for (const { id } of CATALOGUE) {
      const dot = id.lastIndexOf('.');
      const group = id.slice(0, dot);
      const next = (expected.get(group) ?? 0) + 1;
      expect(Number(id.slice(dot + 1)), id).to.equal(next);
      expected.set(group, next);
    }
  });
});
