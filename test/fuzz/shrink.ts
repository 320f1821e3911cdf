/** What is left of an input when everything is taken away that a failure doesn't need (delta debugging). */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * @param fails whether a smaller input still fails in the same way.
 * @param tries how many inputs may be tried.
 */
export async function shrink<Input extends object>(
  input: Input,
  setup: readonly string[],
  fails: (smaller: Input) => Promise<boolean>,
  tries = 2000,
): Promise<Input> {
  let smallest = input as Json;
  let left = tries;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    for (const smaller of smallerThan(smallest, setup)) {
      left -= 1;
      if (await fails(smaller as Input)) {
        smallest = smaller;
        progress = true;
        break;
      }
      if (left <= 0) break;
    }
  }
  return smallest as Input;
}

/** The boldest first. */
function* smallerThan(value: Json, setup: readonly string[], key = ''): Generator<Json> {
  if (typeof value === 'string') {
    const unit = key === 'hex' ? 2 : 1;
    for (const [from, to] of pieces(value.length / unit)) {
      yield value.slice(0, from * unit) + value.slice(to * unit);
    }
  } else if (typeof value === 'number') {
    if (value > 0) yield 0;
    if (value > 1) yield Math.floor(value / 2);
  } else if (Array.isArray(value)) {
    for (const [from, to] of pieces(value.length)) {
      yield value.toSpliced(from, to - from);
    }
    for (const [at, element] of value.entries()) {
      for (const smaller of smallerThan(element, setup)) yield value.with(at, smaller);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      if (!setup.includes(name)) {
        for (const smaller of smallerThan(field, setup, name)) yield { ...value, [name]: smaller };
      }
    }
  }
}

/** All of it, its halves, its quarters and so on down to single ones. */
function* pieces(length: number): Generator<[from: number, to: number]> {
  for (let size = length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < length; from += size) {
      yield [from, Math.min(length, from + size)];
    }
  }
}
