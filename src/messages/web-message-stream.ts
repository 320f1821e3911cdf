import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import { StringDecoder } from 'node:string_decoder';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { Settling } from './message-sink.js';
import type { MessageStream } from './message-stream.js';

type Chunk = string | Uint8Array;

/**
 * A message as a web `ReadableStream`: of strings for text, which never end inside a code point, or of Uint8Arrays. It
 * buffers nothing itself: a chunk goes in when there is a read that waits for it, so the end of reading is known.
 */
export class WebMessageStream implements MessageStream {
  readonly stream: ReadableStream<Chunk>;
  readonly #decoder: StringDecoder | null;
  #controller!: ReadableStreamDefaultController<Chunk>;
  /** A read is waiting. */
  #wanted = false;
  #over = false;
  /** Goes on when a read is waiting, or none will ever be. */
  #resume: (() => void) | null = null;

  constructor(opcode: MessageOpcode) {
    this.#decoder = opcode === Opcode.Text ? new StringDecoder('utf8') : null;
    this.stream = new ReadableStream<Chunk>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#wanted = true;
          this.#release();
        },
        cancel: () => this.#finish(),
      },
      { highWaterMark: 0 },
    );
  }

  get isTaken(): boolean {
    return this.stream.locked || this.#over;
  }

  push(bytes: Buffer): Settling {
    const chunk = this.#decoder === null ? viewOf(bytes) : this.#decoder.write(bytes);
    return chunk.length === 0 ? undefined : this.#whenWanted(() => this.#controller.enqueue(chunk));
  }

  end(): Settling {
    return this.#whenWanted(() => {
      this.#finish();
      this.#controller.close();
    });
  }

  fail(cause: Error): void {
    if (!this.#over) {
      this.#finish();
      this.#controller.error(cause);
    }
  }

  discard(): void {
    this.fail(new Error('The message was not read: its handler had returned before anyone began to.'));
  }

  #whenWanted(act: () => void): Settling {
    if (this.#over) {
      return undefined;
    }
    if (this.#wanted) {
      this.#wanted = false;
      act();
      return undefined;
    }
    return new Promise<void>((resolve) => {
      this.#resume = resolve;
    }).then(() => this.#whenWanted(act));
  }

  #finish(): void {
    this.#over = true;
    this.#release();
  }

  #release(): void {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }
}

/** The same bytes without the methods of a Buffer. */
function viewOf(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
