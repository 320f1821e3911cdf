import { acceptKey, isValidKey } from './accept-key.js';
import type { ExtensionOffer } from './extension-offer.js';
import { HandshakeHeaders } from './handshake-headers.js';
import { listHasToken, parseExtensions, parseTokenList } from './headers.js';
import { isAuthority, isSameOrigin, type OriginPolicy } from './origin.js';
import { type Refusal, refuse } from './refusal.js';
import { authorityOf, type RequestHead } from './request-head.js';
import { checkHeaders, copyHeaders, formatHeaders, HandshakeError } from './response-headers.js';
import { UpgradeRequest } from './upgrade-request.js';
import { type ResponseHeaders, UpgradeResponse } from './upgrade-response.js';

/** What a server asks of an opening handshake beyond RFC 6455. */
export interface HandshakeRules {
  /** Header fields of a request; more are answered with 431. */
  readonly maxHeaderFields: number;
  /** Characters of a request-target; more are answered with 414. */
  readonly maxUrlLength: number;
  /** Which foreign origins may connect; the server's own always may. */
  readonly origins: OriginPolicy;
}

/** Header fields taken where nobody said otherwise: browsers send about 15, behind proxies 40. */
export const DEFAULT_MAX_HEADER_FIELDS = 128;
/** Characters of a request-target taken where nobody said otherwise: what browsers and proxies hold to as well. */
export const DEFAULT_MAX_URL_LENGTH = 8 * 1024;

const MAX_SUBPROTOCOLS = 64;
const MAX_EXTENSION_OFFERS = 16;

/** A handshake with nothing wrong in it, waiting for the application's word. */
export interface ValidUpgrade {
  readonly request: UpgradeRequest;
  readonly key: string;
  /** Offered by the client, in its order of preference. */
  readonly subprotocols: readonly string[];
  /** Offered by the client, in its order of preference. */
  readonly extensions: readonly ExtensionOffer[];
}

/** What the server settles on for a valid upgrade. */
export interface UpgradeChoice {
  /** One of those that were offered. */
  readonly subprotocol?: string | undefined;
  /** The text of `Sec-WebSocket-Extensions`; empty or left out for none. */
  readonly extensions?: string | undefined;
  /** Added by the application. */
  readonly headers?: ResponseHeaders | undefined;
}

export interface AcceptedUpgrade {
  /** The 101 response, ASCII, up to and with its empty line. */
  readonly text: string;
  readonly response: UpgradeResponse;
}

const NONE: readonly never[] = Object.freeze([]);
const NO_CHOICE: UpgradeChoice = Object.freeze({});

/** Field names that the 101 writes itself, and those that may not stand in one (RFC 9110 §8.6, RFC 9112 §6.1). */
const RESERVED = ['sec-websocket-', 'upgrade', 'connection', 'content-length', 'transfer-encoding'] as const;

/**
 * Decides whether a request is an opening handshake that a server may accept (RFC 6455 §4.2.1), before any user code
 * but an origin function has run. The path has been looked up before.
 *
 * @throws whatever an origin function throws.
 */
export function checkUpgrade(head: RequestHead, rules: HandshakeRules): Refusal | ValidUpgrade {
  const headers = new HandshakeHeaders(head.rawHeaders);
  const refusal = checkHead(head, headers);
  if (refusal !== undefined) {
    return refusal;
  }
  const subprotocols = headers.protocols === undefined ? NONE : parseTokenList(headers.protocols, MAX_SUBPROTOCOLS);
  const extensions =
    headers.extensions === undefined ? NONE : parseExtensions(headers.extensions, MAX_EXTENSION_OFFERS);
  const request = UpgradeRequest.from(head);
  return (
    checkOffers(subprotocols, extensions) ??
    checkSize(head, rules) ??
    checkOrigin(headers, request, rules.origins) ?? {
      request,
      key: headers.key as string,
      subprotocols: subprotocols as readonly string[],
      extensions: extensions as readonly ExtensionOffer[],
    }
  );
}

function checkHead(head: RequestHead, headers: HandshakeHeaders): Refusal | undefined {
  // RFC 6455 §4.1: the method is GET, the version at least 1.1.
  if (head.method !== 'GET') {
    return refuse(405, 'The method of the upgrade request is not GET', { Allow: 'GET' });
  }
  if (head.httpVersion !== '1.1' && !(Number(head.httpVersion) > 1.1)) {
    return refuse(505, 'The upgrade request is older than HTTP/1.1');
  }
  if (headers.upgrade === undefined || !listHasToken(headers.upgrade, 'websocket')) {
    return upgradeRequired('The request has no "Upgrade: websocket"');
  }
  if (headers.connection === undefined || !listHasToken(headers.connection, 'upgrade')) {
    return upgradeRequired('The request has no "Connection: Upgrade"');
  }
  // RFC 6455 §4.4: the answer to another version names the one that is spoken here.
  if (headers.version !== '13' || headers.versionRepeated) {
    return refuse(426, 'Sec-WebSocket-Version is not 13 and once', {
      'Sec-WebSocket-Version': '13',
      Upgrade: 'websocket',
    });
  }
  if (headers.key === undefined || headers.keyRepeated || !isValidKey(headers.key)) {
    return refuse(400, 'Sec-WebSocket-Key is not 16 bytes of base64 and once');
  }
  // A body would be taken for frames, and frames for a body, by whatever disagrees about its length.
  if (
    headers.transferEncoding !== undefined ||
    (headers.contentLength !== undefined && headers.contentLength !== '0')
  ) {
    return refuse(400, 'The upgrade request has a body');
  }
  // RFC 9112 §3.2: no Host, two, or one that is no host is a 400.
  if (headers.host === undefined || headers.hostRepeated || !isAuthority(headers.host)) {
    return refuse(400, 'Host is missing, repeated or malformed');
  }
  const authority = authorityOf(head.url);
  if (authority !== undefined && !isAuthority(authority)) {
    return refuse(400, 'The request-target has a malformed authority');
  }
  return undefined;
}

function upgradeRequired(report: string): Refusal {
  return refuse(426, report, { Upgrade: 'websocket' });
}

function checkOffers(
  subprotocols: readonly string[] | undefined,
  extensions: readonly ExtensionOffer[] | undefined,
): Refusal | undefined {
  if (subprotocols === undefined) {
    return refuse(400, 'Sec-WebSocket-Protocol is not a list of tokens');
  }
  if (subprotocols.length > MAX_SUBPROTOCOLS) {
    return refuse(400, `Sec-WebSocket-Protocol offers more than ${MAX_SUBPROTOCOLS} subprotocols`);
  }
  // RFC 6455 §4.1: the names offered must be unique.
  if (subprotocols.length > 1 && new Set(subprotocols).size !== subprotocols.length) {
    return refuse(400, 'Sec-WebSocket-Protocol offers the same subprotocol twice');
  }
  if (extensions === undefined) {
    return refuse(400, 'Sec-WebSocket-Extensions is not a list of extensions');
  }
  if (extensions.length > MAX_EXTENSION_OFFERS) {
    return refuse(400, `Sec-WebSocket-Extensions makes more than ${MAX_EXTENSION_OFFERS} offers`);
  }
  return undefined;
}

function checkSize(head: RequestHead, rules: HandshakeRules): Refusal | undefined {
  if (head.url.length > rules.maxUrlLength) {
    return refuse(414, `The request-target is longer than ${rules.maxUrlLength} characters`);
  }
  if (head.rawHeaders.length > rules.maxHeaderFields * 2) {
    return refuse(431, `The request has more than ${rules.maxHeaderFields} header fields`);
  }
  return undefined;
}

function checkOrigin(headers: HandshakeHeaders, request: UpgradeRequest, origins: OriginPolicy): Refusal | undefined {
  const { origin } = headers;
  // Only browsers send an Origin, and they always do: without one there is no page to protect the user from.
  if (origin === undefined) {
    return undefined;
  }
  if (headers.originRepeated) {
    return refuse(403, 'The request has two Origin headers');
  }
  // RFC 9112 §3.2.2: an absolute request-target outranks Host.
  const host = authorityOf(request.url) ?? headers.host;
  if (!isSameOrigin(origin, host, request.isSecure) && !origins(origin, request)) {
    return refuse(403, `The origin ${origin} is neither the server's own nor in its "origins"`);
  }
  return undefined;
}

/** The first subprotocol of the client's that the server has too; `undefined` for none. */
export function selectSubprotocol(offered: readonly string[], supported: readonly string[]): string | undefined {
  for (const name of offered) {
    if (supported.includes(name)) {
      return name;
    }
  }
  return undefined;
}

/**
 * The 101 response to a valid upgrade.
 *
 * @throws HandshakeError `MOORAGE_SUBPROTOCOL_NOT_OFFERED`, `MOORAGE_INVALID_HEADER`: mistakes of the application, to be
 *   answered with 500. Nothing has been written then.
 */
export function acceptUpgrade(upgrade: ValidUpgrade, choice: UpgradeChoice = NO_CHOICE): AcceptedUpgrade {
  const { subprotocol, extensions = '' } = choice;
  // A copy, so that what was checked is what is sent, and what was sent is what the session shows.
  const headers = choice.headers && copyHeaders(choice.headers);
  let text = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(upgrade.key)}\r\n`;
  if (subprotocol !== undefined) {
    checkSubprotocol(subprotocol, upgrade.subprotocols);
    text += `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  }
  if (extensions !== '') {
    text += `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  }
  if (headers !== undefined) {
    checkHeaders(headers, RESERVED);
    text += formatHeaders(headers);
  }
  return {
    text: `${text}\r\n`,
    response:
      subprotocol === undefined && extensions === '' && headers === undefined
        ? UpgradeResponse.plain
        : new UpgradeResponse(subprotocol, extensions, headers),
  };
}

/** RFC 6455 §4.2.2: a server may only choose among what was offered. An offer is a token, so the choice can't break a line either. */
function checkSubprotocol(chosen: string, offered: readonly string[]): void {
  if (!offered.includes(chosen)) {
    throw new HandshakeError(
      'MOORAGE_SUBPROTOCOL_NOT_OFFERED',
      `The subprotocol ${JSON.stringify(chosen)} was chosen and not offered: choose one of the request's subprotocols` +
        `${offered.length === 0 ? ', of which it has none,' : ` (${offered.join(', ')})`} or leave it undefined.`,
    );
  }
}
