import type { Opcode } from './opcode.js';

/** A frame to be sent, before it has a header: what extensions transform and a generator writes. */
export interface OutgoingFrame {
  readonly opcode: Opcode;
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly payload: Uint8Array;
  /** `false` asks extensions that compress to leave the message as it is; said on its first frame. */
  readonly compress?: boolean | undefined;
}

/** How one message is to be sent. */
export interface SendOptions {
  /**
   * `false` sends it uncompressed on a connection that has agreed on compression: for what is compressed already, or
   * holds a secret next to something that an attacker chose. Default: by the threshold of the compression.
   */
  readonly compress?: boolean;
}
