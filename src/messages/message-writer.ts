import { Writable } from 'node:stream';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import { forEachUntil } from './for-each-until.js';
import { MessageParts, type PartOutlet } from './message-parts.js';
import type { Settling } from './message-sink.js';

/** Anything that gives a message's parts: a Node `Readable`, a web `ReadableStream`, a generator … */
export type StreamSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Sends what a source gives as one message, a fragment each, no faster than they leave. Where the opcode isn't given,
 * the first chunk decides: text for a string.
 */
export async function writeStream(
  outlet: PartOutlet,
  source: StreamSource,
  opcode: MessageOpcode | undefined,
): Promise<void> {
  let parts = opcode === undefined ? undefined : new MessageParts(outlet, opcode);
  try {
    await forEachUntil<string | Uint8Array>(outlet.signal, source, (chunk) => {
      parts ??= new MessageParts(outlet, typeof chunk === 'string' ? Opcode.Text : Opcode.Binary);
      return parts.send(chunk);
    });
  } catch (cause) {
    if (parts?.isBegun === true && !outlet.signal.aborted) {
      outlet.abandon(cause);
    }
    throw cause;
  }
  await (parts ?? new MessageParts(outlet, Opcode.Binary)).end();
}

/** A message as a Node `Writable`: each write is a fragment, the end the end of the message. */
export function messageWriter(outlet: PartOutlet, opcode: MessageOpcode): Writable {
  const parts = new MessageParts(outlet, opcode);
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
