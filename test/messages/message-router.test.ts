import { expect } from 'chai';
import fc from 'fast-check';
import {
  compileRouter,
  conditionKey,
  problemWithWhen,
  type Route,
  type When,
} from '#moorage/messages/message-router.js';

function route(routes: readonly (When | undefined)[], message: unknown): number | undefined {
  return compileRouter(routes.map((when, target): Route<number> => ({ when, target })))(message);
}

describe('Routes of messages', () => {
  it('go by the values of fields', () => {
    const routes = [{ type: 'a' }, { type: 'b' }, { type: 1 }, { type: null }, { type: true }];
    expect(['a', 'b', 1, null, true, '1', undefined, 'toString'].map((type) => route(routes, { type }))).to.deep.equal([
      0,
      1,
      2,
      3,
      4,
      undefined,
      undefined,
      undefined,
    ]);
    expect(route(routes, {})).to.equal(undefined);
  });

  it('try more fields before fewer, then names, then functions, then the one without', () => {
    const routes: readonly (When | undefined)[] = [
      undefined,
      (message: { readonly odd?: boolean }) => message?.odd === true,
      'error',
      { type: 'a' },
      { type: 'a', to: 'b' },
    ];
    expect(route(routes, { type: 'a', to: 'b', error: 1, odd: true })).to.equal(4);
    expect(route(routes, { type: 'a', to: 'c', error: 1, odd: true })).to.equal(3);
    expect(route(routes, { type: 'x', error: undefined, odd: true })).to.equal(2);
    expect(route(routes, { odd: true })).to.equal(1);
    expect(route(routes, 'anything')).to.equal(0);
    expect(route(routes, null)).to.equal(0);
  });

  it('by name mean a field of the message itself', () => {
    expect(route(['toString', 'constructor'], {})).to.equal(undefined);
  });

  it('find by their Map what trying one after the other finds', () => {
    const literal = fc.constantFrom('a', 'b', 1, null);
    const when = fc.dictionary(fc.constantFrom('type', 'to'), literal, { minKeys: 1 });
    const message = fc.dictionary(fc.constantFrom('type', 'to', 'more'), literal);
    fc.assert(
      fc.property(
        fc.uniqueArray(when, { selector: (fields) => conditionKey(fields) ?? '' }),
        message,
        (routes, each) => {
          const fits = (fields: Readonly<Record<string, unknown>>): boolean =>
            Object.entries(fields).every(([name, value]) => each[name] === value);
          const found = route(routes, each);
          expect(found === undefined).to.equal(!routes.some(fits));
          expect(found === undefined || fits(routes[found]!)).to.equal(true);
        },
      ),
    );
  });

  it('are refused when they say nothing', () => {
    const accepted =
      "Accepted: values of fields, as in { type: 'move' }; the name of a field; or a function of the message that says true or false.";
    expect([undefined, 'name', { type: 'a' }, () => true].map(problemWithWhen)).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(problemWithWhen({})).to.equal(`its \`when\` names no field. ${accepted}`);
    for (const none of ['', 5, null, []]) {
      expect(problemWithWhen(none)).to.equal(`its \`when\` is neither. ${accepted}`);
    }
    for (const odd of [undefined, {}, Number.NaN]) {
      expect(problemWithWhen({ type: odd })).to.equal(
        `its \`when\` compares type with what is no string, number, boolean or null. ${accepted}`,
      );
    }
  });
});
