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

/** A segment as its client meant it; `undefined` when it is not percent-encoded UTF-8. */
export function decodeSegment(text: string): string | undefined {
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
export function canonicalSegment(text: string): string {
  return /[%/{}]/.test(text) ? text.replace(/[%/{}]/g, encodeURIComponent) : text;
}
