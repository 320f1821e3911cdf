import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { MessageOpcode } from '../protocol/opcode.js';
import { MessageCheck } from './message-check.js';
import type { MessageSink, Settling } from './message-sink.js';
import type { MessageStream } from './message-stream.js';

/** Who is given the stream. */
export interface StreamConsumer {
  /** Called when the message begins. Settles when it needs the stream no more. */
  deliver(stream: unknown): Settling;
  /** The consumer failed while the message was still arriving. */
  fail(thrown: unknown): void;
}

/**
 * A message that is handed on as a stream. It is done when its consumer has settled and the stream was read to its end.
 * A consumer that settles without having begun to read has no use for the message: the rest of it is thrown away as it
 * comes.
 *
 * Invariant: the next piece is asked for when the stream wants more, so what is held is bounded by the stream's buffer
 * and the engine's look-ahead, however large the message.
 */
export class StreamSink implements MessageSink {
  readonly #check: MessageCheck;
  readonly #stream: MessageStream;
  readonly #consumer: StreamConsumer;
  #begun = false;
  #consumed: Settling = undefined;
  #aborted: Error | null = null;

  constructor(opcode: MessageOpcode, limit: number, stream: MessageStream, consumer: StreamConsumer) {
    this.#check = new MessageCheck(opcode, limit);
    this.#stream = stream;
    this.#consumer = consumer;
  }

  append(piece: IncomingFrame): Settling {
    this.#check.take(piece);
    if (!this.#begun) {
      this.#begun = true;
      this.#begin();
    }
    const pushed = piece.length === 0 ? undefined : this.#stream.push(piece.payload);
    return piece.endsMessage ? this.#finish(pushed) : pushed;
  }

  abort(cause: Error): Settling {
    this.#aborted = cause;
    this.#stream.fail(cause);
    return this.#consumed;
  }

  #begin(): void {
    try {
      const settling = this.#consumer.deliver(this.#stream.stream);
      if (settling === undefined) {
        this.#settled();
      } else {
        this.#consumed = settling.then(
          () => this.#settled(),
          (thrown) => this.#failed(thrown),
        );
      }
    } catch (thrown) {
      this.#stream.discard();
      throw thrown;
    }
  }

  async #finish(pushed: Settling): Promise<void> {
    await pushed;
    await this.#stream.end();
    await this.#consumed;
  }

  #settled(): void {
    if (!this.#stream.isTaken) {
      this.#stream.discard();
    }
  }

  #failed(thrown: unknown): void {
    this.#stream.discard();
    if (this.#aborted === null) {
      this.#consumer.fail(thrown);
    } else if (!isConsequence(thrown, this.#aborted)) {
      throw thrown;
    }
  }
}

/** Whether a consumer failed because its stream did: that has been told of already. */
function isConsequence(thrown: unknown, aborted: Error): boolean {
  if (thrown === aborted) {
    return true;
  }
  const { cause, code, name } = (thrown ?? {}) as { cause?: unknown; code?: unknown; name?: unknown };
  return cause === aborted || code === 'ERR_STREAM_PREMATURE_CLOSE' || name === 'AbortError';
}
