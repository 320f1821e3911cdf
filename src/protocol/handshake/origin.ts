import { MoorageError } from '../errors.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** Decides on one origin by the request; must answer at once, and only `true` allows. */
export type OriginCheck = (origin: string, request: UpgradeRequest) => boolean;

/**
 * The foreign origins that may connect: an origin (`https://example.com`, with its port unless that is the default one),
 * a pattern that must match the whole origin, a list of both, a function, or `*` for all. Pages without an origin of their
 * own (sandboxed frames, files) come as `null` and are allowed by `'null'` in the list, by a function, or by `*`.
 */
export type OriginOption = string | RegExp | readonly (string | RegExp)[] | OriginCheck;

/** Whether a foreign origin may connect. */
export type OriginPolicy = (origin: string, request: UpgradeRequest) => boolean;

/** A host and the port that is meant, in lower case and with the port written out. */
interface Authority {
  readonly host: string;
  readonly port: string;
}

interface Origin extends Authority {
  readonly scheme: string;
}

const HTTP_PORT = '80';
const HTTPS_PORT = '443';

/**
 * Whether the page's origin is the server's own: the same host, in any case, and the same port, where a port left out is
 * the default one of the page's scheme.
 *
 * The scheme is compared as far as this side knows its own. On a TLS connection the page must be `https`: a page that came
 * over plain `http` may have been written by whoever sits on the wire. On a plain connection both `http` and `https`
 * pass, since a proxy that terminates TLS makes every one of its connections look plain; that loosens nothing for an
 * attacker, who would have to serve a page over TLS from the very host he attacks.
 */
export function isSameOrigin(origin: string, host: string | undefined, secure: boolean): boolean {
  const page = parseOrigin(origin);
  if (page === undefined || host === undefined || (page.scheme !== 'https' && (secure || page.scheme !== 'http'))) {
    return false;
  }
  const own = parseAuthority(host, defaultPort(page.scheme));
  return own !== undefined && own.host === page.host && own.port === page.port;
}

/** What nearly every authority looks like: a name or an IPv4 address, with or without a port. */
const PLAIN_AUTHORITY = /^[\w.-]+(?::\d+)?$/;

/** Whether the text is `host` or `host:port`. */
export function isAuthority(text: string): boolean {
  return PLAIN_AUTHORITY.test(text) || parseAuthority(text, '') !== undefined;
}

/**
 * Compiles the `origins` option, once for an endpoint.
 *
 * @throws MoorageError `MOORAGE_INVALID_OPTION` for an entry that can never match or is neither string nor RegExp.
 */
export function compileOrigins(option: OriginOption | undefined): OriginPolicy {
  if (option === undefined) {
    return denyAll;
  }
  if (option === '*') {
    return allowAll;
  }
  if (typeof option === 'function') {
    return (origin, request) => decide(option, origin, request);
  }
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  for (const entry of Array.isArray(option) ? (option as readonly unknown[]) : [option]) {
    if (entry === '*') {
      return allowAll;
    }
    if (typeof entry === 'string') {
      exact.add((entry.includes('*') ? undefined : canonical(entry)) ?? invalidEntry(JSON.stringify(entry)));
    } else if (entry instanceof RegExp) {
      // Anchored, since /example\.com/ would let https://example.com.attacker.net in. Without the flags that keep state between calls.
      patterns.push(new RegExp(`^(?:${entry.source})$`, entry.flags.replace(/[gym]/g, '')));
    } else {
      invalidEntry(entry === null ? 'null' : `a value of type ${typeof entry}`);
    }
  }
  return (origin) => {
    const text = canonical(origin);
    return (text !== undefined && exact.has(text)) || patterns.some((pattern) => pattern.test(origin));
  };
}

function allowAll(): boolean {
  return true;
}

function denyAll(): boolean {
  return false;
}

function decide(check: OriginCheck, origin: string, request: UpgradeRequest): boolean {
  const answer: unknown = check(origin, request);
  if (typeof answer === 'object' && answer !== null && 'then' in answer) {
    // A promise is truthy: taken for an answer it would allow everybody.
    Promise.resolve(answer).catch(() => undefined);
    throw new MoorageError(
      'MOORAGE_INVALID_OPTION',
      'The "origins" function returned a promise: it must return true or false at once. What takes time belongs into the authorisation hook.',
    );
  }
  return answer === true;
}

function invalidEntry(found: string): never {
  throw new MoorageError(
    'MOORAGE_INVALID_OPTION',
    `"origins" has ${found}, which is no origin: scheme, host and port without a path are accepted, as in "https://example.com" or ` +
      '"http://localhost:5173", and a RegExp, "null" or "*".',
  );
}

/** One spelling for each origin; `undefined` for what is none. */
function canonical(text: string): string | undefined {
  if (text === 'null') {
    return text;
  }
  const origin = parseOrigin(text);
  return origin && `${origin.scheme}://${origin.host}:${origin.port}`;
}

/** RFC 6454 §7: `scheme "://" host [ ":" port ]`. */
function parseOrigin(text: string): Origin | undefined {
  const colon = text.indexOf('://');
  if (colon <= 0) {
    return undefined;
  }
  const scheme = text.slice(0, colon).toLowerCase();
  const authority = parseAuthority(text.slice(colon + 3), defaultPort(scheme));
  return authority && { scheme, host: authority.host, port: authority.port };
}

function defaultPort(scheme: string): string {
  return scheme === 'https' ? HTTPS_PORT : scheme === 'http' ? HTTP_PORT : '';
}

function parseAuthority(text: string, portIfNone: string): Authority | undefined {
  if (!hasHostCharactersOnly(text)) {
    return undefined;
  }
  // The colons of an IPv6 address stand in its brackets.
  const colon = text.indexOf(':', text.startsWith('[') ? text.indexOf(']') + 1 : 0);
  const host = colon === -1 ? text : text.slice(0, colon);
  const port = colon === -1 ? '' : text.slice(colon + 1);
  const bracketed = text.startsWith('[');
  if (host === '' || !hasDigitsOnly(port) || host.endsWith(']') !== bracketed || host.indexOf('[', 1) !== -1) {
    return undefined;
  }
  return { host: host.toLowerCase(), port: port === '' ? portIfNone : port };
}

/** Everything that would end or split an authority is refused; what is left is compared as it stands. */
function hasHostCharactersOnly(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || NOT_IN_HOST[code] === 1) {
      return false;
    }
  }
  return true;
}

const NOT_IN_HOST = new Uint8Array(128);
for (const char of '/?#@,\\"<>^`{|}') {
  NOT_IN_HOST[char.charCodeAt(0)] = 1;
}

function hasDigitsOnly(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) {
      return false;
    }
  }
  return true;
}
