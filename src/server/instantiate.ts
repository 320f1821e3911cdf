import { refusalFor } from './hook-failure.js';
import type { PendingUpgrade } from './registration.js';
import type { ServedEndpoint } from './served-endpoint.js';

/** Has the application make the instance for a connection. @throws RefusedUpgrade, also as a rejection, when it fails. */
export function instantiate(endpoint: ServedEndpoint, { attempt, valid }: PendingUpgrade): object | Promise<object> {
  try {
    const made = endpoint.instance(valid.request);
    return made instanceof Promise ? attempt.wait(made).catch(notInstantiated) : made;
  } catch (cause) {
    throw refusalFor(cause, 'instantiate');
  }
}

function notInstantiated(cause: unknown): never {
  throw refusalFor(cause, 'instantiate');
}
