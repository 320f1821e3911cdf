import { expect } from 'chai';
import { ATTACKS, CLIENT_ATTACKS } from './attacks.js';
import { ROWS, WATCHED_ALWAYS } from './rows.js';

describe('The attacks', () => {
  const attacks = [...ATTACKS, ...CLIENT_ATTACKS];

  it('leave no row of the behaviour and no figure out', () => {
    const attacked = new Set([...WATCHED_ALWAYS, ...attacks.flatMap(({ rows }) => rows)]);
    expect(ROWS.filter((row) => !attacked.has(row))).to.deep.equal([]);
  });

  it('say each what they are about', () => {
    expect(attacks.filter(({ rows }) => rows.length === 0).map(({ name }) => name)).to.deep.equal([]);
  });

  it('have names of their own', () => {
    const names = attacks.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).to.deep.equal([]);
  });
});
