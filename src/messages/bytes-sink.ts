import { ByteGatherer } from '../protocol/byte-gatherer.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { Opcode } from '../protocol/opcode.js';
import { checkMessageSize, type GatheringSink } from './message-sink.js';

/** A binary message in pieces, given as one Buffer. */
export class BytesSink implements GatheringSink<Buffer> {
  readonly #limit: number;
  readonly #bytes = new ByteGatherer();

  /** @param limit bytes that the message may come to. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  append(piece: IncomingFrame): void {
    checkMessageSize(Opcode.Binary, this.#bytes.length + piece.length, this.#limit);
    this.#bytes.append(piece.buffer, piece.start, piece.end);
  }

  finish(): Buffer {
    return this.#bytes.finish();
  }
}

/** A binary message that came in one piece: a view of it, not a copy. */
export function readBytes(message: IncomingFrame, limit: number): Buffer {
  checkMessageSize(Opcode.Binary, message.length, limit);
  return message.payload;
}
