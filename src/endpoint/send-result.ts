import type { Settling } from '../engine/contract.js';

/** The answer to every send that was taken at once: one promise for all of them, so that a send allocates nothing. */
const TAKEN: Promise<void> = Promise.resolve();

/** What a send returns to the user. An ignored rejection must not end the process, so every promise is looked at here. */
export function sent(result: Settling): Promise<void> {
  if (result === undefined) {
    return TAKEN;
  }
  result.catch(overlook);
  return result;
}

/** A send that was refused before it began. */
export function refused(error: unknown): Promise<void> {
  return sent(Promise.reject(error));
}

function overlook(): void {}
