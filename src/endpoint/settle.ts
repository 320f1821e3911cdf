import type { Settling } from '../engine/contract.js';
import type { Session } from './session.js';

/** What becomes of the value that a handler came to. Static functions, so that nothing is allocated for a call. */
export type Outcome = (session: Session, value: unknown) => Settling;

/**
 * Joins handlers that return a value and handlers that return a promise of one: the one place of this layer that
 * tells them apart. What is there at once is dealt with at once, without a promise.
 */
export function settle(result: unknown, session: Session, outcome: Outcome): Settling {
  if (result === undefined) {
    return undefined;
  }
  if (isThenable(result)) {
    return Promise.resolve(result).then((value) => outcome(session, value));
  }
  return outcome(session, result);
}

/** For events that have no reply: what the handler returned is of no interest. */
export function ignore(): undefined {
  return undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
