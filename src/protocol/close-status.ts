/** The payload of a Close frame, RFC 6455 §5.5.1, both ways. */
import { CloseCode, isTransmittable } from './close-code.js';
import { BadPayloadError, ProtocolError } from './errors.js';
import { UTF8_ACCEPT, validateUtf8 } from './utf8.js';

export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/** 125 bytes of control payload less the two of the code. */
export const MAX_CLOSE_REASON_BYTES = 123;

const NO_STATUS: CloseStatus = Object.freeze({ code: CloseCode.NoStatus, reason: '' });
const EMPTY = Buffer.alloc(0);

/**
 * Reads the payload of a received Close. An empty one is 1005, which never stands on the wire itself.
 *
 * @throws ProtocolError for a payload of one byte or a code that may not be sent (RFC 6455 §7.4).
 * @throws BadPayloadError for a reason that is not UTF-8 (§5.5.1, §8.1).
 */
export function parseClosePayload(payload: Buffer): CloseStatus {
  if (payload.length === 0) {
    return NO_STATUS;
  }
  if (payload.length === 1) {
    throw new ProtocolError(
      'MOORAGE_INVALID_CLOSE_PAYLOAD',
      'Close frame with a payload of 1 byte: it holds either nothing, or a code of 2 bytes and a reason (RFC 6455 §5.5.1).',
    );
  }
  const code = payload.readUInt16BE(0);
  if (!isTransmittable(code)) {
    throw new ProtocolError(
      'MOORAGE_INVALID_CLOSE_CODE',
      `Close frame with the code ${code}: on the wire stand 1000–1003, 1007–1014 and 3000–4999 (RFC 6455 §7.4).`,
    );
  }
  if (validateUtf8(UTF8_ACCEPT, payload, 2, payload.length) !== UTF8_ACCEPT) {
    throw new BadPayloadError('MOORAGE_INVALID_UTF8', 'Close frame with a reason that is not UTF-8 (RFC 6455 §8.1).');
  }
  return { code, reason: payload.toString('utf8', 2) };
}

/**
 * Writes the payload of a Close to be sent. 1005 alone gives an empty payload.
 *
 * @throws RangeError for a code that may not be sent, or a reason over 123 bytes of UTF-8.
 */
export function encodeClosePayload(code: number, reason: string): Buffer {
  if (code === CloseCode.NoStatus && reason === '') {
    return EMPTY;
  }
  if (!isTransmittable(code)) {
    throw new RangeError(
      `Close code ${code} may not be sent. Accepted: 1000–1003, 1007–1014, 3000–4999, and 1005 without a reason for a Close without a code (RFC 6455 §7.4).`,
    );
  }
  const length = Buffer.byteLength(reason);
  if (length > MAX_CLOSE_REASON_BYTES) {
    throw new RangeError(
      `Close reason of ${length} bytes: at most ${MAX_CLOSE_REASON_BYTES} bytes of UTF-8 fit into a Close frame (RFC 6455 §5.5). Shorten it, or send the long text as a message first.`,
    );
  }
  const payload = Buffer.allocUnsafe(2 + length);
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}
