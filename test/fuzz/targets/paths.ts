import { EndpointRegistry } from '#moorage/server/endpoint-registry.js';
import { PathSpecError } from '#moorage/server/path-spec.js';
import { type ReferencePath, referencePath, referenceRoute } from '../../support/reference-paths.js';
import type { Random } from '../random.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  readonly specs: readonly string[];
  /** As it comes on the wire. */
  readonly path: string;
}

/** Regular expressions with the literal segments that they begin with. Others are their author's own affair. */
const EXPRESSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['^/a/[^/]*$', ['a']],
  ['^/[^/]*/b$', []],
  ['^/v(?<version>[0-9]+)$', []],
  ['^/a/b/(?<rest>.*)$', ['a', 'b']],
  ['^/(?<one>[^/]+)(?:/(?<two>[^/]*))?$', []],
  ['^/a/.*[.]a$', ['a']],
]);

const SPEC_PARTS = ['a', 'b', '%61', 'é', '%C3%A9', '{x}', '{y}', '{x-1.a}', 'x.a', 'a%2Fb', '%7Bx%7D', '%25'];
const ODD_SPEC_PARTS = ['', '*', '.', '..', '%2e', '{', '{a}b', '{x}', 'a*', '%zz', '%ff', 'a b', 'a?b', '{}', '{ä}'];
const WHOLE_SPECS = [
  '*',
  '/*',
  '/',
  '*.a',
  '*.b.a',
  '*.%61',
  '*.',
  '*.{x}',
  '*.a/b',
  'a',
  '',
  '//',
  ...EXPRESSIONS.keys(),
];
const PATH_PARTS = ['a', 'b', '%61', '\xe9', '%C3%A9', 'v12', 'x.a', '.a', 'x.b.a', 'a%2Fb', 'a%2fb', '%25', '%7Bx%7D'];
const ODD_PATH_PARTS = [
  '',
  '.',
  '..',
  '%2e%2e',
  'a%5C..',
  '..%2Fa',
  '%00',
  '%zz',
  '%ff',
  '{*}',
  '{}',
  '*',
  '\\..',
  '%',
];

/** Path specs and the paths that come, against the documented table and order read a second time. */
export const pathsTarget: Target<Input> = {
  name: 'paths',
  setup: [],
  dictionary: [...SPEC_PARTS, ...ODD_PATH_PARTS, '/', '/*', '*.'],

  generate(random: Random): Input {
    const specs = random.list(1 + random.below(8), () =>
      random.oneIn(3)
        ? random.pick(WHOLE_SPECS)
        : joined(random, SPEC_PARTS, ODD_SPEC_PARTS) + (random.oneIn(4) ? '/*' : ''),
    );
    const path = joined(random, PATH_PARTS, ODD_PATH_PARTS) + (random.oneIn(30) ? `/${'a'.repeat(1100)}` : '');
    return { specs, path };
  },

  run({ specs, path }: Input): string {
    const registry = new EndpointRegistry<string>();
    const registered = specs.filter(isMine).flatMap((spec) => register(registry, spec));
    const taken: ReferencePath[] = [];
    for (const [spec, code] of registered) {
      const reference = referencePath(spec, EXPRESSIONS);
      const isTaken = taken.some(({ sameAs }) => sameAs === reference?.sameAs);
      const expected =
        reference === undefined ? 'MOORAGE_INVALID_PATH' : isTaken ? 'MOORAGE_DUPLICATE_PATH' : undefined;
      must(code === expected, 'registered otherwise', () => `${spec}: got ${code}, expected ${expected}`);
      if (reference !== undefined && !isTaken) taken.push(reference);
    }
    mustEqual(registry.size, taken.length, 'another number of paths');
    const route = referenceRoute(taken, path);
    const match = registry.match(path);
    const codes = registered.map(([, code]) => code?.slice(8, 11) ?? '').sort();
    if (match === undefined || match === 'malformed' || route === undefined || route[1] === 'malformed') {
      mustEqual(match ?? 'none', route?.[1] ?? 'none', 'another route');
      return `${match},${new Set(codes).size},${taken.length === 0}`;
    }
    const { value, pathParameters } = match;
    mustEqual([value, sorted(pathParameters)], [route[0], sorted(route[1])], 'another route');
    must(Object.getPrototypeOf(pathParameters) === null, 'an object with a prototype');
    must(Object.isFrozen(pathParameters), 'variables that can be changed');
    return [value.replaceAll(/[^/{}*^.]+/g, 'x'), Object.keys(pathParameters).length, new Set(codes).size].join();
  },
};

/** Variations may make any expression of a text that begins so, and one that backtracks for ever is no bug of ours. */
function isMine(spec: string): boolean {
  return !spec.startsWith('^') || EXPRESSIONS.has(spec);
}

function register(registry: EndpointRegistry<string>, spec: string): readonly (readonly [string, string?])[] {
  try {
    registry.add(spec, spec);
    return [[spec]];
  } catch (cause) {
    must(cause instanceof PathSpecError, 'an error without a type', () => String(cause));
    must(cause.message.includes(JSON.stringify(spec)) || cause.message.includes(`"${spec}"`), 'an unnamed path');
    return [[spec, cause.code]];
  }
}

function joined(random: Random, parts: readonly string[], odd: readonly string[]): string {
  return random
    .list(1 + random.below(4), () => `/${random.pick(random.oneIn(8) ? odd : parts)}`)
    .join('')
    .slice(random.oneIn(60) ? 1 : 0);
}

function sorted(parameters: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1));
}
