/** Frames out, RFC 6455 §5.2: headers written into a buffer that the caller provides, payloads left where they are. */
import { applyMask } from './mask.js';
import type { NativeBuffer } from './native-buffer.js';

/** 2 bytes, 8 of length, 4 of mask. */
export const MAX_HEADER_LENGTH = 14;
/** The longest payload of a control frame, and of a frame whose length fits into the second byte (RFC 6455 §5.2, §5.5). */
export const MAX_SHORT_LENGTH = 125;

const FIN = 0x80;
const MASKED = 0x80;
const TWO_TO_32 = 0x1_0000_0000;

/** The first byte of a frame. `rsv` has RSV1 as 4, RSV2 as 2, RSV3 as 1. */
export function firstByte(opcode: number, fin: boolean, rsv = 0): number {
  return (fin ? FIN : 0) | (rsv << 4) | opcode;
}

/** Bytes of the header in front of a payload of `length` bytes. */
export function headerLength(length: number, masked: boolean): number {
  return (length <= MAX_SHORT_LENGTH ? 2 : length <= 0xffff ? 4 : 10) + (masked ? 4 : 0);
}

/**
 * Writes a header at `at` and returns the position after it. `mask` is the key of a masked frame, undefined for none.
 * The length takes its shortest form, as RFC 6455 §5.2 demands.
 */
export function writeHeader(
  target: Buffer,
  at: number,
  first: number,
  length: number,
  mask: number | undefined,
): number {
  const maskBit = mask === undefined ? 0 : MASKED;
  target[at] = first;
  if (length <= MAX_SHORT_LENGTH) {
    target[at + 1] = maskBit | length;
    at += 2;
  } else if (length <= 0xffff) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = length >>> 8;
    target[at + 3] = length & 0xff;
    at += 4;
  } else {
    target[at + 1] = maskBit | 127;
    // Two halves: bitwise operators would cut a length of 2^32 and more.
    target.writeUInt32BE(Math.floor(length / TWO_TO_32), at + 2);
    target.writeUInt32BE(length % TWO_TO_32, at + 6);
    at += 10;
  }
  if (mask !== undefined) {
    target.writeInt32LE(mask | 0, at);
    at += 4;
  }
  return at;
}

/** A whole frame in a buffer of its own. The payload is copied, and masked in the copy only. */
export function generateFrame(first: number, payload: Uint8Array, mask?: number): Buffer {
  const frame = Buffer.allocUnsafe(headerLength(payload.length, mask !== undefined) + payload.length);
  const start = writeHeader(frame, 0, first, payload.length, mask);
  frame.set(payload, start);
  if (mask !== undefined) {
    applyMask(frame, start, frame.length, mask, 0);
  }
  return frame;
}

/** Bytes that a text frame of `length` UTF-16 units can't exceed, header and mask included. */
export function maxTextFrameLength(length: number): number {
  return MAX_HEADER_LENGTH + 3 * length;
}

/**
 * Writes a whole text frame at `at` and returns the position after it; `maxTextFrameLength` bytes must be there. The
 * text is encoded once, straight to where it will be sent from: the header is guessed for ASCII, and the payload moved
 * when its length turns out to need another.
 */
export function writeTextFrame(
  target: Buffer,
  at: number,
  first: number,
  text: string,
  mask: number | undefined,
): number {
  const masked = mask !== undefined;
  const guessed = at + headerLength(text.length, masked);
  const length = (target as NativeBuffer).utf8Write(text, guessed);
  const start = at + headerLength(length, masked);
  if (start !== guessed) {
    target.copyWithin(start, guessed, guessed + length);
  }
  writeHeader(target, at, first, length, mask);
  if (masked) {
    applyMask(target, start, start + length, mask, 0);
  }
  return start + length;
}
