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

const MiB = 1024 * 1024;

/** What holds where nobody said otherwise. */
export const DEFAULT_LIMITS: MessageLimits = Object.freeze({
  maxTextMessageSize: MiB,
  maxBinaryMessageSize: MiB,
  maxFrameSize: Infinity,
  maxFragments: 4096,
});
