import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import { checkMessageSize } from './message-sink.js';
import { Utf8Check } from './utf8-check.js';

/** What every message that is handed on before it is whole must stand, piece by piece: its limit and, for text, UTF-8. */
export class MessageCheck {
  readonly #opcode: MessageOpcode;
  readonly #limit: number;
  readonly #utf8: Utf8Check | null;
  #length = 0;

  /** @param limit bytes that the message may come to. */
  constructor(opcode: MessageOpcode, limit: number) {
    this.#opcode = opcode;
    this.#limit = limit;
    this.#utf8 = opcode === Opcode.Text ? new Utf8Check() : null;
  }

  /** @throws MessageTooLargeError or BadPayloadError, before anything of the piece is handed on. */
  take(piece: IncomingFrame): void {
    this.#length += piece.length;
    checkMessageSize(this.#opcode, this.#length, this.#limit);
    this.#utf8?.take(piece);
  }
}
