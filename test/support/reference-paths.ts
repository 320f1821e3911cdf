/** The table and the order of docs/paths.md read a second time: whole paths as expressions and keys, nothing looked up. */

export type ReferenceSegment = readonly [rank: number, text: string];

export interface ReferencePath {
  readonly source: string;
  /** What is compared, segment by segment: its rank, and what is between those of one rank. */
  readonly segments: readonly ReferenceSegment[];
  /** The same for specs that fit the same paths. */
  readonly sameAs: string;
  readonly names: readonly string[];
}

export type ReferenceMatch = { readonly [name: string]: string } | 'malformed' | undefined;

const [LITERAL, EXPRESSION, VARIABLE, END, SUFFIX, GLOB] = [0, 1, 2, 3, 4, 5];

/** Percent-decoded by a table of bytes; `undefined` for what is not percent-encoded UTF-8. */
export function referenceDecoded(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) {
    return undefined;
  }
  try {
    return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(run.replaceAll('%', ''), 'hex')),
    );
  } catch {
    return undefined;
  }
}

/** @param heads the literal segments that regular expressions begin with, as whoever wrote them knows. */
export function referencePath(
  source: string,
  heads: ReadonlyMap<string, readonly string[]>,
): ReferencePath | undefined {
  const head = heads.get(source);
  if (head !== undefined) {
    const text = new RegExp(source).source;
    return path(source, [...head.map((literal): ReferenceSegment => [LITERAL, literal]), [EXPRESSION, text]], []);
  }
  if (source.startsWith('*.')) {
    const suffix = literalOf(source.slice(1));
    return suffix === undefined || source.includes('/') ? undefined : path(source, [[SUFFIX, suffix]], []);
  }
  const text = source === '*' ? '/*' : source;
  if (!text.startsWith('/') || /\/\//.test(text)) {
    return undefined;
  }
  const parts = text.slice(1).split('/');
  const names: string[] = [];
  const segments = parts.map((part, at): ReferenceSegment | undefined => {
    if (part === '*' && at === parts.length - 1) return [GLOB, ''];
    const name = /^\{([A-Za-z0-9_.-]+)\}$/.exec(part)?.[1];
    if (name !== undefined) return names.push(name) > new Set(names).size ? undefined : [VARIABLE, ''];
    const literal = literalOf(part);
    return literal === undefined ? undefined : [LITERAL, literal];
  });
  return segments.includes(undefined) ? undefined : path(source, segments as ReferenceSegment[], names);
}

function path(source: string, segments: readonly ReferenceSegment[], names: readonly string[]): ReferencePath {
  return { source, segments, sameAs: JSON.stringify(segments), names };
}

function literalOf(part: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no path has.
  const literal = /[{}*?#\\\x00-\x20\x7f]/.test(part) ? undefined : referenceDecoded(part);
  return literal === '.' || literal === '..' ? undefined : literal;
}

/** Which of the specs a raw path belongs to, and what their variables stand for. */
export function referenceRoute(
  specs: readonly ReferencePath[],
  raw: string,
): readonly [source: string, match: Exclude<ReferenceMatch, undefined>] | undefined {
  const parts = raw.startsWith('/') ? raw.slice(1).split('/').map(referenceDecoded) : undefined;
  for (const spec of parts === undefined ? [] : [...specs].sort(before)) {
    const match = matched(spec, parts!);
    if (match !== undefined) {
      return [spec.source, match];
    }
  }
  return undefined;
}

function isExact({ segments }: ReferencePath): boolean {
  return segments.every(([rank]) => rank === LITERAL);
}

function before(one: ReferencePath, other: ReferencePath): number {
  if (isExact(one) !== isExact(other)) {
    return isExact(one) ? -1 : 1;
  }
  for (let at = 0; ; at++) {
    const [mine, others] = [one.segments[at] ?? [END, ''], other.segments[at] ?? [END, '']];
    if (mine[0] !== others[0]) return mine[0]! - others[0]!;
    if (mine[1] !== others[1]) return others[1].length - mine[1].length || (mine[1] < others[1] ? -1 : 1);
    if (mine[0] === END) return 0;
  }
}

function matched({ source, segments, names }: ReferencePath, parts: readonly (string | undefined)[]): ReferenceMatch {
  const [rank, text] = segments.at(-1)!;
  if (rank === EXPRESSION) {
    return expressed(source, parts);
  }
  if (rank === SUFFIX) {
    const last = parts.at(-1);
    const rest = last !== undefined && last.length > text.length && last.endsWith(text) ? restOf(parts) : undefined;
    return rest === undefined ? undefined : rest === 'malformed' ? rest : { '*': rest.value.slice(0, -text.length) };
  }
  const fixed = rank === GLOB ? segments.slice(0, -1) : segments;
  const fits =
    (rank === GLOB ? parts.length >= fixed.length : parts.length === fixed.length) &&
    fixed.every(([kind, literal], at) => (kind === LITERAL ? parts[at] === literal : parts[at] !== ''));
  if (!fits) {
    return undefined;
  }
  const values = parts.slice(0, fixed.length).filter((_, at) => fixed[at]![0] === VARIABLE);
  const rest = rank === GLOB ? restOf(parts.slice(fixed.length)) : undefined;
  if (rest === 'malformed' || values.some((value) => !isSound(value))) {
    return 'malformed';
  }
  const entries = names.map((name, at): [string, string] => [name, values[at]!]);
  return Object.fromEntries(rest === undefined ? entries : [...entries, ['*', rest.value]]);
}

/** A variable's value: something that names one thing. */
function isSound(value: string | undefined): boolean {
  return value !== undefined && value !== '.' && value !== '..' && !value.includes('\0');
}

function restOf(parts: readonly (string | undefined)[]): { readonly value: string } | 'malformed' {
  const value = parts.join('/');
  const steps = value.split(/[\\/]/);
  return parts.includes(undefined) || steps.some((step) => !isSound(step)) ? 'malformed' : { value };
}

/** What an expression sees is decoded, but for the slashes and percent signs that are no syntax. */
function expressed(source: string, parts: readonly (string | undefined)[]): ReferenceMatch {
  if (parts.includes(undefined)) {
    return undefined;
  }
  const text = parts.map((part) => `/${part!.replaceAll('%', '%25').replaceAll('/', '%2F')}`).join('');
  const groups = text.length > 1024 ? null : new RegExp(source).exec(text);
  if (groups === null) {
    return undefined;
  }
  const values = Object.entries(groups.groups ?? {}).filter(([, value]) => value !== undefined);
  return values.every(([, value]) => isSound(value))
    ? Object.fromEntries(values.map(([name, value]) => [name, value.replaceAll('%2F', '/').replaceAll('%25', '%')]))
    : 'malformed';
}
