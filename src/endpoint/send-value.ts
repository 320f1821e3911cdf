import type { Channel, Settling } from '../engine/contract.js';
import { PreparedMessage } from '../engine/prepared-message.js';
import type { Encoded, Encoder } from '../messages/codec.js';
import { EncodeError } from '../messages/codec-errors.js';
import { forEachUntil } from '../messages/for-each-until.js';
import type { StreamSource } from '../messages/message-writer.js';
import { isSequence } from '../messages/plain-value.js';
import { textOf } from '../protocol/thrown.js';
import { toBytes } from './bytes.js';
import { described } from './described.js';
import { isThenable } from './settle.js';

/** What values are sent through: a session, as it sees itself. */
export interface ValueOutlet {
  readonly channel: Channel;
  readonly encoders: readonly Encoder[];
  readonly session: {
    readonly signal: AbortSignal;
    sendStream(source: StreamSource): Promise<void>;
  };
}

/** Says in an error that a value can't be sent. */
export type RefuseValue = (value: unknown) => Error;

/**
 * Sends a value: what a message handler returned, or what `session.send` was given. In this order: a prepared message;
 * what an encoder takes; a string as text; bytes as binary; a stream as one message in fragments; each value of a
 * generator or another async iterable as a message of its own.
 *
 * @throws what `refuse` makes of any other value.
 */
export function sendValue(outlet: ValueOutlet, value: unknown, refuse: RefuseValue, compress?: boolean): Settling {
  if (value instanceof PreparedMessage) {
    return outlet.channel.sendPrepared(value);
  }
  for (const encoder of outlet.encoders) {
    if (encoder.willEncode(value)) {
      return sendEncoded(outlet, encoder, value, compress);
    }
  }
  return sendAsItIs(outlet, value, refuse, compress);
}

function sendAsItIs(outlet: ValueOutlet, value: unknown, refuse: RefuseValue, compress: boolean | undefined): Settling {
  if (typeof value === 'string') {
    return outlet.channel.sendText(value, compress);
  }
  const bytes = toBytes(value);
  if (bytes !== undefined) {
    return outlet.channel.sendBinary(bytes, compress);
  }
  if (typeof value !== 'object' || value === null || !isSequence(value)) {
    throw refuse(value);
  }
  return isByteStream(value)
    ? outlet.session.sendStream(value)
    : forEachUntil<unknown>(outlet.session.signal, value, (each) => sendValue(outlet, each, refuse, compress));
}

/** A stream is one message; one of objects is a sequence of them, as a generator is. */
function isByteStream(value: object): value is StreamSource & object {
  const { getReader, pipe, readableObjectMode } = value as Partial<Record<string, unknown>>;
  return typeof getReader === 'function' || (typeof pipe === 'function' && readableObjectMode !== true);
}

function sendEncoded(outlet: ValueOutlet, encoder: Encoder, value: unknown, compress: boolean | undefined): Settling {
  const failed = (cause: unknown): EncodeError =>
    new EncodeError(encoder.name, `${encoder.name} can't encode ${described(value)}: ${textOf(cause)}.`, { cause });
  const send = (encoded: Encoded): Settling => {
    if (typeof encoded === 'object' && encoded !== null && Symbol.asyncIterator in encoded) {
      return outlet.session.sendStream(encoded);
    }
    return sendAsItIs(outlet, encoded, (what) => failed(new TypeError(`it made ${described(what)} of it`)), compress);
  };
  let encoded: Encoded | PromiseLike<Encoded>;
  try {
    encoded = encoder.encode(value);
  } catch (cause) {
    throw failed(cause);
  }
  if (!isThenable(encoded)) {
    return send(encoded);
  }
  return Promise.resolve(encoded).then(send, (cause) => {
    throw failed(cause);
  });
}
