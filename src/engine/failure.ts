/** The one place that turns what was thrown into what goes on the wire. */
import { isNativeError } from 'node:util/types';
import { CloseCode, isTransmittable } from '../protocol/close-code.js';
import { type CloseStatus, MAX_CLOSE_REASON_BYTES } from '../protocol/close-status.js';
import { MoorageError } from '../protocol/errors.js';
import { isA } from '../protocol/thrown.js';

const INTERNAL_ERROR: CloseStatus = Object.freeze({ code: CloseCode.InternalError, reason: 'Internal error' });

/**
 * The close status of a thrown value: its own `closeCode` and `closeReason` where it carries them and they may be
 * sent, else 1011. An exception's text never goes to the peer. 1006 means that no Close is sent at all.
 */
export function closeStatusOf(cause: Error): CloseStatus {
  const { closeCode, closeReason } = carriedStatus(cause);
  if (typeof closeCode !== 'number' || !(isTransmittable(closeCode) || closeCode === CloseCode.Abnormal)) {
    return INTERNAL_ERROR;
  }
  const reason =
    typeof closeReason === 'string' && Buffer.byteLength(closeReason) <= MAX_CLOSE_REASON_BYTES ? closeReason : '';
  return { code: closeCode, reason };
}

/** What a thrown value says of itself; its properties are code of the application, and may throw in turn. */
function carriedStatus(cause: Error): { closeCode?: unknown; closeReason?: unknown } {
  try {
    const { closeCode, closeReason } = cause as { closeCode?: unknown; closeReason?: unknown };
    return { closeCode, closeReason };
  } catch {
    return {};
  }
}

/** Whatever was thrown, as an error: handlers get nothing else. */
export function toError(thrown: unknown): Error {
  if (isA(thrown, Error) || isNativeError(thrown)) {
    return thrown; // isNativeError: also one of another realm, such as a test runner's or node:vm's.
  }
  return new MoorageError(
    'MOORAGE_NON_ERROR_THROWN',
    `A handler threw ${describe(thrown)}, which is not an Error. Throw an Error, so that its origin can be traced; the value is the cause of this one.`,
    { cause: thrown },
  );
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) {
    return 'an object';
  }
  return typeof thrown === 'function'
    ? 'a function'
    : `the ${thrown === null ? 'value' : typeof thrown} ${String(thrown)}`;
}
