import { MoorageError } from '../errors.js';
import { isHeaderValue, isToken } from './headers.js';
import type { ResponseHeaders } from './upgrade-response.js';

/**
 * The application asked for an answer that can't be sent: a header field that would break the response
 * (`MOORAGE_INVALID_HEADER`) or a subprotocol the client never offered (`MOORAGE_SUBPROTOCOL_NOT_OFFERED`). The peer gets a 500.
 */
export class HandshakeError extends MoorageError {
  override readonly name = 'HandshakeError';
}

/**
 * Looks at names and values before anything is written, so that a value with a line break in it can't become a field or
 * a response of its own.
 *
 * @param reserved names in lower case that the handshake writes itself; one that ends in `-` stands for all that begin with it.
 * @throws HandshakeError `MOORAGE_INVALID_HEADER`
 */
export function checkHeaders(headers: ResponseHeaders, reserved: readonly string[]): void {
  for (const name of Object.keys(headers)) {
    if (!isToken(name)) {
      throw new HandshakeError(
        'MOORAGE_INVALID_HEADER',
        `${JSON.stringify(name)} is no header name: letters, digits and !#$%&'*+-.^_\`|~ are accepted, at least one of them.`,
      );
    }
    const lower = name.toLowerCase();
    if (reserved.some((word) => (word.endsWith('-') ? lower.startsWith(word) : lower === word))) {
      throw new HandshakeError(
        'MOORAGE_INVALID_HEADER',
        `The header ${name} is written by the handshake itself: leave it out of the headers that are added.`,
      );
    }
    const value: unknown = headers[name];
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each !== 'string' || !isHeaderValue(each)) {
        // The value may be a secret or an attack, so it is described and not shown.
        throw new HandshakeError(
          'MOORAGE_INVALID_HEADER',
          `The header ${name} has ${typeof each === 'string' ? 'a line break, NUL, another control character or a character beyond ASCII in its value' : `a value of type ${each === null ? 'null' : typeof each}`}: ` +
            'strings of visible ASCII, spaces and tabs are accepted; encode the rest, for example with encodeURIComponent.',
        );
      }
    }
  }
}

/** The same fields, frozen and without a prototype. */
export function copyHeaders(headers: ResponseHeaders): ResponseHeaders {
  const copy: Record<string, string | readonly string[]> = Object.create(null);
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string | readonly string[];
    copy[name] = Array.isArray(value) ? Object.freeze([...value]) : value;
  }
  return Object.freeze(copy);
}

/** The fields as lines, each with its CRLF. */
export function formatHeaders(headers: ResponseHeaders): string {
  let text = '';
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string | readonly string[];
    if (typeof value === 'string') {
      text += `${name}: ${value}\r\n`;
    } else {
      for (const each of value) {
        text += `${name}: ${each}\r\n`;
      }
    }
  }
  return text;
}
