import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { MessageOpcode } from '../protocol/opcode.js';
import { checkMessageSize, type GatheringSink } from './message-sink.js';

/** A message that nobody handles: counted, since its size is limited all the same, and forgotten. Its text is not checked. */
export class DiscardSink implements GatheringSink<undefined> {
  readonly #opcode: MessageOpcode;
  readonly #limit: number;
  #length = 0;

  constructor(opcode: MessageOpcode, limit: number) {
    this.#opcode = opcode;
    this.#limit = limit;
  }

  append(piece: IncomingFrame): void {
    this.#length += piece.length;
    checkMessageSize(this.#opcode, this.#length, this.#limit);
  }

  finish(): undefined {
    return undefined;
  }
}
