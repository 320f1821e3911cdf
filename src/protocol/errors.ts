import { CloseCode } from './close-code.js';
import { InvalidArgumentError } from './invalid-argument.js';

/** The root of every error that Moorage creates. `code` is stable and documented; `message` is for people and may change. */
export class MoorageError extends Error {
  override readonly name: string = 'MoorageError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * An error that ends its connection with a close code of its own.
 *
 * Thrown from a handler it decides the Close frame: `throw new CloseError(4001, 'Not a member')`. The reason goes to
 * the peer as it stands; the message stays at home.
 *
 * Neither is checked here, and nothing throws for them: the connection is ending as it is. A code that may not be sent
 * goes out as 1011 without the reason, a reason longer than 123 bytes of UTF-8 as an empty one; 1006 cuts the connection
 * without a Close.
 */
export class CloseError extends MoorageError {
  override readonly name: string = 'CloseError';
  readonly closeCode: number;
  readonly closeReason: string;

  /** @throws InvalidArgumentError for a code that is no number or a reason that is no string. */
  constructor(closeCode: number, closeReason: string, options?: ErrorOptions & { code?: string; message?: string }) {
    if (typeof closeCode !== 'number' || typeof closeReason !== 'string') {
      throw new InvalidArgumentError(
        `new CloseError(code, reason) takes a number and a string, and was given a ${typeof closeCode} and a ${typeof closeReason}.`,
      );
    }
    super(
      options?.code ?? 'MOORAGE_CLOSED_BY_HANDLER',
      options?.message ?? `The connection is closed with ${closeCode}${closeReason && `: ${closeReason}`}`,
      options,
    );
    this.closeCode = closeCode;
    this.closeReason = closeReason;
  }
}

/** The peer broke RFC 6455 or an extension's rules. Ends the connection with 1002. */
export class ProtocolError extends CloseError {
  override readonly name = 'ProtocolError';

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(CloseCode.ProtocolError, 'Protocol error', { ...options, code, message });
  }
}

/** A text message or close reason that is not UTF-8, or compressed data that can't be inflated. Ends the connection with 1007. */
export class BadPayloadError extends CloseError {
  override readonly name = 'BadPayloadError';

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(CloseCode.InvalidPayload, 'Invalid payload data', { ...options, code, message });
  }
}

/** A frame or message larger than its limit, known from the header alone. Ends the connection with 1009. */
export class MessageTooLargeError extends CloseError {
  override readonly name = 'MessageTooLargeError';

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(CloseCode.MessageTooBig, 'Message too large', { ...options, code, message });
  }
}

/** Well-formed input that goes past a policy of this side: too many fragments, a queue over its cap. Ends the connection with 1008. */
export class PolicyViolationError extends CloseError {
  override readonly name = 'PolicyViolationError';

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(CloseCode.PolicyViolation, 'Policy violation', { ...options, code, message });
  }
}

/** Nothing came in time: no frame (`MOORAGE_IDLE_TIMEOUT`, 1001) or no pong (`MOORAGE_KEEP_ALIVE_TIMEOUT`, 1006). */
export class TimeoutError extends CloseError {
  override readonly name = 'TimeoutError';

  constructor(code: string, message: string, closeCode: number, closeReason: string) {
    super(closeCode, closeReason, { code, message });
  }
}

/** A send on a session that is closing or closed. The message was not sent. */
export class SessionClosedError extends MoorageError {
  override readonly name = 'SessionClosedError';

  constructor(
    message = 'The session is closing or closed: nothing can be sent any more. Check session.isOpen, or await the send and catch this.',
  ) {
    super('MOORAGE_SESSION_CLOSED', message);
  }

  /** For what was accepted for sending and will not be sent. */
  static unsent(): SessionClosedError {
    return new SessionClosedError('The connection ended before everything queued was sent.');
  }
}
