import { StringDecoder } from 'node:string_decoder';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { Opcode } from '../protocol/opcode.js';
import { MessageCheck } from './message-check.js';
import type { MessageSink, Settling } from './message-sink.js';

/** Takes one part of a message after the other; the one that is `last` ends it. */
export type PartConsumer<Part extends string | Buffer> = (part: Part, last: boolean) => Settling;

/**
 * A text message that is handed on as it comes. A code point is never cut in two: the bytes of one that isn't whole yet
 * are held for the next part, so a piece that holds nothing else makes no part.
 */
export class PartialTextSink implements MessageSink {
  readonly #check: MessageCheck;
  readonly #deliver: PartConsumer<string>;
  /** From the first part on that is not known to be ASCII. */
  #decoder: StringDecoder | null = null;

  /** @param limit bytes that the parts together may come to. */
  constructor(limit: number, deliver: PartConsumer<string>) {
    this.#check = new MessageCheck(Opcode.Text, limit);
    this.#deliver = deliver;
  }

  append(piece: IncomingFrame): Settling {
    this.#check.take(piece);
    const part = this.#decode(piece);
    return part === '' && !piece.endsMessage ? undefined : this.#deliver(part, piece.endsMessage);
  }

  abort(): undefined {
    return undefined;
  }

  #decode(piece: IncomingFrame): string {
    if (piece.ascii && this.#decoder === null) {
      return piece.buffer.toString('latin1', piece.start, piece.end);
    }
    this.#decoder ??= new StringDecoder('utf8');
    return this.#decoder.write(piece.payload);
  }
}

/** A binary message that is handed on as it comes: views of what was received, not copies. */
export class PartialBytesSink implements MessageSink {
  readonly #check: MessageCheck;
  readonly #deliver: PartConsumer<Buffer>;

  /** @param limit bytes that the parts together may come to. */
  constructor(limit: number, deliver: PartConsumer<Buffer>) {
    this.#check = new MessageCheck(Opcode.Binary, limit);
    this.#deliver = deliver;
  }

  append(piece: IncomingFrame): Settling {
    this.#check.take(piece);
    return piece.length === 0 && !piece.endsMessage ? undefined : this.#deliver(piece.payload, piece.endsMessage);
  }

  abort(): undefined {
    return undefined;
  }
}
