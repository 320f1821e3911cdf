import { Readable } from 'node:stream';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { Settling } from './message-sink.js';
import type { MessageStream } from './message-stream.js';

/** A message as a Node `Readable`: of strings for text, which never end inside a code point, or of Buffers. */
export class NodeMessageStream implements MessageStream {
  readonly stream: Readable;
  /** Ends the wait for room in the buffer, or for its end to be read. */
  #resume: (() => void) | null = null;
  #ending = false;

  constructor(opcode: MessageOpcode) {
    this.stream = new Readable({
      ...(opcode === Opcode.Text ? { encoding: 'utf8' } : {}),
      read: () => this.#wanted(),
      destroy: (cause, done) => {
        this.#release();
        done(cause);
      },
    });
    // Who reads gets the error by the way of reading. Without a listener it would end the process.
    this.stream.on('error', () => undefined);
  }

  get isTaken(): boolean {
    const { stream } = this;
    return (
      stream.destroyed ||
      stream.readableFlowing !== null ||
      stream.readableDidRead ||
      stream.listenerCount('readable') > 0
    );
  }

  push(bytes: Buffer): Settling {
    return this.stream.destroyed || this.stream.push(bytes) ? undefined : this.#wait();
  }

  end(): Settling {
    if (this.stream.destroyed) {
      return undefined;
    }
    this.#ending = true;
    this.stream.push(null);
    return this.#wait(); // Read to its end it destroys itself (`autoDestroy`).
  }

  fail(cause: Error): void {
    this.stream.destroy(cause);
  }

  discard(): void {
    this.stream.destroy();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #wanted(): void {
    if (!this.#ending) {
      this.#release();
    }
  }

  #release(): void {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }
}
