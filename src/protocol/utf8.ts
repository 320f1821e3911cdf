/**
 * UTF-8 checked as it comes, RFC 3629 and RFC 6455 §8.1. The state between two pieces of a message is one number, so a
 * connection without a text message under way keeps nothing.
 */
import { isUtf8 } from 'node:buffer';

/** The text so far is whole: a message may end here. */
export const UTF8_ACCEPT = 0;
/** The text is not UTF-8, whatever follows. */
export const UTF8_REJECT = -1;

// The states between the bytes of one code point. The last four admit only part of 80–BF as their next byte: they
// refuse overlong forms, surrogates and what lies above U+10FFFF at the first byte that shows it.
const ONE_MORE = 1;
const TWO_MORE = 2;
const THREE_MORE = 3;
const AFTER_E0 = 4;
const AFTER_ED = 5;
const AFTER_F0 = 6;
const AFTER_F4 = 7;

/** From here on the native check, with its call, is cheaper than the loop. */
const NATIVE_FROM = 48;
/** A code point has at most three bytes after its first. */
const LONGEST_TAIL = 3;

/**
 * Takes `bytes[start, end)` into a check begun earlier (or at `UTF8_ACCEPT`) and returns the state after them:
 * `UTF8_ACCEPT`, `UTF8_REJECT` as soon as a byte is wrong, or another state inside a code point.
 *
 * @example
 * let state = validateUtf8(UTF8_ACCEPT, Buffer.from([0xc3]), 0, 1);   // inside a code point
 * state = validateUtf8(state, Buffer.from([0xa9]), 0, 1);             // UTF8_ACCEPT: "é"
 */
export function validateUtf8(state: number, bytes: Uint8Array, start: number, end: number): number {
  if (end - start < NATIVE_FROM) {
    return scan(state, bytes, start, end);
  }
  let from = start;
  while (state !== UTF8_ACCEPT) {
    if (state === UTF8_REJECT) {
      return state;
    }
    state = scan(state, bytes, from, ++from);
  }
  const tail = lastBoundary(bytes, from, end);
  return isUtf8(bytes.subarray(from, tail)) ? scan(UTF8_ACCEPT, bytes, tail, end) : UTF8_REJECT;
}

/** The start of the code point that the end may cut in two; everything before it can be judged as a whole. */
function lastBoundary(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && end - at <= LONGEST_TAIL; at--) {
    if ((bytes[at]! & 0xc0) !== 0x80) {
      return at;
    }
  }
  return end;
}

function scan(state: number, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (state === UTF8_ACCEPT) {
      if (byte >= 0x80) {
        state = afterLead(byte);
      }
    } else {
      state = afterContinuation(state, byte);
    }
    if (state === UTF8_REJECT) {
      return UTF8_REJECT;
    }
  }
  return state;
}

function afterLead(byte: number): number {
  if (byte < 0xc2) return UTF8_REJECT; // a continuation byte, or an overlong form of ASCII
  if (byte < 0xe0) return ONE_MORE;
  if (byte === 0xe0) return AFTER_E0;
  if (byte === 0xed) return AFTER_ED;
  if (byte < 0xf0) return TWO_MORE;
  if (byte === 0xf0) return AFTER_F0;
  if (byte < 0xf4) return THREE_MORE;
  return byte === 0xf4 ? AFTER_F4 : UTF8_REJECT;
}

function afterContinuation(state: number, byte: number): number {
  if ((byte & 0xc0) !== 0x80) return UTF8_REJECT;
  switch (state) {
    case ONE_MORE:
      return UTF8_ACCEPT;
    case TWO_MORE:
      return ONE_MORE;
    case THREE_MORE:
      return TWO_MORE;
    case AFTER_E0:
      return byte >= 0xa0 ? ONE_MORE : UTF8_REJECT;
    case AFTER_ED:
      return byte < 0xa0 ? ONE_MORE : UTF8_REJECT;
    case AFTER_F0:
      return byte >= 0x90 ? TWO_MORE : UTF8_REJECT;
    case AFTER_F4:
      return byte < 0x90 ? TWO_MORE : UTF8_REJECT;
    default:
      return UTF8_REJECT;
  }
}
