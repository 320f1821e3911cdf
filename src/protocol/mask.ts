/**
 * Masking, RFC 6455 §5.3: byte i of a payload is XORed with byte i mod 4 of the key. The same both ways.
 * A key is held as one 32-bit number, its first byte the lowest, as memory on every platform of Node has it.
 */

/** Below this length, making a view of words costs more than it saves (measured on Node 20: even at about 115 bytes). */
export const WORDS_FROM = 120;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Masks or unmasks `bytes[start, end)` in place. `phase` is the position of `start` within the payload; `view`, where
 * there is one, is of the same bytes. Returns whether every byte is below 0x80 afterwards, which the loop learns for nothing.
 */
export function applyMask(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  phase: number,
  view: DataView | null = null,
): boolean {
  if (end - start >= WORDS_FROM) {
    return maskWords(bytes, start, end, rotate(key, phase));
  }
  if (view !== null) {
    return maskView(view, start, end, rotate(key, phase));
  }
  return maskBytes(bytes, start, end, rotate(key, phase)) < 0x80;
}

/** The key as it stands for a payload whose first byte is at `phase`. */
function rotate(key: number, phase: number): number {
  const bits = (phase & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const k0 = key & 0xff;
  const k1 = (key >>> 8) & 0xff;
  const k2 = (key >>> 16) & 0xff;
  const k3 = key >>> 24;
  let seen = 0;
  let at = start;
  for (const whole = end - 3; at < whole; at += 4) {
    const b0 = bytes[at]! ^ k0;
    const b1 = bytes[at + 1]! ^ k1;
    const b2 = bytes[at + 2]! ^ k2;
    const b3 = bytes[at + 3]! ^ k3;
    bytes[at] = b0;
    bytes[at + 1] = b1;
    bytes[at + 2] = b2;
    bytes[at + 3] = b3;
    seen |= b0 | b1 | b2 | b3;
  }
  if (at < end) seen |= bytes[at]! ^= k0;
  if (at + 1 < end) seen |= bytes[at + 1]! ^= k1;
  if (at + 2 < end) seen |= bytes[at + 2]! ^= k2;
  return seen;
}

function maskView(view: DataView, start: number, end: number, key: number): boolean {
  let high = 0;
  let at = start;
  for (const whole = end - 15; at < whole; at += 16) {
    const w0 = view.getInt32(at, true) ^ key;
    const w1 = view.getInt32(at + 4, true) ^ key;
    const w2 = view.getInt32(at + 8, true) ^ key;
    const w3 = view.getInt32(at + 12, true) ^ key;
    view.setInt32(at, w0, true);
    view.setInt32(at + 4, w1, true);
    view.setInt32(at + 8, w2, true);
    view.setInt32(at + 12, w3, true);
    high |= w0 | w1 | w2 | w3;
  }
  for (const whole = end - 3; at < whole; at += 4) {
    const word = view.getInt32(at, true) ^ key;
    view.setInt32(at, word, true);
    high |= word;
  }
  for (let rest = key; at < end; at++) {
    const byte = view.getUint8(at) ^ (rest & 0xff);
    view.setUint8(at, byte);
    high |= byte;
    rest >>>= 8;
  }
  return (high & HIGH_BITS) === 0;
}

function maskWords(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  const lead = -(bytes.byteOffset + start) & 3;
  const aligned = start + lead;
  const count = (end - aligned) >>> 2;
  const tail = aligned + (count << 2);
  let seen = maskBytes(bytes, start, aligned, key);
  const shifted = rotate(key, lead);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, count);
  let high = 0;
  let at = 0;
  // Four at a time: a quarter faster than one, and eight win nothing more.
  for (const whole = count - 3; at < whole; at += 4) {
    const w0 = words[at]! ^ shifted;
    const w1 = words[at + 1]! ^ shifted;
    const w2 = words[at + 2]! ^ shifted;
    const w3 = words[at + 3]! ^ shifted;
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    high |= w0 | w1 | w2 | w3;
  }
  for (; at < count; at++) {
    const word = words[at]! ^ shifted;
    words[at] = word;
    high |= word;
  }
  seen |= maskBytes(bytes, tail, end, shifted);
  return seen < 0x80 && (high & HIGH_BITS) === 0;
}
