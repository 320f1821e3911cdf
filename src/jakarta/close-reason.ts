import { described } from '../endpoint/described.js';
import { MAX_CLOSE_REASON_BYTES } from '../protocol/close-status.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';

/** The close codes by Jakarta's names: RFC 6455 §7.4.1 and the IANA registry. */
export const CloseCodes = {
  NORMAL_CLOSURE: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  CANNOT_ACCEPT: 1003,
  RESERVED: 1004,
  /** Never on the wire: the peer's Close had no code. */
  NO_STATUS_CODE: 1005,
  /** Never on the wire: the connection ended without a Close. */
  CLOSED_ABNORMALLY: 1006,
  NOT_CONSISTENT: 1007,
  VIOLATED_POLICY: 1008,
  TOO_BIG: 1009,
  NO_EXTENSION: 1010,
  UNEXPECTED_CONDITION: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  /** Never on the wire. */
  TLS_HANDSHAKE_FAILURE: 1015,
} as const;

/**
 * Why a session was closed, or is to be: `session.close(new CloseReason(CloseCodes.GOING_AWAY, 'Moving house'))`.
 */
export class CloseReason {
  /** Jakarta's `CloseReason.CloseCodes`. */
  static readonly CloseCodes = CloseCodes;

  readonly #code: number;
  readonly #phrase: string;

  /**
   * @param code 1000 to 4999. Which of them may be sent is said by `session.close`.
   * @param phrase up to 123 bytes of UTF-8.
   * @throws RangeError for another code or a longer phrase, InvalidArgumentError for another type.
   */
  constructor(code: number, phrase = '') {
    if (typeof code !== 'number' || typeof phrase !== 'string') {
      throw new InvalidArgumentError(
        `new CloseReason(code, phrase) takes a number and a string, and was given ${described(code)} and ${described(phrase)}.`,
      );
    }
    if (!Number.isInteger(code) || code < 1000 || code > 4999) {
      throw new RangeError(`${code} is not a close code. They are whole numbers from 1000 to 4999 (RFC 6455 §7.4).`);
    }
    const bytes = Buffer.byteLength(phrase);
    if (bytes > MAX_CLOSE_REASON_BYTES) {
      throw new RangeError(
        `The reason phrase has ${bytes} bytes: at most ${MAX_CLOSE_REASON_BYTES} bytes of UTF-8 fit into a Close frame (RFC 6455 §5.5). Shorten it.`,
      );
    }
    this.#code = code;
    this.#phrase = phrase;
  }

  getCloseCode(): number {
    return this.#code;
  }

  /** Empty where there is none. */
  getReasonPhrase(): string {
    return this.#phrase;
  }

  toString(): string {
    return this.#phrase === '' ? `CloseReason[${this.#code}]` : `CloseReason[${this.#code}, ${this.#phrase}]`;
  }
}
