import { ByteGatherer } from '../protocol/byte-gatherer.js';
import { MessageTooLargeError } from '../protocol/errors.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { NativeBuffer } from '../protocol/native-buffer.js';
import { Opcode } from '../protocol/opcode.js';
import { UTF8_ACCEPT, validateUtf8 } from '../protocol/utf8.js';
import { checkMessageSize, type GatheringSink } from './message-sink.js';
import { notUtf8, Utf8Check } from './utf8-check.js';

/** A text message in pieces, checked to be UTF-8 piece by piece and given as one string. */
export class TextSink implements GatheringSink<string> {
  readonly #limit: number;
  readonly #bytes = new ByteGatherer();
  readonly #utf8 = new Utf8Check();
  #ascii = true;

  /** @param limit bytes that the message may come to. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  append(piece: IncomingFrame): void {
    checkMessageSize(Opcode.Text, this.#bytes.length + piece.length, this.#limit);
    this.#utf8.take(piece);
    this.#ascii &&= piece.ascii;
    this.#bytes.append(piece.buffer, piece.start, piece.end);
  }

  finish(): string {
    const bytes = this.#bytes.finish();
    return decode(bytes, 0, bytes.length, this.#ascii);
  }
}

/** A text message that came in one piece. */
export function readText(message: IncomingFrame, limit: number): string {
  checkMessageSize(Opcode.Text, message.length, limit);
  const { buffer, start, end, ascii } = message;
  const text = decode(buffer, start, end, ascii);
  // Decoding puts U+FFFD for whatever is not UTF-8, so a text without one needs no check of its own, which costs as
  // much as the decoding.
  if (!ascii && text.includes('\uFFFD') && validateUtf8(UTF8_ACCEPT, buffer, start, end) !== UTF8_ACCEPT) {
    throw notUtf8();
  }
  return text;
}

function decode(bytes: Buffer, start: number, end: number, ascii: boolean): string {
  const native = bytes as NativeBuffer;
  try {
    return ascii ? native.latin1Slice(start, end) : native.utf8Slice(start, end);
  } catch (error) {
    // Only reached where the limit is above what a JavaScript string can hold.
    throw new MessageTooLargeError(
      'MOORAGE_MESSAGE_TOO_LARGE',
      `Text message of ${end - start} bytes, more than a string can hold. Lower maxTextMessageSize below 512 MiB.`,
      { cause: error },
    );
  }
}
