import { matchSpec, NO_PATH_PARAMETERS } from './path-match.js';
import { canonicalPath, splitPath } from './path-segments.js';
import { comparePathSpecs, type PathSpec, PathSpecError, parsePathSpec } from './path-spec.js';

/** What is registered for a path, and the values of the variables in it. */
export interface EndpointMatch<T> {
  readonly value: T;
  /** Its path as it was written. */
  readonly path: string;
  /** Decoded, without a prototype, frozen. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Entry<T> {
  readonly spec: PathSpec;
  readonly value: T;
}

/** Finds what is registered for a path, in the one order of path specs, whatever the order of registration. */
export class EndpointRegistry<T> {
  readonly #byShape = new Map<string, Entry<T>>();
  /** All but the exact specs, in the order in which they are tried. */
  readonly #patterns: Entry<T>[] = [];

  /**
   * @throws PathSpecError `MOORAGE_INVALID_PATH` for what is no path spec, `MOORAGE_DUPLICATE_PATH` for one that fits the
   *   same paths as a registered one, whatever its variables are called.
   */
  add(path: string | RegExp | PathSpec, value: T): PathSpec {
    const spec = typeof path === 'object' && 'shape' in path ? path : parsePathSpec(path);
    const taken = this.#byShape.get(spec.shape);
    if (taken !== undefined) {
      throw new PathSpecError(
        'MOORAGE_DUPLICATE_PATH',
        `The path ${quoted(spec)} can't be registered: ${quoted(taken.spec)} is, and the two fit the same requests. ` +
          'Give one of them another path; the names of variables make no difference.',
      );
    }
    const entry = { spec, value };
    this.#byShape.set(spec.shape, entry);
    if (spec.kind !== 'exact') {
      this.#patterns.push(entry);
      this.#patterns.sort((a, b) => comparePathSpecs(a.spec, b.spec));
    }
    return spec;
  }

  /**
   * @param path raw, without its query.
   * @returns `undefined` when nothing is registered for the path, `malformed` when something would be but for
   *   percent-encoding in it that can't be decoded.
   */
  match(path: string): EndpointMatch<T> | 'malformed' | undefined {
    if (path.charCodeAt(0) !== 0x2f) {
      return undefined;
    }
    const encoded = path.includes('%') || path.includes('{') || path.includes('}');
    if (!encoded) {
      const exact = this.#exact(path);
      if (exact !== undefined) {
        return exact;
      }
      if (this.#patterns.length === 0) {
        return undefined;
      }
    }
    const segments = splitPath(path);
    return (encoded ? this.#exact(canonicalPath(segments)) : undefined) ?? this.#pattern(segments);
  }

  /** Everything registered, in the order of registration. */
  *entries(): IterableIterator<readonly [PathSpec, T]> {
    for (const { spec, value } of this.#byShape.values()) {
      yield [spec, value];
    }
  }

  get size(): number {
    return this.#byShape.size;
  }

  #exact(path: string | undefined): EndpointMatch<T> | undefined {
    const entry = path === undefined ? undefined : this.#byShape.get(path);
    // A shape with variables or globs has braces, that of a regular expression begins with ^: no canonical path does.
    return entry && { value: entry.value, path: entry.spec.text, pathParameters: NO_PATH_PARAMETERS };
  }

  #pattern(path: readonly (string | undefined)[]): EndpointMatch<T> | 'malformed' | undefined {
    for (const { spec, value } of this.#patterns) {
      const pathParameters = matchSpec(spec, path);
      if (pathParameters !== null) {
        return pathParameters === 'malformed' ? pathParameters : { value, path: spec.text, pathParameters };
      }
    }
    return undefined;
  }
}

function quoted({ source }: PathSpec): string {
  return typeof source === 'string' ? `"${source}"` : String(source);
}
