import { MessageTooLargeError } from '../protocol/errors.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';

/** Done at once (`undefined`), or when the promise settles. */
export type Settling = void | Promise<void>;

/** Takes the pieces of one message, and hands it on in one of the forms that a method can have it in. */
export interface MessageSink {
  /**
   * Takes the next piece; the one that `endsMessage` is the last. Settles when the next may come.
   *
   * @throws as soon as the piece shows that the message is too large or not what it must be.
   */
  append(piece: IncomingFrame): Settling;
  /**
   * The connection ends before the message: nothing more comes. Settles when whoever works on the message has let go
   * of it, and rejects if that failed for a reason of its own.
   */
  abort(cause: Error): Settling;
}

/** Takes the pieces of one message, and gives it when it is whole. */
export interface GatheringSink<Message> {
  /** @throws as a sink does. */
  append(piece: IncomingFrame): void;
  /** The message, after its last piece. */
  finish(): Message;
}

/**
 * The frame headers were checked against the limit before; this is the second look, at what has really come (after
 * inflating, too).
 *
 * @throws MessageTooLargeError
 */
export function checkMessageSize(opcode: MessageOpcode, bytes: number, limit: number): void {
  if (bytes > limit) {
    const [kind, option] = opcode === Opcode.Text ? ['Text', 'maxTextMessageSize'] : ['Binary', 'maxBinaryMessageSize'];
    throw new MessageTooLargeError(
      'MOORAGE_MESSAGE_TOO_LARGE',
      `${kind} message of at least ${bytes} bytes, over the limit of ${limit}. Raise ${option} if peers may send so much.`,
    );
  }
}
