import type { Settling } from '../engine/contract.js';

/** What becomes of the value that a handler came to. A static function, so that a call allocates nothing. */
export type Outcome<Context> = (context: Context, value: unknown) => Settling;

/**
 * Joins handlers that return a value and handlers that return a promise of one: the one place of this layer that
 * tells them apart. What is there at once is dealt with at once, without a promise.
 */
export function settle<Context>(result: unknown, context: Context, outcome: Outcome<Context>): Settling {
  if (result === undefined) {
    return undefined;
  }
  if (isThenable(result)) {
    return Promise.resolve(result).then((value) => outcome(context, value));
  }
  return outcome(context, result);
}

/** For events that have no reply: what the handler returned is of no interest. */
export function ignore(): undefined {
  return undefined;
}

/** Whether user code returned a promise, of whatever make. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
