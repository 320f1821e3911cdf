import { MoorageError } from '../protocol/errors.js';

/** A path that can't be registered: `MOORAGE_INVALID_PATH`, or `MOORAGE_DUPLICATE_PATH` for one that is taken. */
export class PathSpecError extends MoorageError {
  override readonly name = 'PathSpecError';
}

/** One segment of a spec. The kinds in the order in which they win over one another at the first segment that differs. */
export type SpecSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string };

const RANK: Readonly<Record<SpecSegment['kind'], number>> = { literal: 0, variable: 1 };

/**
 * A parsed path spec: `/chat` or `/chat/{room}`. Whether a path fits is asked of `matchSegments`, which spec goes first
 * of `comparePathSpecs`, and whether two are the same of their `shape`.
 */
export interface PathSpec {
  /** As it was written. */
  readonly text: string;
  readonly kind: 'exact' | 'template';
  /** What stands between the slashes, literals decoded; the first is behind the leading slash. */
  readonly segments: readonly SpecSegment[];
  /** The same for two specs that fit the same paths: the canonical path, with `{}` for each variable. */
  readonly shape: string;
}

/** No variables: one value for all exact specs. */
export const NO_PATH_PARAMETERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/**
 * Reads a path spec.
 *
 * Accepted are exact paths and templates in which a variable fills a whole segment: `/chat/{room}`. Names are letters,
 * digits and `-._`, each once. A trailing slash counts. Literals may be percent-encoded or not, which is the same.
 *
 * @throws PathSpecError `MOORAGE_INVALID_PATH`
 */
export function parsePathSpec(text: string): PathSpec {
  if (typeof text !== 'string' || text.charCodeAt(0) !== 0x2f) {
    throw invalidPath(text, 'it does not begin with "/"');
  }
  const parts = text.slice(1).split('/');
  const names = new Set<string>();
  const segments = parts.map((part, i): SpecSegment => {
    if (part === '' && i < parts.length - 1) {
      throw invalidPath(text, 'it has an empty segment ("//")');
    }
    if (part.startsWith('{') && part.endsWith('}')) {
      const name = part.slice(1, -1);
      if (!/^[\w.-]+$/.test(name)) {
        throw invalidPath(text, `${part} is no variable: a name is made of letters, digits, "-", "." and "_"`);
      }
      if (names.has(name)) {
        throw invalidPath(text, `it has the variable ${part} twice`);
      }
      names.add(name);
      return { kind: 'variable', name };
    }
    return { kind: 'literal', text: parseLiteral(text, part) };
  });
  return Object.freeze({
    text,
    kind: names.size === 0 ? 'exact' : 'template',
    segments: Object.freeze(segments),
    shape: segments
      .map((segment) => (segment.kind === 'literal' ? `/${canonicalSegment(segment.text)}` : '/{}'))
      .join(''),
  } satisfies PathSpec);
}

function parseLiteral(spec: string, part: string): string {
  if (part.includes('{') || part.includes('}')) {
    throw invalidPath(spec, `a variable must fill a whole segment, and "${part}" is more than one`);
  }
  if (part.includes('*')) {
    throw invalidPath(spec, 'it has a "*"');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[?#\\\x00-\x20\x7f]/.test(part)) {
    throw invalidPath(spec, 'it has a character that no path has ("?", "#", "\\", a space or a control character)');
  }
  const literal = decodeSegment(part);
  if (literal === undefined) {
    throw invalidPath(spec, `"${part}" is not percent-encoded UTF-8`);
  }
  if (literal === '.' || literal === '..') {
    throw invalidPath(spec, `it has the segment "${part}", which clients resolve before they send a path`);
  }
  return literal;
}

function invalidPath(spec: unknown, found: string): PathSpecError {
  return new PathSpecError(
    'MOORAGE_INVALID_PATH',
    `The path ${typeof spec === 'string' ? JSON.stringify(spec) : String(spec)} can't be registered: ${found}. ` +
      'Accepted are exact paths ("/chat") and templates whose variables fill a whole segment ("/chat/{room}").',
  );
}

/**
 * The one order in which specs are tried: exact before all others; then at the first segment that differs in kind a literal
 * before a variable; then the longer. Two literals that differ never fit the same path; their texts make the order total.
 * Negative when `a` goes first, 0 only for equal shapes.
 */
export function comparePathSpecs(a: PathSpec, b: PathSpec): number {
  if (a.kind !== b.kind) {
    return a.kind === 'exact' ? -1 : 1;
  }
  const length = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < length; i++) {
    const order = compareSegments(a.segments[i] as SpecSegment, b.segments[i] as SpecSegment);
    if (order !== 0) {
      return order;
    }
  }
  return b.segments.length - a.segments.length;
}

function compareSegments(a: SpecSegment, b: SpecSegment): number {
  if (a.kind === 'literal' && b.kind === 'literal') {
    return a.text === b.text ? 0 : a.text < b.text ? -1 : 1;
  }
  return RANK[a.kind] - RANK[b.kind];
}

/** The segments of a raw path that begins with `/`, decoded one by one so that an encoded slash stays inside its own; `undefined` for one that can't be decoded. */
export function splitPath(path: string): readonly (string | undefined)[] {
  const parts: (string | undefined)[] = path.slice(1).split('/');
  if (path.includes('%')) {
    for (let i = 0; i < parts.length; i++) {
      parts[i] = decodeSegment(parts[i] as string);
    }
  }
  return parts;
}

/** The path whose exact spec fits these segments, the key of `shape`; `undefined` when one can't be decoded. */
export function canonicalPath(segments: readonly (string | undefined)[]): string | undefined {
  let path = '';
  for (const segment of segments) {
    if (segment === undefined) {
      return undefined;
    }
    path += `/${canonicalSegment(segment)}`;
  }
  return path;
}

/** Whether a path fits a spec: its variables, `null` for no, `malformed` when it would but for the encoding of a variable. */
export function matchSegments(
  spec: PathSpec,
  path: readonly (string | undefined)[],
): Readonly<Record<string, string>> | 'malformed' | null {
  const { segments } = spec;
  if (segments.length !== path.length) {
    return null;
  }
  let malformed = false;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as SpecSegment;
    const text = path[i];
    if (segment.kind === 'literal' ? text !== segment.text : text === '') {
      return null;
    }
    malformed ||= text === undefined;
  }
  if (malformed) {
    return 'malformed';
  }
  return spec.kind === 'exact' ? NO_PATH_PARAMETERS : parametersOf(segments, path as readonly string[]);
}

function parametersOf(segments: readonly SpecSegment[], path: readonly string[]): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = Object.create(null);
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as SpecSegment;
    if (segment.kind === 'variable') {
      parameters[segment.name] = path[i] as string;
    }
  }
  return Object.freeze(parameters);
}

function decodeSegment(text: string): string | undefined {
  if (!text.includes('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A decoded segment, with only what would be taken for something else written as a code: `/`, `%` and the braces of a shape. */
function canonicalSegment(text: string): string {
  return /[%/{}]/.test(text) ? text.replace(/[%/{}]/g, encodeURIComponent) : text;
}
