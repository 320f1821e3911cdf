import { expect } from 'chai';
import fc from 'fast-check';
import { EndpointRegistry } from '#moorage/server/endpoint-registry.js';
import { PathSpecError, parsePathSpec } from '#moorage/server/path-spec.js';

function registry(...paths: string[]): EndpointRegistry<string> {
  const result = new EndpointRegistry<string>();
  for (const path of paths) {
    result.add(path, path);
  }
  return result;
}

function found(paths: EndpointRegistry<string>, path: string): string | undefined {
  const match = paths.match(path);
  return typeof match === 'object' ? match.value : match;
}

describe('EndpointRegistry', () => {
  it('finds an exact path, with no parameters', () => {
    const match = registry('/chat', '/').match('/chat');
    expect(match).to.deep.include({ value: '/chat' });
    expect(Object.keys((match as { pathParameters: object }).pathParameters)).to.deep.equal([]);
  });

  it('finds a template, with its parameters', () => {
    const match = registry('/chat/{room}').match('/chat/blue%20room');
    expect(match).to.have.property('value', '/chat/{room}');
    expect({ ...(match as { pathParameters: object }).pathParameters }).to.deep.equal({ room: 'blue room' });
  });

  it('finds nothing for what is not registered', () => {
    const paths = registry('/chat', '/chat/{room}');
    for (const path of ['', '*', '/', '/chats', '/chat/', '/chat/a/b', 'chat', '/chat?x', 'host:443', '/%zz']) {
      expect(paths.match(path), path).to.equal(undefined);
    }
    expect(registry().match('/chat')).to.equal(undefined);
    expect(registry('/chat').match('/other')).to.equal(undefined);
  });

  it('finds an exact path under every encoding of it', () => {
    expect(found(registry('/café'), '/caf%C3%A9')).to.equal('/café');
    expect(found(registry('/chat', '/{a}'), '/%63hat')).to.equal('/chat');
    expect(found(registry('/%7Ba%7D'), '/{a}')).to.equal('/%7Ba%7D');
  });

  it('never takes the shape of a template for a path', () => {
    expect(found(registry('/chat/{room}'), '/chat/{}')).to.equal('/chat/{room}');
    expect(found(registry('/chat/{room}', '/{a}/{b}'), '/{}/{}')).to.equal('/{a}/{b}');
  });

  it('says malformed of a path that would fit but for its encoding, and nothing of the paths of others', () => {
    const paths = registry('/chat/{room}', '/exact');
    expect(paths.match('/chat/%zz')).to.equal('malformed');
    expect(paths.match('/chat/%C3%28')).to.equal('malformed');
    expect(paths.match('/other/%zz')).to.equal(undefined);
    expect(paths.match('/ex%act')).to.equal(undefined);
  });

  it('tries them in the order of path specs, not of registration', () => {
    const paths = ['/{a}/{b}', '/{a}/x', '/chat/{room}', '/chat/x'];
    for (const order of [paths, [...paths].reverse()]) {
      const all = registry(...order);
      expect(found(all, '/chat/x')).to.equal('/chat/x');
      expect(found(all, '/chat/y')).to.equal('/chat/{room}');
      expect(found(all, '/other/x')).to.equal('/{a}/x');
      expect(found(all, '/other/y')).to.equal('/{a}/{b}');
    }
  });

  it('finds a prefix, a suffix, an expression and the default, with what they stand for', () => {
    const paths = registry('/files/*', '*.ws', '^/v(?<version>[0-9]+)$', '*', '/files');
    for (const [path, value, parameters] of [
      ['/files', '/files', {}],
      ['/files/a/b.ws', '/files/*', { '*': 'a/b.ws' }],
      ['/a/b.ws', '*.ws', { '*': 'a/b' }],
      ['/v2', '^/v(?<version>[0-9]+)$', { version: '2' }],
      ['/v', '*', { '*': 'v' }],
      ['/', '*', { '*': '' }],
    ] as const) {
      const match = paths.match(path);
      expect(match, path).to.have.property('value', value);
      expect({ ...(match as { pathParameters: object }).pathParameters }, path).to.deep.equal(parameters);
    }
  });

  it('never takes the shape of a spec for a path', () => {
    const paths = registry('/files/*', '*.ws', '^/a$');
    for (const path of ['/{*}', '/{*}.ws', '^/a$/', '/*']) {
      expect(found(paths, path), path).to.equal(path === '/{*}.ws' ? '*.ws' : undefined);
    }
  });

  it('does not go on to the next spec when the first that fits is malformed', () => {
    expect(registry('/files/*', '*').match('/files/../a')).to.equal('malformed');
  });

  it('refuses equal specs of each kind', () => {
    for (const [first, second] of [
      ['*', '/*'],
      ['/{a}/*', '/{b}/*'],
      ['*.ws', '*.%77s'],
      ['^/a$', '^/a$'],
    ] as const) {
      expect(() => registry(first, second)).to.throw(PathSpecError, `"${first}" is, and the two fit the same requests`);
    }
    const paths = registry('^/a$');
    expect(() => paths.add(/^\/a$/, '')).to.throw(
      'The path /^\\/a$/ can\'t be registered: "^/a$" is, and the two fit the same requests.',
    );
  });

  for (const [first, second] of [
    ['/chat', '/chat'],
    ['/chat/{room}', '/chat/{name}'],
    ['/café', '/caf%C3%A9'],
  ] as const) {
    it(`refuses ${second} beside ${first}, naming both`, () => {
      const paths = registry(first);
      expect(() => paths.add(second, 'second'))
        .to.throw(
          PathSpecError,
          `The path "${second}" can't be registered: "${first}" is, and the two fit the same requests. ` +
            'Give one of them another path; the names of variables make no difference.',
        )
        .with.property('code', 'MOORAGE_DUPLICATE_PATH');
      expect(paths.size).to.equal(1);
      expect([...paths.entries()].map(([spec, value]) => [spec.text, value])).to.deep.equal([[first, first]]);
    });
  }

  it('takes parsed specs too', () => {
    const paths = new EndpointRegistry<number>();
    const spec = parsePathSpec('/a');
    expect(paths.add(spec, 1)).to.equal(spec);
    expect(paths.match('/a')).to.have.property('value', 1);
  });

  it('finds what a naive model finds', () => {
    const part = fc.constantFrom('a', 'b', '{}');
    const segmented = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/*'))
      .map(([parts, end]) => `/${parts.map((p, i) => (p === '{}' ? `{v${i}}` : p)).join('/')}${end}`);
    const others = fc.constantFrom('*', '*.a', '*.b', '*.b.a', '^/a/[^/]*$', '^/[^/]*/b$', '^/a/.*[.]a$');
    const specs = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: segmented }, others), { maxLength: 12 });
    const segment = fc.constantFrom('a', 'b', 'c', '', 'a.a', 'x.b.a');
    const path = fc.array(segment, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(specs, path, (all, parts) => {
        expect(found(registry(...all), `/${parts.join('/')}`)).to.equal(naive(all, parts));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Each spec as an expression over the whole path, and as one letter for each segment that sorts as the rules say. */
function modelled(spec: string): { readonly fits: RegExp; readonly order: string } {
  if (spec.startsWith('^')) {
    const head = spec.startsWith('^/a/') ? '0a' : '';
    return { fits: new RegExp(spec), order: `1${head}1${String.fromCharCode(0xffff - spec.length)}${spec}` };
  }
  if (spec.startsWith('*.')) {
    const fits = new RegExp(`^(?:/[^/]*)*/[^/]+${spec.slice(1).replaceAll('.', '[.]')}$`);
    return { fits, order: `14${String.fromCharCode(0xffff - spec.length)}${spec}` };
  }
  const parts = (spec === '*' ? '/*' : spec).slice(1).split('/');
  const pattern = parts.map((part) => (part === '*' ? '(?:/.*)?' : part.startsWith('{') ? '/[^/]+' : `/${part}`));
  const order = parts.map((part) => (part === '*' ? '5' : part.startsWith('{') ? '2' : `0${part}`));
  const isExact = !/[{*]/.test(spec);
  return { fits: new RegExp(`^${pattern.join('')}$`), order: `${isExact ? '0' : '1'}${order.join('')}3` };
}

function naive(specs: readonly string[], path: readonly string[]): string | undefined {
  const text = `/${path.join('/')}`;
  const [first] = specs
    .map((spec) => ({ spec, ...modelled(spec) }))
    .filter(({ fits }) => fits.test(text))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  return first?.spec;
}
