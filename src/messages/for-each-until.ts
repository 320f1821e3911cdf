import { Readable } from 'node:stream';
import type { Settling } from './message-sink.js';

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

/**
 * Hands on what a source gives, one after the other, each when the last was taken. Ends at once when the signal aborts,
 * with its reason, also while the source keeps us waiting; the source is told to stop.
 */
export async function forEachUntil<T>(
  signal: AbortSignal,
  source: AsyncIterable<T> | Iterable<T>,
  take: (value: T) => Settling,
): Promise<void> {
  signal.throwIfAborted();
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason);
      release(source, iterator);
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([stopped, drain(iterator, take, signal)]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function drain<T>(
  iterator: AsyncIterator<T> | Iterator<T>,
  take: (value: T) => Settling,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) {
      return;
    }
    if (signal.aborted) {
      await iterator.return?.();
      return;
    }
    try {
      const taking = take(next.value);
      if (taking !== undefined) await taking;
    } catch (thrown) {
      await iterator.return?.();
      throw thrown;
    }
  }
}

/** An iterator that waits for its source returns only after it; a stream can be ended from outside. */
function release(source: object, iterator: AnyIterator): void {
  if (source instanceof Readable) {
    source.destroy();
    return;
  }
  // Its end is of no interest any more. A generator that is running, since it has ended us itself, refuses at once:
  // what drains it tells it again.
  try {
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  } catch {}
}
