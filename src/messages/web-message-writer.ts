import type { MessageOpcode } from '../protocol/opcode.js';
import { MessageParts, type PartOutlet } from './message-parts.js';
import type { Settling } from './message-sink.js';

/**
 * A message as a web `WritableStream`: each write is a fragment, the close the end of the message. One chunk is on its way
 * at a time, however large, so that what is piped into it goes no faster than the peer reads. (`Writable.toWeb` counts
 * chunks and not bytes: it would take in thousands before it made anybody wait.)
 */
export function webMessageWriter(outlet: PartOutlet, opcode: MessageOpcode): WritableStream<string | Uint8Array> {
  const parts = new MessageParts(outlet, opcode);
  const { signal } = outlet;
  let cut: () => void;
  const done = (): void => signal.removeEventListener('abort', cut);
  const abandon = (cause: unknown): void => {
    done();
    if (parts.isBegun && !signal.aborted) {
      outlet.abandon(cause);
    }
  };
  // After a failure of its own the stream asks for no abort.
  const failed = (cause: unknown): never => {
    abandon(cause);
    throw cause;
  };
  const attempt = (act: () => Settling): Settling => {
    try {
      return act()?.catch(failed);
    } catch (cause) {
      return failed(cause);
    }
  };
  return new WritableStream({
    start(controller) {
      cut = () => controller.error(signal.reason);
      signal.addEventListener('abort', cut, { once: true });
      if (signal.aborted) {
        cut();
      }
    },
    write: (chunk: string | Uint8Array) => attempt(() => parts.send(chunk)),
    close() {
      done();
      return attempt(() => parts.end());
    },
    abort: (reason: unknown) =>
      abandon(reason ?? new Error('The stream that a message was written to was aborted before its end.')),
  });
}
