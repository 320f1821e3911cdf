import { acceptKey } from './accept-key.js';
import { equalsIgnoringCase, listHasToken, parseExtensions } from './headers.js';
import { checkHeaders } from './response-headers.js';
import { UpgradeError } from './upgrade-error.js';
import { type ResponseHeaders, UpgradeResponse } from './upgrade-response.js';

/** What a client asks for in an opening handshake. */
export interface UpgradeOffer {
  /** The `Host` field: the host, and the port where it isn't the scheme's own. */
  readonly host: string;
  /** 16 random bytes in base64, new for each request. */
  readonly key: string;
  /** In order of preference. */
  readonly subprotocols: readonly string[];
  /** The text of `Sec-WebSocket-Extensions`; empty for none. */
  readonly extensions: string;
  /** Added by the application, checked by `checkRequestHeaders`. A `Host` among them replaces `host`. */
  readonly headers: RequestHeaders;
}

/** Header fields by name; a list is sent as one field for each value. */
export type RequestHeaders = ResponseHeaders;

/** The head of an HTTP response as a parser gives it. */
export interface ResponseHead {
  readonly statusCode: number;
  /** `1.1`. */
  readonly httpVersion: string;
  /** Names and values alternating, in the order and spelling of the wire. */
  readonly rawHeaders: readonly string[];
}

/** Fields of a response; servers send about five. */
const MAX_HEADER_FIELDS = 128;
const MAX_EXTENSIONS = 16;

/** Fields that the request writes itself, and those that say something of a body or of the connection. */
const RESERVED = [
  'sec-websocket-',
  'upgrade',
  'connection',
  'keep-alive',
  'proxy-connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'expect',
  'http2-settings',
] as const;

/**
 * Looks at the fields that an application adds to the request, before anything is sent.
 *
 * @throws HandshakeError `MOORAGE_INVALID_HEADER` for a field that the handshake writes itself, or that can't be sent.
 */
export function checkRequestHeaders(headers: RequestHeaders): void {
  checkHeaders(headers, RESERVED);
}

/** The header fields of an opening handshake, in the order in which they are sent (RFC 6455 §4.1). */
export function upgradeFields(offer: UpgradeOffer): Record<string, string | readonly string[]> {
  const { headers } = offer;
  const host = Object.keys(headers).find((name) => equalsIgnoringCase(name, 'host'));
  const fields: Record<string, string | readonly string[]> = Object.create(null);
  fields['Host'] = host === undefined ? offer.host : (headers[host] as string | readonly string[]);
  fields['Upgrade'] = 'websocket';
  fields['Connection'] = 'Upgrade';
  fields['Sec-WebSocket-Key'] = offer.key;
  fields['Sec-WebSocket-Version'] = '13';
  if (offer.subprotocols.length > 0) {
    fields['Sec-WebSocket-Protocol'] = offer.subprotocols.join(', ');
  }
  if (offer.extensions !== '') {
    fields['Sec-WebSocket-Extensions'] = offer.extensions;
  }
  for (const name of Object.keys(headers)) {
    if (name !== host) {
      fields[name] = headers[name] as string | readonly string[];
    }
  }
  return fields;
}

/**
 * Verifies the answer to an opening handshake (RFC 6455 §4.1, "the client MUST validate the server's response").
 *
 * @param body the beginning of the answer's body, for the error.
 * @throws UpgradeError for everything but the right 101.
 */
export function verifyUpgrade(
  offer: Pick<UpgradeOffer, 'key' | 'subprotocols' | 'extensions'>,
  head: ResponseHead,
  body = '',
): UpgradeResponse {
  const refuse = (code: string, message: string): never => {
    throw new UpgradeError(code, message, { ...head, body });
  };
  const { rawHeaders, statusCode } = head;
  // Before any of it is looked at.
  if (rawHeaders.length / 2 > MAX_HEADER_FIELDS) {
    refuse(
      'MOORAGE_RESPONSE_TOO_LARGE',
      `The server's answer has ${rawHeaders.length / 2} header fields: at most ${MAX_HEADER_FIELDS} are accepted.`,
    );
  }
  if (statusCode !== 101) {
    refuse('MOORAGE_UPGRADE_REFUSED', refusalText(statusCode, rawHeaders));
  }
  if (head.httpVersion !== '1.1') {
    refuse(
      'MOORAGE_RESPONSE_MALFORMED',
      `The server's answer is HTTP/${head.httpVersion}: a WebSocket is opened by HTTP/1.1 (RFC 6455 §4.1).`,
    );
  }
  // §4.1, 2: one value, which is `websocket` in any case.
  const upgrade = valuesOf(rawHeaders, 'upgrade');
  if (upgrade.length !== 1 || !equalsIgnoringCase(upgrade[0] as string, 'websocket')) {
    refuse(
      'MOORAGE_RESPONSE_UPGRADE',
      `The server answered 101 with ${shown('Upgrade', upgrade)} instead of "Upgrade: websocket": it does not speak WebSocket here.`,
    );
  }
  // §4.1, 3: a token of the list.
  const connection = valuesOf(rawHeaders, 'connection');
  if (!connection.some((value) => listHasToken(value, 'upgrade'))) {
    refuse(
      'MOORAGE_RESPONSE_CONNECTION',
      `The server answered 101 with ${shown('Connection', connection)}: "Upgrade" must be among its tokens. A proxy on the way may not know WebSocket.`,
    );
  }
  // §4.1, 4: proves that this very request was understood.
  const accept = valuesOf(rawHeaders, 'sec-websocket-accept');
  if (accept.length !== 1 || accept[0] !== acceptKey(offer.key)) {
    refuse(
      'MOORAGE_RESPONSE_ACCEPT',
      `The server answered 101 with ${accept.length === 1 ? 'a Sec-WebSocket-Accept that does not answer this request' : shown('Sec-WebSocket-Accept', accept)}: it, or a cache on the way, answered another request.`,
    );
  }
  const subprotocol = agreedSubprotocol(rawHeaders, offer.subprotocols, refuse);
  const extensions = agreedExtensions(rawHeaders, offer.extensions, refuse);
  return new UpgradeResponse(subprotocol, extensions, Object.freeze(joinedAnswer(rawHeaders)));
}

type Refuse = (code: string, message: string) => never;

/** RFC 6455 §4.1, 6: none, which is the server's right, or one that was offered. */
function agreedSubprotocol(
  rawHeaders: readonly string[],
  offered: readonly string[],
  refuse: Refuse,
): string | undefined {
  const chosen = valuesOf(rawHeaders, 'sec-websocket-protocol');
  if (chosen.length === 0) {
    return undefined;
  }
  const [subprotocol] = chosen as [string];
  if (chosen.length > 1 || !offered.includes(subprotocol)) {
    refuse(
      'MOORAGE_RESPONSE_SUBPROTOCOL',
      `The server chose the ${chosen.length > 1 ? 'subprotocols' : 'subprotocol'} ${chosen.map(quoted).join(' and ')}, and ${offered.length === 0 ? 'none was offered' : `offered was one of: ${offered.join(', ')}`}. Offer what the server speaks with the option subprotocols.`,
    );
  }
  return subprotocol;
}

/** RFC 6455 §4.1, 5: only what was offered. What its parameters mean is for the extension to say. */
function agreedExtensions(rawHeaders: readonly string[], offeredText: string, refuse: Refuse): string {
  const text = valuesOf(rawHeaders, 'sec-websocket-extensions').join(', ');
  if (text === '') {
    return '';
  }
  const offered = offeredText === '' ? [] : (parseExtensions(offeredText) ?? []);
  const chosen = parseExtensions(text, MAX_EXTENSIONS);
  if (chosen === undefined || chosen.length > MAX_EXTENSIONS) {
    return refuse(
      'MOORAGE_RESPONSE_EXTENSION',
      "The Sec-WebSocket-Extensions of the server's answer can't be read: it breaks the grammar of RFC 6455 §9.1.",
    );
  }
  for (const { name } of chosen) {
    if (!offered.some((offer) => offer.name === name)) {
      refuse(
        'MOORAGE_RESPONSE_EXTENSION',
        `The server uses the extension ${quoted(name)}, which was not offered${offered.length === 0 ? '' : ` (offered: ${offeredText})`}: its frames could not be understood.`,
      );
    }
  }
  return text;
}

function refusalText(status: number, rawHeaders: readonly string[]): string {
  const text = `The server answered ${status} instead of 101 (Switching Protocols)`;
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return `${text}, a redirect${valuesOf(rawHeaders, 'location')
        .map((to) => ` to ${quoted(to)}`)
        .join('')}. Connect there, or allow it with followRedirects.`;
    case 401:
      return `${text}: it wants credentials. Send them with the options headers or cookies.`;
    case 407:
      return `${text}: a proxy wants credentials. Give them to the proxy agent.`;
    case 403:
      return `${text}: it does not let this client in. Check its credentials and, where the server goes by it, its Origin header.`;
    case 404:
      return `${text}: nothing is at this path.`;
    case 426:
      return `${text}: it wants another protocol or version than WebSocket 13.`;
    case 503:
      return `${text}: it is full or closing. Try again later.`;
    default:
      return `${text}. Its headers and the beginning of its body are in this error.`;
  }
}

function valuesOf(rawHeaders: readonly string[], lowerName: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (equalsIgnoringCase(rawHeaders[i] as string, lowerName)) {
      values.push(rawHeaders[i + 1] as string);
    }
  }
  return values;
}

function joinedAnswer(rawHeaders: readonly string[]): Record<string, string | readonly string[]> {
  const fields: Record<string, string | readonly string[]> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = rawHeaders[i + 1] as string;
    const before = fields[name];
    fields[name] = before === undefined ? value : typeof before === 'string' ? [before, value] : [...before, value];
  }
  return fields;
}

function shown(name: string, values: readonly string[]): string {
  return values.length === 0 ? `no ${name}` : `${name}: ${values.map(quoted).join(' and ')}`;
}

/** What a peer sent, short and in one line. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
