import { expect } from 'chai';
import fc from 'fast-check';
import {
  canonicalPath,
  comparePathSpecs,
  matchSegments,
  PathSpecError,
  parsePathSpec,
  splitPath,
} from '#moorage/server/path-spec.js';

function match(spec: string, path: string): unknown {
  const result = matchSegments(parsePathSpec(spec), splitPath(path));
  return result === null || typeof result === 'string' ? result : { ...result };
}

describe('Path specs', () => {
  describe('are read from', () => {
    for (const text of [
      '/',
      '/chat',
      '/chat/',
      '/a/b/c',
      '/caf%C3%A9',
      '/café',
      '/a%2Fb',
      '/...',
      '/a;v=1',
      '/~user',
      '/@me',
    ]) {
      it(`${text}, an exact path`, () => {
        expect(parsePathSpec(text)).to.include({ text, kind: 'exact' });
      });
    }

    for (const text of ['/{a}', '/chat/{room}', '/{a}/{b}', '/{a}/x/{a.b-c_9}', '/chat/{room}/', '/{0}']) {
      it(`${text}, a template`, () => {
        expect(parsePathSpec(text)).to.include({ text, kind: 'template' });
      });
    }
  });

  describe('are refused, with what was found and what is accepted', () => {
    for (const [text, found] of [
      ['', 'it does not begin with "/"'],
      ['chat', 'it does not begin with "/"'],
      ['*.ws', 'it does not begin with "/"'],
      ['//', 'it has an empty segment ("//")'],
      ['/a//b', 'it has an empty segment ("//")'],
      ['//a', 'it has an empty segment ("//")'],
      ['/./a', 'it has the segment ".", which clients resolve before they send a path'],
      ['/a/..', 'it has the segment "..", which clients resolve before they send a path'],
      ['/a/%2E%2E/b', 'it has the segment "%2E%2E", which clients resolve before they send a path'],
      ['/files/*', 'it has a "*"'],
      ['/a?b=1', 'it has a character that no path has ("?", "#", "\\", a space or a control character)'],
      ['/a#b', 'it has a character that no path has ("?", "#", "\\", a space or a control character)'],
      ['/a b', 'it has a character that no path has ("?", "#", "\\", a space or a control character)'],
      ['/a\n', 'it has a character that no path has ("?", "#", "\\", a space or a control character)'],
      ['/%zz', '"%zz" is not percent-encoded UTF-8'],
      ['/%C3', '"%C3" is not percent-encoded UTF-8'],
      ['/{}', '{} is no variable: a name is made of letters, digits, "-", "." and "_"'],
      ['/{a b}', '{a b} is no variable: a name is made of letters, digits, "-", "." and "_"'],
      ['/{a}{b}', '{a}{b} is no variable: a name is made of letters, digits, "-", "." and "_"'],
      ['/{é}', '{é} is no variable: a name is made of letters, digits, "-", "." and "_"'],
      ['/{a}/{a}', 'it has the variable {a} twice'],
      ['/x{a}', 'a variable must fill a whole segment, and "x{a}" is more than one'],
      ['/{a}.json', 'a variable must fill a whole segment, and "{a}.json" is more than one'],
      ['/{a', 'a variable must fill a whole segment, and "{a" is more than one'],
      ['/a}', 'a variable must fill a whole segment, and "a}" is more than one'],
    ] as const) {
      it(JSON.stringify(text), () => {
        expect(() => parsePathSpec(text))
          .to.throw(
            PathSpecError,
            `The path ${JSON.stringify(text)} can't be registered: ${found}. ` +
              'Accepted are exact paths ("/chat") and templates whose variables fill a whole segment ("/chat/{room}").',
          )
          .with.property('code', 'MOORAGE_INVALID_PATH');
      });
    }

    it('values that are no string', () => {
      expect(() => parsePathSpec(undefined as unknown as string)).to.throw(PathSpecError, "The path undefined can't");
    });

    it('nothing else: every text gives a spec or a PathSpecError', () => {
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom(...'/a{}.*%2Fé?') }), (text) => {
          try {
            expect(parsePathSpec(`/${text}`).text).to.equal(`/${text}`);
          } catch (error) {
            expect(error).to.be.instanceOf(PathSpecError);
          }
        }),
      );
    });
  });

  describe('fit', () => {
    for (const [spec, path, result] of [
      ['/', '/', {}],
      ['/chat', '/chat', {}],
      ['/chat', '/chat/', null],
      ['/chat/', '/chat', null],
      ['/chat', '/Chat', null],
      ['/chat', '/ch%61t', {}],
      ['/café', '/caf%C3%A9', {}],
      ['/caf%C3%A9', '/caf%c3%a9', {}],
      ['/a%2Fb', '/a%2fb', {}],
      ['/a%2Fb', '/a/b', null],
      ['/chat/{room}', '/chat/blue', { room: 'blue' }],
      ['/chat/{room}', '/chat', null],
      ['/chat/{room}', '/chat/', null],
      ['/chat/{room}', '/chat/blue/', null],
      ['/chat/{room}', '/chat/blue/x', null],
      ['/chat/{room}/', '/chat/blue/', { room: 'blue' }],
      ['/chat/{room}', '/other/blue', null],
      ['/{a}/{b}', '/1/2', { a: '1', b: '2' }],
      ['/{a}/{b}', '//2', null],
      ['/{a}', '/', null],
      ['/{a}', '/a%2Fb', { a: 'a/b' }],
      ['/{a}', '/J%C3%BCrgen', { a: 'Jürgen' }],
      ['/{a}', '/a+b', { a: 'a+b' }],
      ['/{a}', '/%25', { a: '%' }],
      ['/{a}', '/%zz', 'malformed'],
      ['/{a}', '/%C3', 'malformed'],
      ['/x/{a}', '/y/%zz', null],
      ['/x/{a}', '/%zz/a', null],
      ['/x/{a}', '/x/%zz/b', null],
    ] as const) {
      it(`${spec} ${result === null ? 'not ' : ''}${path}`, () => {
        expect(match(spec, path)).to.deep.equal(result);
      });
    }

    it('with values in a frozen object without a prototype', () => {
      const parameters = matchSegments(parsePathSpec('/{__proto__}/{constructor}'), splitPath('/a/b'));
      expect(parameters).to.be.an('object');
      expect(Object.getPrototypeOf(parameters)).to.equal(null);
      expect(Object.isFrozen(parameters)).to.equal(true);
      expect(Object.entries(parameters as object)).to.deep.equal([
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ]);
    });

    it('with whatever value encodeURIComponent can carry', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
          expect(match('/chat/{room}', `/chat/${encodeURIComponent(value)}`)).to.deep.equal({ room: value });
        }),
      );
    });
  });

  it('have one shape for the same paths, whatever their variables are called and however they are encoded', () => {
    const shape = (text: string) => parsePathSpec(text).shape;
    expect(shape('/a/{x}')).to.equal(shape('/a/{y}'));
    expect(shape('/caf%C3%A9')).to.equal(shape('/café'));
    expect(shape('/a%2fb')).to.equal(shape('/a%2Fb'));
    expect(shape('/a%2Fb')).not.to.equal(shape('/a/b'));
    expect(shape('/%7B%7D')).not.to.equal(shape('/{a}'));
    expect(shape('/a%252Fb')).not.to.equal(shape('/a%2Fb'));
    expect(shape('/a/')).not.to.equal(shape('/a'));
  });

  it('of an exact path have the canonical path for a shape', () => {
    expect(canonicalPath(splitPath('/a%2fb/%7b%7D/c%25'))).to.equal(parsePathSpec('/a%2Fb/%7B%7D/c%25').shape);
    expect(canonicalPath(splitPath('/chat/'))).to.equal('/chat/');
    expect(canonicalPath(splitPath('/%zz'))).to.equal(undefined);
  });

  describe('are tried in one order', () => {
    it('exact, then literal before variable at the first that differs, then the longer', () => {
      const inOrder = [
        '/chat/blue',
        '/chat/{room}/{user}',
        '/chat/{room}',
        '/{area}/blue/{user}',
        '/{area}/blue',
        '/{area}/{room}',
        '/{area}',
      ];
      const kinds = new Map(inOrder.map((text, i) => [text, i]));
      for (const a of inOrder) {
        for (const b of inOrder) {
          if (parsePathSpec(a).kind === 'template' || parsePathSpec(b).kind === 'template') {
            const order = Math.sign(comparePathSpecs(parsePathSpec(a), parsePathSpec(b)));
            expect(order, `${a} against ${b}`).to.equal(Math.sign((kinds.get(a) ?? 0) - (kinds.get(b) ?? 0)));
          }
        }
      }
    });

    it('that is total: antisymmetric, transitive, and equal for equal shapes only', () => {
      const part = fc.constantFrom('a', 'b', '{}', '');
      const spec = fc
        .array(part, { minLength: 1, maxLength: 4 })
        .map((parts) =>
          parsePathSpec(
            `/${parts.map((p, i) => (p === '{}' ? `{v${i}}` : p || (i === parts.length - 1 ? '' : 'c'))).join('/')}`,
          ),
        );
      fc.assert(
        fc.property(spec, spec, spec, (a, b, c) => {
          const ab = comparePathSpecs(a, b);
          expect(Math.sign(comparePathSpecs(b, a))).to.equal(ab === 0 ? 0 : -Math.sign(ab));
          expect(ab === 0).to.equal(a.shape === b.shape);
          if (ab <= 0 && comparePathSpecs(b, c) <= 0) {
            expect(comparePathSpecs(a, c)).to.be.at.most(0);
          }
        }),
      );
    });
  });
});
