import { expect } from 'chai';
import fc from 'fast-check';
import {
  equalsIgnoringCase,
  formatExtensions,
  isHeaderValue,
  isToken,
  listHasToken,
  parseExtensions,
  parseTokenList,
} from '#moorage/protocol/handshake/headers.js';

const TOKEN_CHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARS), minLength: 1, maxLength: 12 });
const space = fc.constantFrom('', ' ', '\t', '  ');

/** Long enough that a pass over it for each of its characters would not end within the time of a test. */
const HOSTILE_LENGTH = 2 * 1024 * 1024;

describe('Header grammars of the handshake', () => {
  describe('token', () => {
    it('is every character of RFC 9110 §5.6.2 and no other', () => {
      for (let code = 0; code < 0x180; code++) {
        const char = String.fromCharCode(code);
        expect(isToken(char), `U+${code.toString(16)}`).to.equal(TOKEN_CHARS.includes(char));
      }
    });

    it('is not empty', () => {
      expect(isToken('')).to.equal(false);
    });
  });

  describe('value of a header that is written', () => {
    it('is visible ASCII, spaces and tabs', () => {
      for (let code = 0; code < 0x180; code++) {
        const writable = code === 0x09 || (code >= 0x20 && code <= 0x7e);
        expect(isHeaderValue(`a${String.fromCharCode(code)}b`), `U+${code.toString(16)}`).to.equal(writable);
      }
    });

    it('may be empty', () => {
      expect(isHeaderValue('')).to.equal(true);
    });
  });

  describe('comparison without case', () => {
    it('folds the letters of ASCII', () => {
      expect(equalsIgnoringCase('WebSocket', 'websocket')).to.equal(true);
      expect(equalsIgnoringCase('SEC-WEBSOCKET-KEY', 'sec-websocket-key')).to.equal(true);
    });

    it('folds nothing else', () => {
      // U+212A is the Kelvin sign, whose lower case is k; CR is the hyphen without one of its bits.
      expect(equalsIgnoringCase('webSoc\u212aet', 'websocket')).to.equal(false);
      expect(equalsIgnoringCase('a\rb', 'a-b')).to.equal(false);
    });
  });

  describe('list with a token (Upgrade, Connection)', () => {
    for (const list of [
      'upgrade',
      'Upgrade',
      'keep-alive, Upgrade',
      'UPGRADE ,close',
      ',,upgrade',
      'a,\tupgrade\t,b',
    ]) {
      it(`has it in ${JSON.stringify(list)}`, () => {
        expect(listHasToken(list, 'upgrade')).to.equal(true);
      });
    }

    for (const list of ['', ',', 'keep-alive', 'upgrades', 'up grade', 'no-upgrade', 'upgrade;q=1', '"upgrade"']) {
      it(`does not have it in ${JSON.stringify(list)}`, () => {
        expect(listHasToken(list, 'upgrade')).to.equal(false);
      });
    }

    it('is read in linear time', () => {
      expect(listHasToken(','.repeat(HOSTILE_LENGTH), 'upgrade')).to.equal(false);
      expect(listHasToken(' '.repeat(HOSTILE_LENGTH), 'upgrade')).to.equal(false);
      expect(listHasToken('upgrad, '.repeat(HOSTILE_LENGTH / 8), 'upgrade')).to.equal(false);
    });
  });

  describe('list of tokens (Sec-WebSocket-Protocol)', () => {
    it('keeps the order and the case', () => {
      expect(parseTokenList('chat, superchat,Chat')).to.deep.equal(['chat', 'superchat', 'Chat']);
    });

    it('passes over empty elements', () => {
      expect(parseTokenList(', chat,, superchat ,')).to.deep.equal(['chat', 'superchat']);
    });

    for (const text of ['', ' ', ',', ', ,', 'a b', 'a;b', 'a/b', '"a"', 'a,b c', 'a=1', 'é', 'a\r\nb', 'a\0']) {
      it(`is not ${JSON.stringify(text)}`, () => {
        expect(parseTokenList(text)).to.equal(undefined);
      });
    }

    it('stops one beyond the maximum', () => {
      expect(parseTokenList('a,b,c,d,"', 2)).to.deep.equal(['a', 'b', 'c']);
    });

    it('reads back what was written, with any white space', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(space, token, space), { minLength: 1 }), (elements) => {
          const text = elements.map((element) => element.join('')).join(',');
          expect(parseTokenList(text)).to.deep.equal(elements.map((element) => element[1]));
        }),
      );
    });
  });

  describe('list of extensions (Sec-WebSocket-Extensions, RFC 6455 §9.1)', () => {
    it('has names, parameters, values and quoted values', () => {
      expect(parseExtensions('foo, bar; baz=2; flag, foo; q="x\\y"')).to.deep.equal([
        { name: 'foo', parameters: [] },
        {
          name: 'bar',
          parameters: [
            { name: 'baz', value: '2' },
            { name: 'flag', value: undefined },
          ],
        },
        { name: 'foo', parameters: [{ name: 'q', value: 'xy' }] },
      ]);
    });

    it('leaves repeated parameters to the extension', () => {
      expect(parseExtensions('a;b=1;b=2')).to.deep.equal([
        {
          name: 'a',
          parameters: [
            { name: 'b', value: '1' },
            { name: 'b', value: '2' },
          ],
        },
      ]);
    });

    for (const text of [
      '',
      ',',
      ';',
      'a;',
      'a;;b',
      'a;=1',
      'a;b=',
      'a;b=,c',
      'a;b==1',
      'a b',
      'a;b c',
      'a;b=1 2',
      'a;b="',
      'a;b="1',
      'a;b="1\\',
      'a;b="1\\"',
      'a;b=""',
      'a;b="1 2"',
      'a;b="1"2',
      'a;b="1,2"',
      'a=1',
      '"a"',
      'a;"b"',
      'a;b=é',
      'a/1',
    ]) {
      it(`is not ${JSON.stringify(text)}`, () => {
        expect(parseExtensions(text)).to.equal(undefined);
      });
    }

    it('stops one beyond the maximum', () => {
      expect(parseExtensions('a,b,c,d,"', 2)).to.have.length(3);
    });

    it('reads back what was written, quoted or not, with any white space', () => {
      const value = fc.option(fc.tuple(token, fc.constantFrom('plain', 'quoted', 'escaped')), { nil: undefined });
      const offer = fc.tuple(token, fc.array(fc.tuple(token, value, space), { maxLength: 4 }));
      fc.assert(
        fc.property(fc.array(offer, { minLength: 1, maxLength: 5 }), (offers) => {
          const text = offers
            .map(([name, parameters]) =>
              [name, ...parameters.map(([key, v, gap]) => gap + key + gap + (v ? `=${gap}${written(...v)}` : ''))].join(
                ';',
              ),
            )
            .join(', ');
          const meant = offers.map(([name, parameters]) => ({
            name,
            parameters: parameters.map(([key, v]) => ({ name: key, value: v?.[0] })),
          }));
          expect(parseExtensions(text)).to.deep.equal(meant);
          expect(parseExtensions(formatExtensions(meant))).to.deep.equal(meant);
        }),
      );
    });

    it('gives a value or nothing for any text, and never throws', () => {
      const unit = fc.constantFrom('a', 'b', ',', ';', '=', '"', '\\', ' ', '\t', '\r', '\n', '\0', 'é');
      fc.assert(
        fc.property(fc.string({ unit }), (text) => {
          for (const offer of parseExtensions(text) ?? []) {
            expect(isToken(offer.name)).to.equal(true);
            expect(
              offer.parameters.every((p) => isToken(p.name) && (p.value === undefined || isToken(p.value))),
            ).to.equal(true);
          }
          expect((parseTokenList(text) ?? []).every(isToken)).to.equal(true);
        }),
      );
    });
  });

  it('reads lists in linear time, however hostile', () => {
    const fill = (pattern: string) => pattern.repeat(HOSTILE_LENGTH / pattern.length);
    for (const pattern of [',', ' ', ', ', '\t', '"', '\\', ';', '=', 'a;', 'a"', 'a ']) {
      expect(parseTokenList(fill(pattern)), pattern).to.equal(undefined);
      expect(parseExtensions(fill(pattern)), pattern).to.equal(undefined);
      expect(parseExtensions(`a;b="${fill(pattern)}`), `quoted ${pattern}`).to.equal(undefined);
    }
    expect(parseTokenList(fill('a'))).to.have.length(1);
    expect(parseExtensions(`a;b="${fill('\\a')}"`)).to.have.length(1);
    expect(parseExtensions(`a${' '.repeat(HOSTILE_LENGTH)}`)).to.have.length(1);
    expect(parseExtensions(`a${fill(';b=c')}`)?.[0]?.parameters).to.have.length(HOSTILE_LENGTH / 4);
  });
});

function written(value: string, form: string): string {
  return form === 'plain' ? value : `"${form === 'quoted' ? value : [...value].map((char) => `\\${char}`).join('')}"`;
}
