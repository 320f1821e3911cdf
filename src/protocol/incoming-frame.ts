import { Opcode } from './opcode.js';

/**
 * A frame as received, or a piece of one: a parser hands out the bytes of a data frame as they come, and says with
 * `startsFrame` and `endsFrame` where the piece lies. Control frames are always whole.
 *
 * The payload is already unmasked and lies in the chunk that the transport gave: `buffer[start, end)`. Nothing is
 * copied; who keeps the bytes longer than the call keeps the whole chunk.
 */
export class IncomingFrame {
  constructor(
    readonly opcode: Opcode,
    /** FIN: the frame is the last of its message. */
    readonly fin: boolean,
    /** RSV1–3 as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
    readonly rsv: number,
    readonly buffer: Buffer,
    readonly start: number,
    readonly end: number,
    readonly startsFrame: boolean,
    readonly endsFrame: boolean,
    /** True only when every byte is known to be below 0x80, a by-product of unmasking; false says nothing. */
    readonly ascii: boolean,
  ) {}

  /** The bytes as a view, not a copy. */
  get payload(): Buffer {
    return this.buffer.subarray(this.start, this.end);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Whether this piece completes its message. */
  get endsMessage(): boolean {
    return this.fin && this.endsFrame;
  }

  /** Whether this piece is the first of its message. */
  get startsMessage(): boolean {
    return this.startsFrame && this.opcode !== Opcode.Continuation;
  }
}
