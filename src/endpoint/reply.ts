import type { Channel, Settling } from '../engine/contract.js';
import { SessionClosedError } from '../protocol/errors.js';
import { toBytes } from './bytes.js';
import { described } from './described.js';
import { InvalidReplyError } from './errors.js';

/**
 * Sends what a message handler returned: a string as text, bytes as binary, nothing for undefined and null. A reply
 * that comes after its session has closed is dropped: that is no failure of the handler's.
 *
 * What it returns is the send's backpressure, so that a peer who doesn't read its replies isn't read from either.
 *
 * @throws InvalidReplyError for any other value.
 */
export function sendReply(channel: Channel, value: unknown): Settling {
  if (typeof value === 'string') {
    return channel.isOpen ? unlessClosed(channel.sendText(value)) : undefined;
  }
  if (value === undefined || value === null) {
    return undefined;
  }
  const bytes = toBytes(value);
  if (bytes === undefined) {
    throw new InvalidReplyError(
      `A message handler returned ${described(value)}. What it returns is sent as the reply: a string, a Buffer, Uint8Array ` +
        'or ArrayBuffer, or a promise of one; undefined or null for no reply. Return JSON.stringify(value) to send an object.',
    );
  }
  return channel.isOpen ? unlessClosed(channel.sendBinary(bytes)) : undefined;
}

function unlessClosed(sending: Settling): Settling {
  return sending === undefined ? undefined : sending.catch(overlookClosed);
}

function overlookClosed(error: unknown): void {
  if (!(error instanceof SessionClosedError)) {
    throw error;
  }
}
