import { expect } from 'chai';
import fc from 'fast-check';
import { parseCookies } from '#moorage/protocol/handshake/cookies.js';

describe('Cookies of the upgrade request (RFC 6265 §4.2)', () => {
  for (const [text, cookies] of [
    ['', {}],
    ['sid=abc', { sid: 'abc' }],
    ['sid=abc; theme=dark', { sid: 'abc', theme: 'dark' }],
    ['a=1;b=2 ; c=3', { a: '1', b: '2', c: '3' }],
    ['token=a=b==', { token: 'a=b==' }],
    ['quoted="a b"', { quoted: 'a b' }],
    ['half="a', { half: '"a' }],
    ['one="', { one: '"' }],
    ['empty=', { empty: '' }],
    ['name=J%C3%BCrgen', { name: 'Jürgen' }],
    ['broken=%C3%; other=1', { broken: '%C3%', other: '1' }],
    [' \ta\t= 1 \t', { a: '1' }],
    ['a=\xa0b\xa0;\xa0c=\f', { a: '\xa0b\xa0', '\xa0c': '\f' }], // White space, but none of a header's.
    ['nothing; =nameless; ;; a=1', { a: '1' }],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect({ ...parseCookies(text) }).to.deep.equal(cookies);
    });
  }

  it('keeps the first of a repeated name, which has the most specific path', () => {
    expect(parseCookies('a=first; a=second')['a']).to.equal('first');
    expect(parseCookies('a=; a=second')['a']).to.equal('');
  });

  it('has no prototype, so that no cookie is there unless it was sent', () => {
    const cookies = parseCookies('__proto__=x; constructor=y');
    expect(Object.getPrototypeOf(cookies)).to.equal(null);
    expect(Object.keys(cookies)).to.deep.equal(['__proto__', 'constructor']);
    expect(cookies['toString']).to.equal(undefined);
  });

  it('reads back what encodeURIComponent wrote', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.'), minLength: 1 });
    const value = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(name, value), (cookies) => {
        const text = Object.entries(cookies).map(([key, v]) => `${key}=${encodeURIComponent(v)}`);
        expect(Object.entries(parseCookies(text.join('; ')))).to.deep.equal(Object.entries(cookies));
      }),
    );
  });

  it('is read in linear time', () => {
    for (const pattern of [';', '=', ' ', 'a=b; ', '"']) {
      expect(Object.keys(parseCookies(pattern.repeat(2 ** 20)))).to.have.length.below(2);
    }
  });
});
