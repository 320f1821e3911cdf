import { hash } from 'node:crypto';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The characters of 16 bytes in base64: 22 that carry bits, and `==`. */
const KEY_LENGTH = 24;

/** 1 for the base64 alphabet (RFC 4648 §4). */
const BASE64 = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  BASE64[char.charCodeAt(0)] = 1;
}

/**
 * Whether a `Sec-WebSocket-Key` is 16 bytes of base64. The last character carries four bits that decode to nothing;
 * RFC 4648 §3.5 leaves it to the decoder whether they must be zero, and here they need not be.
 */
export function isValidKey(key: string): boolean {
  if (key.length !== KEY_LENGTH || key.charCodeAt(22) !== 0x3d || key.charCodeAt(23) !== 0x3d) {
    return false;
  }
  for (let i = 0; i < 22; i++) {
    const code = key.charCodeAt(i);
    if (code >= 128 || BASE64[code] !== 1) {
      return false;
    }
  }
  return true;
}

/** The `Sec-WebSocket-Accept` that answers a key (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return hash('sha1', key + GUID, 'base64');
}
