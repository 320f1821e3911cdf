import { CloseCode } from '../protocol/close-code.js';
import { CloseError, MoorageError } from '../protocol/errors.js';
import { textOf } from '../protocol/thrown.js';
import { excerpt } from './excerpt.js';
import type { StandardIssue } from './standard-schema.js';

/**
 * Why a message could not be decoded:
 *
 * - `MOORAGE_DECODE_FAILED`: a decoder threw; its error is the `cause`. Close code 1007.
 * - `MOORAGE_INVALID_MESSAGE`: a schema refused what was decoded; `issues` says why. Close code 1007.
 * - `MOORAGE_UNROUTED_MESSAGE`: no handler's `when` fits, and there is none without one. Close code 1003.
 * - `MOORAGE_NO_DECODER`: no decoder was willing to take it. Close code 1003.
 */
export type DecodeErrorCode =
  | 'MOORAGE_DECODE_FAILED'
  | 'MOORAGE_INVALID_MESSAGE'
  | 'MOORAGE_UNROUTED_MESSAGE'
  | 'MOORAGE_NO_DECODER';

/**
 * A message that is not what the endpoint's decoders, schemas and routes can take. It goes to the error handler; whether
 * the connection ends then is the option `onDecodeError`.
 */
export class DecodeError extends CloseError {
  override readonly name = 'DecodeError';
  declare readonly code: DecodeErrorCode;
  /** The decoder's name, such as `'json'`. */
  readonly codec: string;
  /** What the schema found wrong; empty where it wasn't a schema that refused. */
  readonly issues: readonly StandardIssue[];

  constructor(code: DecodeErrorCode, codec: string, message: string, details: DecodeErrorDetails = {}) {
    const { cause, issues = [] } = details;
    const malformed = code === 'MOORAGE_DECODE_FAILED' || code === 'MOORAGE_INVALID_MESSAGE';
    super(
      malformed ? CloseCode.InvalidPayload : CloseCode.UnsupportedData,
      malformed ? 'Invalid payload data' : 'Unsupported data',
      { code, message, ...(cause === undefined ? {} : { cause }) },
    );
    this.codec = codec;
    this.issues = issues;
  }
}

interface DecodeErrorDetails {
  readonly cause?: unknown;
  readonly issues?: readonly StandardIssue[];
}

/** A decoder threw. */
export function decodeFailed(codec: string, payload: unknown, cause: unknown): DecodeError {
  return new DecodeError(
    'MOORAGE_DECODE_FAILED',
    codec,
    `A message can't be decoded by ${codec}: ${escaped(textOf(cause))}. ${begins(payload)}`,
    { cause },
  );
}

/** A schema refused what was decoded. */
export function invalidMessage(codec: string, payload: unknown, issues: readonly StandardIssue[]): DecodeError {
  const listed = issues.slice(0, SHOWN_ISSUES).map(shownIssue);
  const more = issues.length - listed.length;
  return new DecodeError(
    'MOORAGE_INVALID_MESSAGE',
    codec,
    `A message decoded by ${codec} is not what its schema asks for: ${listed.join('; ')}${more > 0 ? `; and ${more} more` : ''}. ${begins(payload)}`,
    { issues },
  );
}

/** No handler is for it. */
export function unroutedMessage(codec: string, payload: unknown): DecodeError {
  return new DecodeError(
    'MOORAGE_UNROUTED_MESSAGE',
    codec,
    `No handler's \`when\` fits a message decoded by ${codec}. Add a handler for it, or one without \`when\` for all others. ${begins(payload)}`,
  );
}

/** No decoder takes it. */
export function noDecoder(codecs: readonly string[], payload: unknown): DecodeError {
  return new DecodeError(
    'MOORAGE_NO_DECODER',
    codecs.join(', '),
    `No decoder was willing to take a message (asked: ${codecs.join(', ')}). Add a decoder for it, or a handler of whole messages for all others. ${begins(payload)}`,
  );
}

/** A value that its encoder failed on. Code `MOORAGE_ENCODE_FAILED`; the encoder's error is the `cause`. */
export class EncodeError extends MoorageError {
  override readonly name = 'EncodeError';
  /** The encoder's name, such as `'json'`. */
  readonly codec: string;

  constructor(codec: string, message: string, options?: ErrorOptions) {
    super('MOORAGE_ENCODE_FAILED', message, options);
    this.codec = codec;
  }
}

const SHOWN_ISSUES = 3;

function shownIssue({ message, path = [] }: StandardIssue): string {
  const where = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  return escaped(where === '' ? message : `${where}: ${message}`);
}

/** Texts of codecs may quote the peer, who must not write into a log as it pleases. */
function escaped(text: string): string {
  return excerpt(text.replace(/\.$/, ''), 200).slice(1, -1).replaceAll('\\"', '"');
}

function begins(payload: unknown): string {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
    return 'It came as a stream.';
  }
  return payload.length === 0 ? 'It is empty.' : `It begins with ${excerpt(payload, 40)}.`;
}
