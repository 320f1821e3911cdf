import { InvalidUrlError } from './errors.js';

/** Where a WebSocket is opened to: a URL, taken apart. */
export interface ConnectTarget {
  /** TLS: `wss:`. */
  readonly secure: boolean;
  /** For the resolver: an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For the `Host` field: with the port where it isn't the scheme's own. */
  readonly host: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** Scheme, host and port: what credentials belong to. */
  readonly origin: string;
  /** The URL in `ws:` or `wss:`, for messages: without credentials. */
  readonly href: string;
  /** The `Authorization` field that a user name in the URL means. */
  readonly authorization: string | undefined;
}

const SCHEMES: Readonly<Record<string, 'ws' | 'wss'>> = { 'ws:': 'ws', 'wss:': 'wss', 'http:': 'ws', 'https:': 'wss' };
const ACCEPTED = 'Accepted are ws: and wss: URLs such as "wss://example.com/chat" (http: and https: mean the same)';

/**
 * Reads a WebSocket URL (RFC 6455 §3).
 *
 * @param base what a relative reference, such as the one of a redirect, is relative to.
 * @throws InvalidUrlError for another scheme, a fragment, or what is no URL.
 */
export function parseTarget(url: string | URL, base?: string): ConnectTarget {
  const parsed = parseUrl(url, base);
  const scheme = Object.hasOwn(SCHEMES, parsed.protocol) ? SCHEMES[parsed.protocol] : undefined;
  if (scheme === undefined) {
    throw new InvalidUrlError(`The URL has the scheme ${JSON.stringify(parsed.protocol)}. ${ACCEPTED}.`);
  }
  // RFC 6455 §3: fragments have no meaning here and must not be used; an empty one is one too.
  if (parsed.href.includes('#')) {
    throw new InvalidUrlError(
      'The URL has a fragment (#…), which RFC 6455 §3 rules out. Leave it out, or write %23 for a # in the path.',
    );
  }
  const secure = scheme === 'wss';
  const path = `${parsed.pathname}${parsed.search}`;
  return Object.freeze({
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port) || (secure ? 443 : 80),
    host: parsed.host,
    path,
    origin: `${scheme}://${parsed.host}`,
    href: `${scheme}://${parsed.host}${path}`,
    authorization: authorizationOf(parsed),
  });
}

function parseUrl(url: string | URL, base: string | undefined): URL {
  if (typeof url !== 'string' && !(url instanceof URL)) {
    throw new InvalidUrlError(`The URL is ${url === null ? 'null' : `of type ${typeof url}`}. ${ACCEPTED}.`);
  }
  try {
    return new URL(url, base);
  } catch (cause) {
    // Not shown: it may hold a password.
    throw new InvalidUrlError(`The URL can't be read. ${ACCEPTED}.`, { cause });
  }
}

/** RFC 7617: user name and password, in UTF-8. */
function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') {
    return undefined;
  }
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch (cause) {
    throw new InvalidUrlError(
      "The user name or password in the URL can't be percent-decoded: encode them with encodeURIComponent, or send an Authorization header.",
      { cause },
    );
  }
}
