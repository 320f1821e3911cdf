import type { PathSpec, SpecSegment } from './path-spec.js';

/** What stands for the rest of a path among the path parameters. */
export const REST = '*';

/** No variables: one value for all exact specs. */
export const NO_PATH_PARAMETERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/**
 * Characters of a path, decoded, beyond which no regular expression is asked: an expression that backtracks takes a time
 * that grows with a power of the length, and the length is the peer's to choose.
 */
export const LONGEST_FOR_REGEXP = 1024;

/** `.` and `..` as segments, under either separator: clients resolve them, so only an attacker sends them. */
const DOT_SEGMENT = /(?:^|[/\\])\.\.?(?:[/\\]|$)/;

/** What no variable or group stands for: a dot segment, or what has a NUL in it, at which C libraries take a name to end. */
const NO_VALUE = /^\.\.?$|\0/;

type Parameters = Readonly<Record<string, string>>;
type Segments = readonly (string | undefined)[];

/**
 * Whether a path fits a spec: its variables, `null` for no, `malformed` when it would but for the encoding of what a
 * variable or glob stands for, or for dot segments or a NUL in it.
 *
 * @param path as `splitPath` gives it.
 */
export function matchSpec(spec: PathSpec, path: Segments): Parameters | 'malformed' | null {
  switch (spec.kind) {
    case 'suffix':
      return matchSuffix((spec.segments[0] as SpecSegment & { kind: 'suffix' }).text, path);
    case 'regexp':
      return matchRegExp(spec.pattern as RegExp, path);
    default:
      return matchSegments(spec, path);
  }
}

function matchSegments({ kind, segments }: PathSpec, path: Segments): Parameters | 'malformed' | null {
  const hasGlob = kind === 'prefix' || kind === 'default';
  const length = hasGlob ? segments.length - 1 : segments.length;
  if (hasGlob ? path.length < length : path.length !== length) {
    return null;
  }
  let malformed = false;
  for (let i = 0; i < length; i++) {
    const segment = segments[i] as SpecSegment;
    const text = path[i];
    if (segment.kind === 'literal' ? text !== segment.text : text === '') {
      return null;
    }
    malformed ||= text === undefined || (segment.kind === 'variable' && NO_VALUE.test(text));
  }
  const rest = hasGlob ? joined(path.slice(length)) : undefined;
  if (malformed || (hasGlob && rest === undefined)) {
    return 'malformed';
  }
  return kind === 'exact' ? NO_PATH_PARAMETERS : parametersOf(segments, path as readonly string[], rest);
}

function parametersOf(segments: readonly SpecSegment[], path: readonly string[], rest: string | undefined): Parameters {
  const parameters: Record<string, string> = Object.create(null);
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as SpecSegment;
    if (segment.kind === 'variable') {
      parameters[segment.name] = path[i] as string;
    }
  }
  if (rest !== undefined) {
    parameters[REST] = rest;
  }
  return Object.freeze(parameters);
}

function matchSuffix(suffix: string, path: Segments): Parameters | 'malformed' | null {
  const last = path.at(-1);
  if (last === undefined || last.length <= suffix.length || !last.endsWith(suffix)) {
    return null;
  }
  const whole = joined(path);
  return whole === undefined ? 'malformed' : parametersOf([], [], whole.slice(0, -suffix.length));
}

/** What a glob stands for; `undefined` when it can't be decoded, or has dot segments or a NUL in it. */
function joined(path: Segments): string | undefined {
  if (path.includes(undefined)) {
    return undefined;
  }
  const text = path.join('/');
  return DOT_SEGMENT.test(text) || text.includes('\0') ? undefined : text;
}

function matchRegExp(pattern: RegExp, path: Segments): Parameters | 'malformed' | null {
  const text = encodedOnlyWhereNeeded(path);
  const match = text === undefined || text.length > LONGEST_FOR_REGEXP ? null : pattern.exec(text);
  if (match === null) {
    return null;
  }
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(match.groups ?? {})) {
    // A group of an alternative that was not taken is not there at all.
    if (value !== undefined) {
      if (NO_VALUE.test(value)) {
        return 'malformed';
      }
      parameters[name] = value.replace(/%2F|%25/g, decodeURIComponent);
    }
  }
  return Object.freeze(parameters);
}

/** The path that a regular expression sees: decoded, but for the slashes and percent signs that are no syntax. */
function encodedOnlyWhereNeeded(path: Segments): string | undefined {
  let text = '';
  for (const segment of path) {
    if (segment === undefined) {
      return undefined;
    }
    text += `/${/[%/]/.test(segment) ? segment.replace(/[%/]/g, encodeURIComponent) : segment}`;
  }
  return text;
}
