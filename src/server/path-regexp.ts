/** A regular expression over whole paths, and what is known of the paths that fit it. */
export interface PathRegExp {
  readonly pattern: RegExp;
  /** As it was written, with its flags: the same for the same expression. */
  readonly source: string;
  /** The whole segments that every fitting path begins with. */
  readonly head: readonly string[];
}

/** Flags that don't change what it means that a path fits. */
const FLAGS = /^[isuvd]*$/;

/**
 * Reads a regular expression for paths, from a text that begins with `^` or from a RegExp.
 *
 * @returns a text that says what is wrong with it, where something is.
 */
export function readPathRegExp(given: string | RegExp): PathRegExp | string {
  let { source, flags } = { source: given as string, flags: '' };
  if (typeof given !== 'string') {
    ({ source, flags } = given);
  }
  if (!FLAGS.test(flags)) {
    return `its flags are "${flags}", and a path is matched once and whole: of the flags only i, s, u, v and d make sense`;
  }
  if (!source.startsWith('^') || !/(?<!\\)(?:\\\\)*\$$/.test(source)) {
    return 'a regular expression is matched with the whole path, and must say so with "^" before and "$" behind it';
  }
  try {
    // As given first: what is put around it must not mend it.
    const { source: normal } = new RegExp(source, flags);
    return {
      pattern: new RegExp(`^(?:${normal})$`, flags.replace('d', '')),
      source: `${normal}/${flags}`,
      head: flags.includes('i') ? [] : literalHead(normal),
    };
  } catch (cause) {
    return `it is no regular expression (${(cause as Error).message})`;
  }
}

/** The segments before the first thing in an expression that is not a literal. It decides the order only, never a match. */
function literalHead(source: string): readonly string[] {
  if (hasAlternatives(source)) {
    return [];
  }
  let head = '';
  let at = 1;
  for (let literal = literalAt(source, at); literal !== undefined; literal = literalAt(source, at)) {
    head += literal;
    at += source[at] === '\\' ? 2 : 1;
  }
  if (/[?*+{]/.test(source[at] ?? '')) {
    head = head.slice(0, -1); // The quantifier is the last character's.
  }
  return head
    .slice(0, Math.max(head.lastIndexOf('/'), 0))
    .split('/')
    .slice(1);
}

function literalAt(source: string, at: number): string | undefined {
  const character = source[at] ?? '';
  if (character === '\\') {
    const escaped = source[at + 1] ?? '';
    return /[^\w\s]/.test(escaped) ? escaped : undefined;
  }
  return /[^^$.*+?()[\]{}|]/.test(character) ? character : undefined;
}

/** Whether an expression is several, `a|b`, outside all groups. */
function hasAlternatives(source: string): boolean {
  // What can hide a bar goes first: escapes, classes, then groups from the innermost.
  let rest = source.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\([^()]*\)/g, '');
  }
  return rest.includes('|');
}
