import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import { forEachUntil } from './for-each-until.js';
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

/** Anything that gives a message's parts: a Node `Readable`, a web `ReadableStream`, a generator … */
export type StreamSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

const NOTHING = Buffer.alloc(0);

/**
 * Sends what a source gives as one message, a fragment each, no faster than they leave. Where the opcode isn't given,
 * the first chunk decides: text for a string.
 */
export async function writeStream(
  outlet: PartOutlet,
  source: StreamSource,
  opcode: MessageOpcode | undefined,
): Promise<void> {
  let parts = opcode === undefined ? undefined : new Parts(outlet, opcode);
  try {
    await forEachUntil<string | Uint8Array>(outlet.signal, source, (chunk) => {
      parts ??= new Parts(outlet, typeof chunk === 'string' ? Opcode.Text : Opcode.Binary);
      return parts.send(chunk);
    });
  } catch (cause) {
    if (parts?.isBegun === true && !outlet.signal.aborted) {
      outlet.abandon(cause);
    }
    throw cause;
  }
  await (parts ?? new Parts(outlet, Opcode.Binary)).end();
}

/** A message as a Node `Writable`: each write is a fragment, the end the end of the message. */
export function messageWriter(outlet: PartOutlet, opcode: MessageOpcode): Writable {
  const parts = new Parts(outlet, opcode);
  const { signal } = outlet;
  const cut = (): void => void writer.destroy(signal.reason);
  const writer = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, encoding, done) =>
      settle(
        () => parts.send(typeof chunk === 'string' && !isUtf8(encoding) ? Buffer.from(chunk, encoding) : chunk),
        done,
      ),
    final: (done) => settle(() => parts.end(), done),
    destroy: (cause, done) => {
      signal.removeEventListener('abort', cut);
      if (parts.isBegun && !signal.aborted) {
        outlet.abandon(cause ?? new Error('The writer of a message was destroyed before its end.'));
      }
      done(cause);
    },
  });
  // Whoever waits for a write learns of the failure. Without a listener it would end the process.
  writer.on('error', () => undefined);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) {
    cut();
  }
  return writer;
}

/** The parts of one message, brought into its kind. */
class Parts {
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
    throw new TypeError('A stream of a message gave a chunk that is neither a string nor bytes.');
  }
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function isUtf8(encoding: string): boolean {
  return encoding === 'utf8' || encoding === 'utf-8';
}

function settle(act: () => Settling, done: (cause?: Error | null) => void): void {
  try {
    const settling = act();
    if (settling === undefined) {
      done();
    } else {
      settling.then(
        () => done(),
        (cause: Error) => done(cause),
      );
    }
  } catch (cause) {
    done(cause as Error);
  }
}
