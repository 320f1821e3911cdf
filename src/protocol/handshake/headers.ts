import type { ExtensionOffer, ExtensionParameter } from './extension-offer.js';

/**
 * The header grammars of the handshake. Each is one pass over the text, forwards, and gives `undefined` for what the
 * grammar refuses. Lists may hold empty elements (RFC 9110 §5.6.1.2: a recipient must ignore them) but not only such.
 */

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/** 1 for the characters of a token (RFC 9110 §5.6.2). */
const TOKEN = new Uint8Array(128);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[char.charCodeAt(0)] = 1;
}

function isTokenChar(code: number): boolean {
  return code < 128 && TOKEN[code] === 1;
}

/** Whether the text is one token: not empty, no spaces, no separators. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** Whether the text may stand as a header value that this side writes: visible ASCII, spaces and tabs. */
export function isHeaderValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < SPACE && code !== TAB) || code > 0x7e) {
      return false;
    }
  }
  return true;
}

/** Compares with a text of lower-case letters and hyphens, whatever the case of the first. */
export function equalsIgnoringCase(text: string, lower: string): boolean {
  // Of all that is not ASCII, the Kelvin sign alone has a lower case that is.
  return text.length === lower.length && text.toLowerCase() === lower && !text.includes('\u212a');
}

/** Whether a comma-separated list has the token, in any case. Other elements may be anything. */
export function listHasToken(list: string, lowerToken: string): boolean {
  if (equalsIgnoringCase(list, lowerToken)) {
    return true;
  }
  let start = 0;
  while (start <= list.length) {
    const comma = list.indexOf(',', start);
    const end = comma === -1 ? list.length : comma;
    if (end - start >= lowerToken.length && equalsIgnoringCase(trimmed(list, start, end), lowerToken)) {
      return true;
    }
    start = end + 1;
  }
  return false;
}

/**
 * `1#token`, as in Sec-WebSocket-Protocol.
 * @param max elements to read before giving up with what was read and one more, so that the caller sees the excess.
 */
export function parseTokenList(text: string, max = Infinity): readonly string[] | undefined {
  const tokens: string[] = [];
  let at = skipEmptyElements(text, 0);
  while (at < text.length) {
    const end = tokenEnd(text, at);
    if (end === at) {
      return undefined;
    }
    tokens.push(text.slice(at, end));
    if (tokens.length > max) {
      return tokens;
    }
    at = skipSpace(text, end);
    if (at < text.length && text.charCodeAt(at) !== COMMA) {
      return undefined;
    }
    at = skipEmptyElements(text, at);
  }
  return tokens.length === 0 ? undefined : tokens;
}

/**
 * `1#( token *( ";" token [ "=" ( token | quoted-string ) ] ) )`: the extension list of RFC 6455 §9.1.
 * @param max elements to read before giving up with what was read and one more, so that the caller sees the excess.
 */
export function parseExtensions(text: string, max = Infinity): readonly ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = [];
  let at = skipEmptyElements(text, 0);
  while (at < text.length) {
    let end = tokenEnd(text, at);
    if (end === at) {
      return undefined;
    }
    const name = text.slice(at, end);
    const parameters: ExtensionParameter[] = [];
    at = skipSpace(text, end);
    while (at < text.length && text.charCodeAt(at) === SEMICOLON) {
      at = skipSpace(text, at + 1);
      end = tokenEnd(text, at);
      if (end === at) {
        return undefined;
      }
      const parameter = text.slice(at, end);
      let value: string | undefined;
      at = skipSpace(text, end);
      if (at < text.length && text.charCodeAt(at) === EQUALS) {
        at = skipSpace(text, at + 1);
        end = at < text.length && text.charCodeAt(at) === QUOTE ? quotedEnd(text, at) : tokenEnd(text, at);
        value = end === -1 ? '' : unquoted(text, at, end);
        // RFC 6455 §9.1: a quoted value must be a token once it is unescaped.
        if (!isToken(value)) {
          return undefined;
        }
        at = skipSpace(text, end);
      }
      parameters.push({ name: parameter, value });
    }
    offers.push({ name, parameters });
    if (offers.length > max) {
      return offers;
    }
    if (at < text.length && text.charCodeAt(at) !== COMMA) {
      return undefined;
    }
    at = skipEmptyElements(text, at);
  }
  return offers.length === 0 ? undefined : offers;
}

/** The text of an extension list; a value is written as it stands, so it must be a token. */
export function formatExtensions(offers: readonly ExtensionOffer[]): string {
  let text = '';
  for (const offer of offers) {
    text += text === '' ? offer.name : `, ${offer.name}`;
    for (const { name, value } of offer.parameters) {
      text += value === undefined ? `; ${name}` : `; ${name}=${value}`;
    }
  }
  return text;
}

function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && isTokenChar(text.charCodeAt(at))) {
    at++;
  }
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) {
    at++;
  }
  return at;
}

function skipEmptyElements(text: string, start: number): number {
  let at = skipSpace(text, start);
  while (at < text.length && text.charCodeAt(at) === COMMA) {
    at = skipSpace(text, at + 1);
  }
  return at;
}

export function trimmed(text: string, start: number, end: number): string {
  const first = Math.min(skipSpace(text, start), end);
  let last = end;
  while (last > first && (text.charCodeAt(last - 1) === SPACE || text.charCodeAt(last - 1) === TAB)) {
    last--;
  }
  return text.slice(first, last);
}

/** The place behind the closing quote of the quoted-string that begins at `start`; -1 when it never closes. */
function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      return at + 1;
    }
    if (code === BACKSLASH) {
      at++;
    }
  }
  return -1;
}

function unquoted(text: string, start: number, end: number): string {
  if (text.charCodeAt(start) !== QUOTE) {
    return text.slice(start, end);
  }
  let value = '';
  let from = start + 1;
  for (let at = from; at < end - 1; at++) {
    if (text.charCodeAt(at) === BACKSLASH) {
      value += text.slice(from, at);
      at++;
      from = at;
    }
  }
  return value + text.slice(from, end - 1);
}
