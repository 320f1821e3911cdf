import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { Opcode } from '../protocol/opcode.js';

/**
 * A whole frame as a handler with `@OnWebSocketFrame` sees it, before the event that is made from it. Extensions have
 * been undone: the payload is what the peer's application sent.
 */
export class Frame {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: Opcode;
  /** Whether the frame is the last of its message. */
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** Unmasked. A view of the bytes received, not a copy: copy what is kept for long. */
  readonly payload: Buffer;

  constructor(frame: IncomingFrame) {
    this.opcode = frame.opcode;
    this.fin = frame.fin;
    this.rsv1 = (frame.rsv & 4) !== 0;
    this.rsv2 = (frame.rsv & 2) !== 0;
    this.rsv3 = (frame.rsv & 1) !== 0;
    this.payload = frame.payload;
  }
}
