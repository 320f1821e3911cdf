import { MoorageError } from '../protocol/errors.js';
import { readPathRegExp } from './path-regexp.js';
import { canonicalSegment, decodeSegment } from './path-segments.js';

/** A path that can't be registered: `MOORAGE_INVALID_PATH`, or `MOORAGE_DUPLICATE_PATH` for one that is taken. */
export class PathSpecError extends MoorageError {
  override readonly name = 'PathSpecError';
}

/** One segment of a spec. `suffix`, `regexp` and `glob` stand for all that is left of a path, and so come last. */
export type SpecSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'regexp'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'glob' };

/** What wins at the first segment that differs, from the first. A path that ends there wins over one that may go on. */
const RANK: Readonly<Record<SpecSegment['kind'] | 'end', number>> = {
  literal: 0,
  regexp: 1,
  variable: 2,
  end: 3,
  suffix: 4,
  glob: 5,
};

export type PathSpecKind = 'exact' | 'template' | 'prefix' | 'suffix' | 'regexp' | 'default';

/**
 * A parsed path spec. Whether a path fits is asked of `matchSpec`, which spec goes first of `comparePathSpecs`, and
 * whether two are the same of their `shape`.
 */
export interface PathSpec {
  /** As it was given. */
  readonly source: string | RegExp;
  /** The same as a text. */
  readonly text: string;
  readonly kind: PathSpecKind;
  /** What stands between the slashes, literals decoded; the first is behind the leading slash. */
  readonly segments: readonly SpecSegment[];
  /** The same for two specs that fit the same paths: the canonical path, with `{}` for a variable and `{*}` for a glob. */
  readonly shape: string;
  /** Of the kind `regexp` only. */
  readonly pattern: RegExp | undefined;
}

/**
 * Reads a path spec.
 *
 * | spec | fits |
 * |---|---|
 * | `/chat` | that path alone; a trailing slash counts |
 * | `/chat/{room}` | any one non-empty segment for each variable; names are letters, digits and `-._`, each once |
 * | `/files/*` | `/files` and all below it; variables may stand before the glob |
 * | `*.ws` | every path whose last segment ends so and is longer |
 * | `^/v\d+/chat$`, or a RegExp | the paths that the whole expression fits |
 * | `*`, the same as `/*` | every path: the default |
 *
 * Literals may be percent-encoded or not, which is the same.
 *
 * @throws PathSpecError `MOORAGE_INVALID_PATH`
 */
export function parsePathSpec(source: string | RegExp): PathSpec {
  if (source instanceof RegExp || (typeof source === 'string' && source.startsWith('^'))) {
    return regExpSpec(source);
  }
  if (typeof source === 'string' && source.startsWith('*.')) {
    return suffixSpec(source);
  }
  const text = source === '*' ? '/*' : source;
  if (typeof text !== 'string' || text.charCodeAt(0) !== 0x2f) {
    throw invalidPath(source, 'it does not begin with "/"');
  }
  return segmentedSpec(source, text.slice(1).split('/'));
}

function segmentedSpec(source: string, parts: readonly string[]): PathSpec {
  const names = new Set<string>();
  const segments = parts.map((part, i): SpecSegment => {
    const isLast = i === parts.length - 1;
    if (part === '' && !isLast) {
      throw invalidPath(source, 'it has an empty segment ("//")');
    }
    if (part === '*' && isLast) {
      return { kind: 'glob' };
    }
    if (part.startsWith('{') && part.endsWith('}')) {
      return { kind: 'variable', name: variableName(source, part, names) };
    }
    return { kind: 'literal', text: parseLiteral(source, part) };
  });
  const isGlob = segments.at(-1)?.kind === 'glob';
  return spec(source, {
    kind: isGlob ? (segments.length === 1 ? 'default' : 'prefix') : names.size === 0 ? 'exact' : 'template',
    segments,
    shape: segments.map((segment) => `/${shapeOf(segment)}`).join(''),
  });
}

function suffixSpec(source: string): PathSpec {
  if (source.includes('/')) {
    throw invalidPath(source, 'a suffix is of the last segment, and has a "/"');
  }
  const text = parseLiteral(source, source.slice(1));
  return spec(source, { kind: 'suffix', segments: [{ kind: 'suffix', text }], shape: `/{*}${canonicalSegment(text)}` });
}

function regExpSpec(source: string | RegExp): PathSpec {
  const read = readPathRegExp(source);
  if (typeof read === 'string') {
    throw invalidPath(source, read);
  }
  const head = read.head.map((text): SpecSegment => ({ kind: 'literal', text }));
  return spec(source, {
    kind: 'regexp',
    segments: [...head, { kind: 'regexp', text: read.source }],
    shape: read.source,
    pattern: read.pattern,
  });
}

function spec(
  source: string | RegExp,
  { kind, segments, shape, pattern }: Omit<PathSpec, 'source' | 'text' | 'pattern'> & { readonly pattern?: RegExp },
): PathSpec {
  return Object.freeze({ source, text: String(source), kind, segments: Object.freeze(segments), shape, pattern });
}

function shapeOf(segment: SpecSegment): string {
  return segment.kind === 'literal' ? canonicalSegment(segment.text) : segment.kind === 'variable' ? '{}' : '{*}';
}

function variableName(source: string, part: string, names: Set<string>): string {
  const name = part.slice(1, -1);
  if (!/^[\w.-]+$/.test(name)) {
    throw invalidPath(source, `${part} is no variable: a name is made of letters, digits, "-", "." and "_"`);
  }
  if (names.has(name)) {
    throw invalidPath(source, `it has the variable ${part} twice`);
  }
  names.add(name);
  return name;
}

function parseLiteral(source: string, part: string): string {
  if (part.includes('{') || part.includes('}')) {
    throw invalidPath(source, `a variable must fill a whole segment, and "${part}" is more than one`);
  }
  if (part.includes('*')) {
    throw invalidPath(source, 'a "*" stands for the rest of a path: it must be the whole last segment, or begin "*.…"');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[?#\\\x00-\x20\x7f]/.test(part)) {
    throw invalidPath(source, 'it has a character that no path has ("?", "#", "\\", a space or a control character)');
  }
  const literal = decodeSegment(part);
  if (literal === undefined) {
    throw invalidPath(source, `"${part}" is not percent-encoded UTF-8`);
  }
  if (literal === '.' || literal === '..') {
    throw invalidPath(source, `it has the segment "${part}", which clients resolve before they send a path`);
  }
  return literal;
}

function invalidPath(source: unknown, found: string): PathSpecError {
  return new PathSpecError(
    'MOORAGE_INVALID_PATH',
    `The path ${typeof source === 'string' ? JSON.stringify(source) : String(source)} can't be registered: ${found}. ` +
      'Accepted are exact paths ("/chat"), templates whose variables fill a whole segment ("/chat/{room}"), ' +
      'prefixes ("/files/*"), suffixes ("*.ws"), regular expressions ("^/v[0-9]+/chat$", or a RegExp) and the default ("*").',
  );
}

/**
 * The one order in which specs are tried: exact before all others; then at the first segment that differs a literal, a
 * regular expression, a variable, the end of the path, a suffix, a glob. So `/chat/{room}` goes before `/{area}/blue`
 * and before `/chat/*`, the longer of two templates first, and the default last. What is left to tell apart never fits
 * the same path or is of one kind: the longer first, then by text, so that the order is total.
 * Negative when `a` goes first, 0 only for equal shapes.
 */
export function comparePathSpecs(a: PathSpec, b: PathSpec): number {
  if ((a.kind === 'exact') !== (b.kind === 'exact')) {
    return a.kind === 'exact' ? -1 : 1;
  }
  const length = Math.max(a.segments.length, b.segments.length);
  for (let i = 0; i < length; i++) {
    const order = compareSegments(a.segments[i], b.segments[i]);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareSegments(a: SpecSegment | undefined, b: SpecSegment | undefined): number {
  const order = RANK[a?.kind ?? 'end'] - RANK[b?.kind ?? 'end'];
  if (order !== 0 || a === undefined || b === undefined || !('text' in a) || !('text' in b) || a.text === b.text) {
    return order;
  }
  if (a.kind !== 'literal' && a.text.length !== b.text.length) {
    return b.text.length - a.text.length;
  }
  return a.text < b.text ? -1 : 1;
}
