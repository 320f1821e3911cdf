import type { Opcode } from './opcode.js';

/** A frame to be sent, before it has a header: what extensions transform and a generator writes. */
export interface OutgoingFrame {
  readonly opcode: Opcode;
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly payload: Uint8Array;
}
