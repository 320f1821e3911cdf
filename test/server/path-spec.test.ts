import { expect } from 'chai';
import fc from 'fast-check';
import { LONGEST_FOR_REGEXP, matchSpec } from '#moorage/server/path-match.js';
import { canonicalPath, splitPath } from '#moorage/server/path-segments.js';
import { comparePathSpecs, PathSpecError, parsePathSpec } from '#moorage/server/path-spec.js';

const ACCEPTED =
  'Accepted are exact paths ("/chat"), templates whose variables fill a whole segment ("/chat/{room}"), ' +
  'prefixes ("/files/*"), suffixes ("*.ws"), regular expressions ("^/v[0-9]+/chat$", or a RegExp) and the default ("*").';
const NOT_LAST = 'a "*" stands for the rest of a path: it must be the whole last segment, or begin "*.…"';

function match(spec: string | RegExp, path: string): unknown {
  const result = matchSpec(parsePathSpec(spec), splitPath(path));
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

    for (const text of ['/files/*', '/a/b/*', '/{tenant}/files/*']) {
      it(`${text}, a prefix`, () => {
        expect(parsePathSpec(text)).to.include({ text, kind: 'prefix' });
      });
    }

    for (const text of ['*.ws', '*.tar.gz', '*.%C3%A9']) {
      it(`${text}, a suffix`, () => {
        expect(parsePathSpec(text)).to.include({ text, kind: 'suffix' });
      });
    }

    for (const text of ['*', '/*']) {
      it(`${text}, the default`, () => {
        expect(parsePathSpec(text)).to.include({ text, kind: 'default' });
      });
    }

    for (const source of ['^/v[0-9]+/chat$', '^$', /^\/a$/, /^\/a|\/b$/iu, /^\/\d+\\$/]) {
      it(`${source}, a regular expression`, () => {
        expect(parsePathSpec(source)).to.include({ source, text: String(source), kind: 'regexp' });
      });
    }
  });

  describe('are refused, with what was found and what is accepted', () => {
    for (const [text, found] of [
      ['', 'it does not begin with "/"'],
      ['chat', 'it does not begin with "/"'],
      ['*ws', 'it does not begin with "/"'],
      ['**', 'it does not begin with "/"'],
      ['//', 'it has an empty segment ("//")'],
      ['/a//b', 'it has an empty segment ("//")'],
      ['//a', 'it has an empty segment ("//")'],
      ['/./a', 'it has the segment ".", which clients resolve before they send a path'],
      ['/a/..', 'it has the segment "..", which clients resolve before they send a path'],
      ['/a/%2E%2E/b', 'it has the segment "%2E%2E", which clients resolve before they send a path'],
      ['/files*', NOT_LAST],
      ['/*/files', NOT_LAST],
      ['/files/**', NOT_LAST],
      ['/{a*}', '{a*} is no variable: a name is made of letters, digits, "-", "." and "_"'],
      ['*.*', NOT_LAST],
      ['*.ws/a', 'a suffix is of the last segment, and has a "/"'],
      ['*.{ext}', 'a variable must fill a whole segment, and ".{ext}" is more than one'],
      ['*.', 'it has the segment ".", which clients resolve before they send a path'],
      ['^/a', 'a regular expression is matched with the whole path, and must say so with "^" before and "$" behind it'],
      [
        '^/a\\$',
        'a regular expression is matched with the whole path, and must say so with "^" before and "$" behind it',
      ],
      ['^/(a$', 'it is no regular expression (Invalid regular expression: /^/(a$/: Unterminated group)'],
      ['^/)(a$', "it is no regular expression (Invalid regular expression: /^/)(a$/: Unmatched ')')"],
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
          .to.throw(PathSpecError, `The path ${JSON.stringify(text)} can't be registered: ${found}. ${ACCEPTED}`)
          .with.property('code', 'MOORAGE_INVALID_PATH');
      });
    }

    it('expressions that are not of one whole path', () => {
      const flags = (given: string) =>
        `its flags are "${given}", and a path is matched once and whole: of the flags only i, s, u, v and d make sense`;
      for (const [source, found] of [
        [/^\/a$/g, flags('g')],
        [/^\/a$/my, flags('my')],
        [
          /\/a$/,
          'a regular expression is matched with the whole path, and must say so with "^" before and "$" behind it',
        ],
      ] as const) {
        expect(() => parsePathSpec(source)).to.throw(
          PathSpecError,
          `The path ${source} can't be registered: ${found}. ${ACCEPTED}`,
        );
      }
    });

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
      ['/r/{a}', '/r/.', 'malformed'],
      ['/r/{a}', '/r/%2e%2e', 'malformed'],
      ['/r/{a}', '/r/a%00b', 'malformed'],
      ['/r/{a}', '/r/...', { a: '...' }],
      ['/r/{a}', '/r/..%2f..%2Fetc', { a: '../../etc' }],
      ['/r/{a}/x', '/r/../y', null],
      ['/files/*', '/files/a%00', 'malformed'],
      [/^\/(?<name>[^/]+)$/, '/%2e%2e', 'malformed'],
      [/^\/(?<name>[^/]+)$/, '/a%00', 'malformed'],
      ['/files/*', '/files', { '*': '' }],
      ['/files/*', '/files/', { '*': '' }],
      ['/files/*', '/files/a', { '*': 'a' }],
      ['/files/*', '/files/a/b%20c/', { '*': 'a/b c/' }],
      ['/files/*', '/filesystem', null],
      ['/files/*', '/', null],
      ['/files/*', '/files/%zz', 'malformed'],
      ['/files/*', '/%zz/a', null],
      ['/files/*', '/files/../secret', 'malformed'],
      ['/files/*', '/files/a/..%2Fsecret', 'malformed'],
      ['/files/*', '/files/%2e%2e', 'malformed'],
      ['/files/*', '/files/a%5C..%5Csecret', 'malformed'],
      ['/files/*', '/files/..a/b..', { '*': '..a/b..' }],
      ['/{tenant}/files/*', '/acme/files/a/b', { tenant: 'acme', '*': 'a/b' }],
      ['/{tenant}/files/*', '//files/a', null],
      ['/{tenant}/*', '/acme', { tenant: 'acme', '*': '' }],
      ['*.ws', '/a.ws', { '*': 'a' }],
      ['*.ws', '/a/b%20c.ws', { '*': 'a/b c' }],
      ['*.ws', '/.ws', null],
      ['*.ws', '/a/.ws', null],
      ['*.ws', '/a.wss', null],
      ['*.ws', '/a.ws/', null],
      ['*.ws', '/a.WS', null],
      ['*.ws', '/%zz/a.ws', 'malformed'],
      ['*.ws', '/a%zz.ws', null],
      ['*.ws', '/../a.ws', 'malformed'],
      ['*', '/', { '*': '' }],
      ['*', '/a/b', { '*': 'a/b' }],
      ['/*', '/a', { '*': 'a' }],
      ['*', '/a/%zz', 'malformed'],
      ['^/v(?<version>[0-9]+)/chat$', '/v12/chat', { version: '12' }],
      ['^/v(?<version>[0-9]+)/chat$', '/v12/chat/', null],
      ['^/v(?<version>[0-9]+)/chat$', '/v1%32/ch%61t', { version: '12' }],
      [/^\/(?<name>[^/]+)$/, '/J%C3%BCrgen%2FB%25', { name: 'Jürgen/B%' }],
      [/^\/(?<name>[^/]+)$/, '/%7Ba%7D', { name: '{a}' }],
      [/^\/(?:a(?<one>\d)|b(?<two>\d))$/, '/b2', { two: '2' }],
      [/^\/a|\/b$/, '/ab', null],
      [/^\/a$/i, '/A', {}],
      [/^\/.$/s, '/%0A', {}],
      [/^\/.*$/, '/%zz', null],
    ] as const) {
      it(`${spec} ${result === null ? 'not ' : ''}${path}`, () => {
        expect(match(spec, path)).to.deep.equal(result);
      });
    }

    it('with values in a frozen object without a prototype', () => {
      const parameters = matchSpec(parsePathSpec('/{__proto__}/{constructor}'), splitPath('/a/b'));
      expect(parameters).to.be.an('object');
      expect(Object.getPrototypeOf(parameters)).to.equal(null);
      expect(Object.isFrozen(parameters)).to.equal(true);
      expect(Object.entries(parameters as object)).to.deep.equal([
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ]);
    });

    it('with the groups of an expression in a frozen object without a prototype', () => {
      const parameters = matchSpec(parsePathSpec(/^\/(?<__proto__>a)$/), splitPath('/a'));
      expect(Object.getPrototypeOf(parameters)).to.equal(null);
      expect(Object.isFrozen(parameters)).to.equal(true);
      expect(Object.entries(parameters as object)).to.deep.equal([['__proto__', 'a']]);
    });

    it('an expression only where a path is short enough for one that backtracks', () => {
      const longest = `/${'a'.repeat(LONGEST_FOR_REGEXP - 1)}`;
      expect(match(/^\/a*$/, longest)).to.deep.equal({});
      expect(match(/^\/a*$/, `${longest}a`)).to.equal(null);
    });

    it('an expression without regard to what it matched before', () => {
      const spec = parsePathSpec(/^\/a$/);
      for (let i = 0; i < 3; i++) {
        expect(matchSpec(spec, ['a'])).not.to.equal(null);
      }
    });

    it('with whatever rest encodeURIComponent can carry', () => {
      fc.assert(
        fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
          const rest = parts.join('/');
          fc.pre(!rest.split(/[/\\]/).some((part) => part === '.' || part === '..' || part.includes('\0')));
          expect(match('/files/*', `/files/${parts.map(encodeURIComponent).join('/')}`)).to.deep.equal({ '*': rest });
        }),
      );
    });

    it('with whatever value encodeURIComponent can carry', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
          fc.pre(value !== '.' && value !== '..' && !value.includes('\0'));
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
    expect(shape('*')).to.equal(shape('/*'));
    expect(shape('/{a}/*')).to.equal(shape('/{b}/*'));
    expect(shape('/a/*')).not.to.equal(shape('/a/%2A'));
    expect(shape('/%7B%2A%7D')).not.to.equal(shape('/*'));
    expect(shape('*.é')).to.equal(shape('*.%C3%A9'));
    expect(parsePathSpec(/^\/a$/).shape).to.equal(shape('^/a$'));
    expect(parsePathSpec(/^\/a$/i).shape).not.to.equal(shape('^/a$'));
  });

  it('of an exact path have the canonical path for a shape', () => {
    expect(canonicalPath(splitPath('/a%2fb/%7b%7D/c%25'))).to.equal(parsePathSpec('/a%2Fb/%7B%7D/c%25').shape);
    expect(canonicalPath(splitPath('/chat/'))).to.equal('/chat/');
    expect(canonicalPath(splitPath('/%zz'))).to.equal(undefined);
  });

  describe('are tried in one order', () => {
    it('exact; then at the first that differs literal, expression, variable, the end, suffix, glob', () => {
      const inOrder = [
        '/chat/blue/x',
        '/chat/blue',
        '^/chat/v(?<version>\\d+)$',
        '^/chat/.*$',
        '/chat/{room}/{user}',
        '/chat/{room}',
        '/chat/{room}/*',
        '/chat/*',
        '^/[a-z]+/blue$',
        '^/.*$',
        '/{area}/blue/{user}',
        '/{area}/blue',
        '/{area}/{room}',
        '/{area}',
        '/{area}/*',
        '*.tar.ws',
        '*.ws',
        '*',
      ];
      for (const order of [inOrder, [...inOrder].reverse()]) {
        const sorted = order.map((text) => parsePathSpec(text)).sort(comparePathSpecs);
        expect(sorted.map(({ text }) => text)).to.deep.equal(inOrder);
      }
    });

    it('in which an expression counts as literal up to the last slash before the first character that is not', () => {
      const head = (source: string | RegExp) =>
        parsePathSpec(source)
          .segments.slice(0, -1)
          .map((segment) => (segment as { text: string }).text);
      expect(head('^/a/b/[0-9]+$')).to.deep.equal(['a', 'b']);
      expect(head(/^\/a\.b\/(c|d)$/)).to.deep.equal(['a.b']);
      expect(head('^/a/b?$')).to.deep.equal(['a']);
      expect(head('^/a/?b$')).to.deep.equal([]);
      expect(head('^/a/b$')).to.deep.equal(['a']);
      expect(head('^/a/b|/c/d$')).to.deep.equal([]);
      expect(head('^/a/(b|[|)]|\\|)$')).to.deep.equal(['a']);
      expect(head(/^\/a\/b$/i)).to.deep.equal([]);
      expect(head('^$')).to.deep.equal([]);
    });

    it('that is total: antisymmetric, transitive, and equal for equal shapes only', () => {
      const part = fc.constantFrom('a', 'b', '{}', '');
      const segmented = fc
        .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '/*'))
        .map(([parts, end]) => {
          const last = end === '' ? parts.length - 1 : -1;
          return `/${parts.map((p, i) => (p === '{}' ? `{v${i}}` : p || (i === last ? '' : 'c'))).join('/')}${end}`;
        });
      const others = fc.constantFrom('*', '*.a', '*.b', '*.a.b', '^/a/.*$', '^/a/[^/]*$', '^/.*/b$', '^/b/a$');
      const spec = fc.oneof({ weight: 3, arbitrary: segmented }, others).map((text) => parsePathSpec(text));
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
