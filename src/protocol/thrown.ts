/**
 * What user code throws can be anything: nothing, a text, an error whose properties throw, a proxy that throws whatever
 * it is asked. These ask it without harm, so that reporting a failure can't be the next one.
 */

/** `instanceof`, and false for what can't be asked. */
export function isA<T>(thrown: unknown, type: abstract new (...args: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

/** An error's message, or a value as a text. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'a value that has no text';
  }
}
