import { isThenable } from '../endpoint/settle.js';
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

  /** Tells each of them something, whatever the others do with it. */
  tell<T>(listeners: readonly T[], say: (listener: T) => unknown): void {
    for (const listener of listeners) {
      this.#attempt(() => say(listener));
    }
  }

  /** Asks each of them for an observer, and gives those that there are. */
  ask<T, Observer extends object>(asked: readonly T[], ask: (one: T) => Observer | undefined): Observer[] {
    const observers: Observer[] = [];
    for (const one of asked) {
      const answer = this.#attempt(() => ask(one));
      // In plain JavaScript it may be anything. A promise comes too late: what is to be watched goes on.
      if (typeof answer === 'object' && answer !== null && !isThenable(answer)) {
        observers.push(answer);
      }
    }
    return observers;
  }

  #attempt<T>(call: () => T): T | undefined {
    try {
      const result = call();
      if (isThenable(result)) {
        // An async method's failure must not end the process either.
        Promise.resolve(result).then(undefined, (cause: unknown) => this.report(cause));
      }
      return result;
    } catch (cause) {
      this.report(cause);
      return undefined;
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
      enter = () => faults.tell([observer], (one) => one.run?.(inner));
    }
  }
  enter();
  once();
  if (threw) {
    throw outcome;
  }
  return outcome as T;
}
