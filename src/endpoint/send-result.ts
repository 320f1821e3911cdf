import type { Channel, Settling } from '../engine/contract.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { toBytes } from './bytes.js';
import { described } from './described.js';

/** The answer to every send that was taken at once: one promise for all of them, so that a send allocates nothing. */
const TAKEN: Promise<void> = Promise.resolve();

/** The forms of bytes that sends take, in words. */
export const BYTES = 'a Buffer, Uint8Array or ArrayBuffer';

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

/** A send that was given what it doesn't take. */
export function wrongArgument(method: string, accepted: string, given: unknown): Promise<void> {
  return refused(new InvalidArgumentError(`session.${method} takes ${accepted}, and was given ${described(given)}.`));
}

/** Sends a ping or a pong. */
export function sendHeartbeat(channel: Channel, method: 'sendPing' | 'sendPong', payload: unknown): Promise<void> {
  const bytes = toBytes(payload);
  if (bytes === undefined) {
    return wrongArgument(method, BYTES, payload);
  }
  try {
    return sent(channel[method](bytes));
  } catch (error) {
    return refused(error);
  }
}

function overlook(): void {}
