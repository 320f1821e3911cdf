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
    const spec = fc
      .array(part, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((p, i) => (p === '{}' ? `{v${i}}` : p)));
    const specs = fc.uniqueArray(spec, { selector: (parts) => parts.join('/'), maxLength: 12 });
    const path = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(specs, path, (all, parts) => {
        const paths = registry(...all.map((each) => `/${each.join('/')}`));
        expect(found(paths, `/${parts.join('/')}`)).to.equal(naive(all, parts));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Of all that fit, the one with the most literals furthest to the left: every other is beaten at some first segment. */
function naive(specs: readonly (readonly string[])[], path: readonly string[]): string | undefined {
  const isVariable = (part: string | undefined) => part?.startsWith('{') === true;
  const fitting = specs.filter(
    (spec) =>
      spec.length === path.length && spec.every((part, i) => (isVariable(part) ? path[i] !== '' : part === path[i])),
  );
  const best = fitting.find((spec) =>
    fitting.every((other) => {
      const i = spec.findIndex((part, at) => isVariable(part) !== isVariable(other[at]));
      return i === -1 || !isVariable(spec[i]);
    }),
  );
  return best && `/${best.join('/')}`;
}
