import { StringDecoder } from 'node:string_decoder';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { Settling } from './message-sink.js';

/** What a message is sent in parts through. */
export interface PartOutlet {
  /** Aborts when nothing can be sent any more. */
  readonly signal: AbortSignal;
  /** Sends the next part; a string for text, bytes otherwise. The message ends with the part that is `last`. */
  send(part: string | Uint8Array, last: boolean): Settling;
  /** A message that was begun can't be finished, and what follows can't be told from it: ends the connection. */
  abandon(cause: unknown): void;
}

const NOTHING = Buffer.alloc(0);

/** The parts of one message, brought into its kind. */
export class MessageParts {
  readonly #outlet: PartOutlet;
  readonly #binary: boolean;
  readonly #decoder = new StringDecoder('utf8');
  /** Something went out, and the last part has not. */
  isBegun = false;

  constructor(outlet: PartOutlet, opcode: MessageOpcode) {
    this.#outlet = outlet;
    this.#binary = opcode === Opcode.Binary;
  }

  send(chunk: string | Uint8Array): Settling {
    const part = this.#binary ? bytesOf(chunk) : this.#textOf(chunk);
    if (part.length === 0) {
      return undefined;
    }
    const sending = this.#outlet.send(part, false);
    this.isBegun = true;
    return sending;
  }

  end(): Settling {
    const sending = this.#outlet.send(this.#binary ? NOTHING : this.#decoder.end(), true);
    this.isBegun = false;
    return sending;
  }

  #textOf(chunk: string | Uint8Array): string {
    return typeof chunk === 'string' ? chunk : this.#decoder.write(bytesOf(chunk));
  }
}

function bytesOf(chunk: string | Uint8Array): Buffer {
  if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) {
    throw new InvalidArgumentError('A stream of a message gave a chunk that is neither a string nor bytes.');
  }
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
