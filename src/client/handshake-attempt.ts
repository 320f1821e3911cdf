import { setMaxListeners } from 'node:events';
import { HandshakeTimeoutError } from './errors.js';
import type { Timer } from './timer.js';

/**
 * The time that one attempt to connect has, and everything else that can end it early: the caller's signal, the
 * client's closing. It is one wall-clock time for all steps, so that none of them (interim answers, redirects, a
 * dripping header) can stretch it.
 */
export class HandshakeAttempt {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #stopTimer: (() => void) | undefined;

  /** @param timeout milliseconds; 0 or Infinity for no limit. */
  constructor(timeout: number, where: string, sources: readonly AbortSignal[], timer: Timer) {
    this.#sources = sources;
    for (const source of sources) {
      allowManyListeners(source);
      source.addEventListener('abort', this.#onAbort);
      if (source.aborted) {
        this.#controller.abort(source.reason);
      }
    }
    if (timeout > 0 && timeout !== Infinity) {
      this.#stopTimer = timer.after(timeout, () => this.#controller.abort(new HandshakeTimeoutError(timeout, where)));
    }
  }

  /** Fires with the error that the attempt is to be rejected with. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The handshake is done: the time no longer counts, the caller's signal still does. */
  upgraded(): void {
    this.#stopTimer?.();
  }

  /** Waits for work that knows no signal. What it comes to is dropped when the attempt ends first. */
  wait<T>(work: T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this;
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) {
        onAbort();
      }
      // In any case: a late rejection must not end the process.
      Promise.resolve(work).then(resolve, reject);
    });
  }

  /** To be called in any case, once it is over. */
  release(): void {
    this.#stopTimer?.();
    for (const source of this.#sources) {
      source.removeEventListener('abort', this.#onAbort);
    }
  }

  readonly #onAbort = (event: Event): void => this.#controller.abort((event.target as AbortSignal).reason);
}

/** One signal may serve any number of connections at a time: each takes its listener away again, so there is no leak to warn of. */
export function allowManyListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}
