import { MoorageError } from '../errors.js';

/**
 * A server answered an opening handshake with something else than the 101 that was asked for.
 *
 * | `code` | the answer |
 * |---|---|
 * | `MOORAGE_UPGRADE_REFUSED` | has another status: see `statusCode`, `headers` and `body` |
 * | `MOORAGE_REDIRECT_REFUSED` | redirects to where a client won't go: from `wss:` to `ws:`, or to no WebSocket URL |
 * | `MOORAGE_TOO_MANY_REDIRECTS` | redirects more often than `followRedirects` allows |
 * | `MOORAGE_RESPONSE_MALFORMED` | is no HTTP/1.1 |
 * | `MOORAGE_RESPONSE_TOO_LARGE` | has more than 16 KiB or 128 fields of header, or more than 64 interim answers before it |
 * | `MOORAGE_RESPONSE_UPGRADE` | has no `Upgrade: websocket` |
 * | `MOORAGE_RESPONSE_CONNECTION` | has no `Connection: Upgrade` |
 * | `MOORAGE_RESPONSE_ACCEPT` | has not exactly one `Sec-WebSocket-Accept`, or not the one that answers the key |
 * | `MOORAGE_RESPONSE_SUBPROTOCOL` | names a subprotocol that was not offered, or more than one |
 * | `MOORAGE_RESPONSE_EXTENSION` | names an extension that was not offered, or can't be read |
 */
export class UpgradeError extends MoorageError {
  override readonly name = 'UpgradeError';
  /** The HTTP status, 0 when the answer was no HTTP. */
  readonly statusCode: number;
  /** The fields of the answer, names in lower case, repeated ones joined with `, `. Without a prototype. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the answer's body, up to 4 KiB; empty for a 101. */
  readonly body: string;

  constructor(code: string, message: string, answer: RefusedAnswer, options?: ErrorOptions) {
    super(code, message, options);
    this.statusCode = answer.statusCode;
    this.headers = joinedFields(answer.rawHeaders);
    this.body = answer.body ?? '';
  }
}

/** As much of an answer as an error tells. */
export interface RefusedAnswer {
  readonly statusCode: number;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  readonly body?: string;
}

/** Header fields by lower-case name, repeated ones joined (RFC 9110 §5.3), frozen and without a prototype. */
export function joinedFields(rawHeaders: readonly string[]): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const before = fields[name];
    const value = rawHeaders[i + 1] as string;
    fields[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return Object.freeze(fields);
}
