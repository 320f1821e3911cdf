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
 * @param encodes whether the endpoint has encoders, so that even a string may be theirs.
 * @throws InvalidReplyError for what can't be sent.
 */
export function sendReply(session: Session, channel: Channel, encodes: boolean, value: unknown): Settling {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === 'string' && !encodes) {
    return channel.isOpen ? unlessClosed(channel.sendText(value)) : undefined;
  }
  // A session that has closed sends nothing, but what could not be sent in any case is a mistake in any case.
  return channel.isOpen || !isSendable(value) ? unlessClosed(sendFrom(session, value, invalidReply)) : undefined;
}

function isSendable(value: unknown): boolean {
  return typeof value === 'object' || typeof value === 'string';
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
