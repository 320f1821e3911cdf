import { MessageTooLargeError } from '../protocol/errors.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';

/** Takes the pieces of one message that did not come in one, and gives the message when it is whole. */
export interface MessageSink {
  /** What kind of message is being gathered. */
  readonly opcode: MessageOpcode;
  /** @throws as soon as the piece shows that the message is too large or not what it must be. */
  append(piece: IncomingFrame): void;
  /** The message, after its last piece. */
  finish(): string | Buffer | undefined;
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
