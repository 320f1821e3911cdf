import type { Writable } from 'node:stream';
import type { Channel, Settling } from '../engine/contract.js';
import type { PartOutlet } from '../messages/message-parts.js';
import { messageWriter, type StreamSource, writeStream } from '../messages/message-writer.js';
import { webMessageWriter } from '../messages/web-message-writer.js';
import { MoorageError } from '../protocol/errors.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import { toBytes } from './bytes.js';
import { BYTES, refused, sent, wrongArgument } from './send-result.js';

/** How `session.sendStream` sends. */
export interface StreamOptions {
  /** `true` for a binary message, `false` for text. Where it is left out the first chunk decides: a string makes it text. */
  readonly binary?: boolean;
}

/** Whoever sends a message in parts: the caller of `sendPartial…` (of a text or of bytes), a stream, a writer. */
type Holder = object;

const TEXT_BY_HAND: Holder = {};
const BINARY_BY_HAND: Holder = {};

/**
 * The messages that a session sends in parts, one at a time: while one is unfinished nobody else's parts may come
 * between. (That whole messages do not either, the engine sees to.)
 */
export class OutgoingParts {
  readonly #channel: Channel;
  #holder: Holder | null = null;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  sendText(part: string, last: boolean): Promise<void> {
    return typeof part === 'string'
      ? this.#sendByHand(TEXT_BY_HAND, 'sendPartialText', part, last)
      : wrongArgument('sendPartialText', 'a string', part);
  }

  sendBinary(part: Uint8Array | ArrayBuffer, last: boolean): Promise<void> {
    const bytes = toBytes(part);
    return bytes === undefined
      ? wrongArgument('sendPartialBinary', BYTES, part)
      : this.#sendByHand(BINARY_BY_HAND, 'sendPartialBinary', bytes, last);
  }

  sendStream(source: StreamSource, signal: AbortSignal, options: StreamOptions = {}): Promise<void> {
    if (
      typeof source !== 'object' ||
      source === null ||
      !(Symbol.asyncIterator in source || Symbol.iterator in source)
    ) {
      return wrongArgument('sendStream', 'a Readable, a ReadableStream or an iterable of strings or bytes', source);
    }
    if (typeof options !== 'object' || options === null) {
      return wrongArgument('sendStream', 'options as an object', options);
    }
    const opcode = options.binary === undefined ? undefined : options.binary ? Opcode.Binary : Opcode.Text;
    return sent(writeStream(this.#outlet(signal), source, opcode));
  }

  open(opcode: MessageOpcode, signal: AbortSignal): Writable {
    return messageWriter(this.#outlet(signal), opcode);
  }

  openWeb(opcode: MessageOpcode, signal: AbortSignal): WritableStream<string | Uint8Array> {
    return webMessageWriter(this.#outlet(signal), opcode);
  }

  #outlet(signal: AbortSignal): PartOutlet {
    const holder: Holder = {};
    return {
      signal,
      send: (part, last) => this.#send(holder, part, last),
      abandon: (cause) => this.#channel.fail(cause),
    };
  }

  #sendByHand(holder: Holder, method: string, part: string | Uint8Array, last: boolean): Promise<void> {
    if (typeof last !== 'boolean') {
      return wrongArgument(method, 'true or false for whether the part is the last', last);
    }
    try {
      return sent(this.#send(holder, part, last));
    } catch (error) {
      return refused(error);
    }
  }

  #send(holder: Holder, part: string | Uint8Array, last: boolean): Settling {
    if (this.#holder !== null && this.#holder !== holder) {
      throw new MoorageError(
        'MOORAGE_MESSAGE_IN_PROGRESS',
        "Another message that is sent in parts is not finished: messages can't interleave (RFC 6455 §5.4). Wait for its stream, or send its last part (last = true), before the next.",
      );
    }
    this.#holder = last ? null : holder;
    return typeof part === 'string'
      ? this.#channel.sendPartialText(part, last)
      : this.#channel.sendPartialBinary(part, last);
  }
}
