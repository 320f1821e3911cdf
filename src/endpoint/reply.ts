import type { Channel, Settling } from '../engine/contract.js';
import { SessionClosedError } from '../protocol/errors.js';
import { described } from './described.js';
import { InvalidReplyError } from './errors.js';
import { type Session, sendFrom } from './session.js';

/**
 * Sends what a message handler returned, as `session.send` does; nothing for undefined and null. A reply that comes
 * after its session has closed is dropped: that is no failure of the handler's.
 *
 * What it returns is the send's backpressure, so that a peer who doesn't read its replies isn't read from either.
 *
 * @throws InvalidReplyError for what can't be sent.
 */
export function sendReply(session: Session, channel: Channel, value: unknown): Settling {
  if (value === undefined || value === null || !channel.isOpen) {
    return undefined;
  }
  return unlessClosed(sendFrom(session, value, invalidReply));
}

/** Of a send: that the session has closed meanwhile is no failure. */
export function unlessClosed(sending: Settling): Settling {
  return sending === undefined ? undefined : sending.catch(overlookClosed);
}

function overlookClosed(error: unknown): void {
  if (!(error instanceof SessionClosedError)) {
    throw error;
  }
}

function invalidReply(value: unknown): InvalidReplyError {
  return new InvalidReplyError(
    `A message handler returned ${described(value)}. What it returns is sent as the reply: a string, a Buffer, Uint8Array ` +
      'or ArrayBuffer, what an encoder of the endpoint takes, a generator of several, or a promise of one; undefined or ' +
      'null for no reply. Add encoders: [json()] to the options of @WebSocket to send objects as JSON.',
  );
}
