import type { MessageSink, Settling } from '../messages/message-sink.js';
import { NodeMessageStream } from '../messages/node-message-stream.js';
import { PartialBytesSink, PartialTextSink } from '../messages/partial-sink.js';
import { StreamSink } from '../messages/stream-sink.js';
import { WebMessageStream } from '../messages/web-message-stream.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';

/** Who takes a message that is handed on while it arrives. */
export interface FormConsumer {
  /** Calls the method with the part and whether it is the last, or with the stream. */
  deliver(first: unknown, last?: boolean): Settling;
  /** The method failed while no call was running. */
  fail(thrown: unknown): void;
}

/** A form in which messages are handed on while they arrive: opens the sink for one of them. */
export type MessageForm = (opcode: MessageOpcode, limit: number, consumer: FormConsumer) => MessageSink;

/** The forms by name: parts, or a stream of either kind. */
export const MESSAGE_FORMS: Readonly<Record<'partial' | 'stream' | 'web-stream', MessageForm>> = {
  partial: (opcode, limit, consumer) =>
    opcode === Opcode.Text
      ? new PartialTextSink(limit, (part, last) => consumer.deliver(part, last))
      : new PartialBytesSink(limit, (part, last) => consumer.deliver(part, last)),
  stream: (opcode, limit, consumer) => new StreamSink(opcode, limit, new NodeMessageStream(opcode), consumer),
  'web-stream': (opcode, limit, consumer) => new StreamSink(opcode, limit, new WebMessageStream(opcode), consumer),
};
