import { MessageTooLargeError, PolicyViolationError, ProtocolError } from './errors.js';
import { encodedLimit, type MessageLimits, messageLimit } from './limits.js';
import { Opcode } from './opcode.js';

/**
 * The order of data frames within one direction, RFC 6455 §5.4: a message is one Text or Binary frame and any number
 * of Continuations, the last with FIN; messages do not interleave. Control frames may stand between and do not come here.
 *
 * It also counts what a message has come to so far, so that a limit is enforced at the header of the frame that passes it.
 */
export class FrameSequence {
  /** Opcode of the message under way; 0 between messages. */
  #message: number = Opcode.Continuation;
  #fragments = 0;
  #bytes = 0;
  #compressed = false;

  /** Whether a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#message !== Opcode.Continuation;
  }

  /** Opcode of the message under way, or `Opcode.Continuation` between messages. */
  get messageOpcode(): number {
    return this.#message;
  }

  /**
   * Takes the header of a data frame.
   *
   * @param compressed the frame's length is not the message's: only what it inflates to counts, and is counted there.
   * @throws ProtocolError, MessageTooLargeError or PolicyViolationError; the message must not be taken then.
   */
  accept(opcode: number, fin: boolean, length: number, compressed: boolean, limits: MessageLimits): void {
    if (opcode === Opcode.Continuation) {
      this.#continue(length, limits);
    } else {
      this.#begin(opcode, length, compressed, limits);
    }
    if (fin) {
      this.#message = Opcode.Continuation;
    }
  }

  #begin(opcode: number, length: number, compressed: boolean, limits: MessageLimits): void {
    if (this.inMessage) {
      throw new ProtocolError(
        'MOORAGE_EXPECTED_CONTINUATION',
        `${nameOf(opcode)} frame inside an unfinished ${nameOf(this.#message)} message: its fragments come first, as Continuation frames (RFC 6455 §5.4).`,
      );
    }
    checkMessageSize(opcode, length, compressed, limits);
    this.#message = opcode;
    this.#fragments = 1;
    this.#bytes = length;
    this.#compressed = compressed;
  }

  #continue(length: number, limits: MessageLimits): void {
    if (!this.inMessage) {
      throw new ProtocolError(
        'MOORAGE_UNEXPECTED_CONTINUATION',
        'Continuation frame without a message to continue (RFC 6455 §5.4).',
      );
    }
    this.#fragments += 1;
    if (this.#fragments > limits.maxFragments) {
      throw new PolicyViolationError(
        'MOORAGE_TOO_MANY_FRAGMENTS',
        `Message of more than ${limits.maxFragments} fragments. Raise maxFragments if peers may send so many.`,
      );
    }
    this.#bytes += length;
    checkMessageSize(this.#message, this.#bytes, this.#compressed, limits);
  }
}

/**
 * The limit on a message of `bytes` bytes so far. What a compressed one comes to is only known when it is inflated; here
 * it is held to what no message within the limit needs (`encodedLimit`).
 *
 * @throws MessageTooLargeError
 */
export function checkMessageSize(opcode: number, bytes: number, compressed: boolean, limits: MessageLimits): void {
  const limit = messageLimit(opcode, limits);
  if (bytes > limit && (!compressed || bytes > encodedLimit(limit))) {
    throw new MessageTooLargeError(
      'MOORAGE_MESSAGE_TOO_LARGE',
      `${compressed ? 'Compressed ' : ''}${nameOf(opcode)} message of at least ${bytes} bytes, over the limit of ${limit}. Raise ${opcode === Opcode.Text ? 'maxTextMessageSize' : 'maxBinaryMessageSize'} if peers may send so much.`,
    );
  }
}

function nameOf(opcode: number): string {
  return opcode === Opcode.Text ? 'Text' : 'Binary';
}
