import { type Refusal, refusalResponse, refuse } from '../protocol/handshake/refusal.js';
import { isA } from '../protocol/thrown.js';
import { UpgradeRefusal } from './authorization.js';
import type { ErrorPhase } from './container-events.js';
import { FailedHook, RefusedUpgrade, refused } from './refused-upgrade.js';

/** How a report names who refused. */
const REFUSERS: Partial<Readonly<Record<ErrorPhase, string>>> = {
  authorize: 'The authorize hook',
  create: 'The creator',
};

/** What a failure on the way to the upgrade comes to. A `refuse(…)` counts also when it is thrown. */
export function refusalFor(cause: unknown, during: ErrorPhase): RefusedUpgrade {
  if (isA(cause, RefusedUpgrade)) {
    return cause;
  }
  try {
    return isA(cause, UpgradeRefusal) ? refused(refusalOf(cause, during)) : new FailedHook(during, cause);
  } catch (unsendable) {
    return new FailedHook(during, unsendable);
  }
}

/** The response that a hook asks for. @throws HandshakeError for a status or header that can't be sent. */
export function refusalOf({ status, headers, body, reason }: UpgradeRefusal, during: ErrorPhase): Refusal {
  const why = reason === undefined ? '' : `: ${reason}`;
  const report = `${REFUSERS[during] ?? 'The application'} refused with ${status}${why}`;
  const refusal = refuse(status, report, headers, body);
  // What can't be sent is the hook's failure, and shows now.
  refusalResponse(refusal);
  return refusal;
}
