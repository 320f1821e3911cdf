import { hash } from 'node:crypto';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** 16 bytes in base64 (RFC 4648 §4): 22 characters that carry bits, and `==`. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Whether a `Sec-WebSocket-Key` is 16 bytes of base64. The last character carries four bits that decode to nothing;
 * RFC 4648 §3.5 leaves it to the decoder whether they must be zero, and here they need not be.
 */
export function isValidKey(key: string): boolean {
  return KEY.test(key);
}

/** The `Sec-WebSocket-Accept` that answers a key (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return hash('sha1', key + GUID, 'base64');
}
