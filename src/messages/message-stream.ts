import type { Settling } from './message-sink.js';

/** A message's bytes on their way into a stream of one kind or another. */
export interface MessageStream {
  /** What the consumer is given. */
  readonly stream: unknown;
  /** Whether somebody has begun to read, or has given the stream up. */
  readonly isTaken: boolean;
  /** Hands bytes on, for text those of UTF-8. Settles when more is wanted, at once after the stream was given up. */
  push(bytes: Buffer): Settling;
  /** No more comes. Settles when the stream was read to its end or given up. */
  end(): Settling;
  /** The message will never be whole: readers get the cause. */
  fail(cause: Error): void;
  /** Nobody reads: what comes is thrown away. */
  discard(): void;
}
