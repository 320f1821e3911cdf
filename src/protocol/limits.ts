import { Opcode } from './opcode.js';

/** The bounds on what a peer may send. All are checked when a frame's header is known, before memory is taken. */
export interface MessageLimits {
  /** Bytes of one text message, after inflating. `Infinity` is none. */
  readonly maxTextMessageSize: number;
  /** Bytes of one binary message, after inflating. `Infinity` is none. */
  readonly maxBinaryMessageSize: number;
  /** Bytes of one frame's payload as it stands on the wire. `Infinity` leaves it to the message limits. */
  readonly maxFrameSize: number;
  /** Frames of one message, empty ones included. `Infinity` is none. */
  readonly maxFragments: number;
}

/** The limit on a message of this opcode. */
export function messageLimit(opcode: number, limits: MessageLimits): number {
  return opcode === Opcode.Text ? limits.maxTextMessageSize : limits.maxBinaryMessageSize;
}

/**
 * Bytes that a message within `limit` may take when extensions have encoded it: compression makes nothing larger by more
 * than a few percent.
 */
export function encodedLimit(limit: number): number {
  return limit + limit / 8 + 1024;
}

const MiB = 1024 * 1024;

/** What holds where nobody said otherwise. */
export const DEFAULT_LIMITS: MessageLimits = Object.freeze({
  maxTextMessageSize: MiB,
  maxBinaryMessageSize: MiB,
  maxFrameSize: Infinity,
  maxFragments: 4096,
});
