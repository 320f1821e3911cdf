import { BadPayloadError } from '../protocol/errors.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { UTF8_ACCEPT, UTF8_REJECT, validateUtf8 } from '../protocol/utf8.js';

/** A text message, checked to be UTF-8 piece by piece: it fails with the piece that shows it, not at its end. */
export class Utf8Check {
  #state: number = UTF8_ACCEPT;

  /** @throws BadPayloadError */
  take(piece: IncomingFrame): void {
    if (!piece.ascii || this.#state !== UTF8_ACCEPT) {
      this.#state = validateUtf8(this.#state, piece.buffer, piece.start, piece.end);
    }
    if (this.#state === UTF8_REJECT || (piece.endsMessage && this.#state !== UTF8_ACCEPT)) {
      throw notUtf8();
    }
  }
}

/** RFC 6455 §8.1: a text that is not UTF-8 fails the connection. */
export function notUtf8(): BadPayloadError {
  return new BadPayloadError(
    'MOORAGE_INVALID_UTF8',
    'Text message that is not UTF-8 (RFC 6455 §8.1). Bytes of other kinds go in binary messages.',
  );
}
