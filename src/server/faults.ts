import { warn } from './event-reporter.js';

/** Something that wants to be around a piece of work. */
interface Around {
  run?(work: () => void): void;
}

/** What a container's instruments do wrong: said once, since it may happen with every message. */
export class Faults {
  #said = false;

  report(cause: unknown): void {
    if (!this.#said) {
      this.#said = true;
      warn('An instrument of the container failed. It is passed over, and this is not said again.', cause);
    }
  }
}

/**
 * Does a piece of work inside whatever some observers put around it. They can neither keep it from being done, once, nor
 * change what it comes to.
 */
export function runInside<T>(observers: readonly Around[], work: () => T, faults: Faults): T {
  let done = false;
  let threw = false;
  let outcome: unknown;
  const once = (): void => {
    if (!done) {
      done = true;
      try {
        outcome = work();
      } catch (cause) {
        threw = true;
        outcome = cause;
      }
    }
  };
  let enter = once;
  for (const observer of observers) {
    if (observer.run !== undefined) {
      const inner = enter;
      enter = () => {
        try {
          observer.run?.(inner);
        } catch (cause) {
          faults.report(cause);
        }
      };
    }
  }
  enter();
  once();
  if (threw) {
    throw outcome;
  }
  return outcome as T;
}
