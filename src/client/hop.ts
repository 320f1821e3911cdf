import type { Agent } from 'node:http';
import type { ConnectionOptions as TlsConnectionOptions } from 'node:tls';
import type { RequestHeaders, ResponseHead } from '../protocol/handshake/client-handshake.js';
import { equalsIgnoringCase } from '../protocol/handshake/headers.js';
import { UpgradeError } from '../protocol/handshake/upgrade-error.js';
import { type ConnectTarget, parseTarget } from './connect-target.js';

/** What Node's TLS takes: `ca`, `cert`, `key`, `rejectUnauthorized`, `servername`, `minVersion` and so on. */
export type TlsOptions = Omit<TlsConnectionOptions, 'host' | 'port' | 'path' | 'socket' | 'ALPNProtocols'>;

/** One request of an opening handshake: the first, or the one that follows a redirect. */
export interface Hop {
  readonly target: ConnectTarget;
  /** The application's fields, with cookies and credentials. */
  readonly headers: RequestHeaders;
  readonly tls: TlsOptions;
  readonly agent: Agent | undefined;
  readonly socketPath: string | undefined;
}

/**
 * What goes along to another origin. Everything else the application added may be a credential, whatever its name, and
 * belongs to the origin it was given for.
 */
const HARMLESS = ['user-agent', 'accept-language', 'origin'];

/** What names or proves the client to one host, or the host to the client. */
const TLS_IDENTITY = [
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'session',
  'secureContext',
  'pskCallback',
] as const;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where an answer redirects to, as it was written; `undefined` when it doesn't. */
export function redirectOf(head: ResponseHead): string | undefined {
  if (!REDIRECTS.includes(head.statusCode)) {
    return undefined;
  }
  const at = head.rawHeaders.findIndex((name, i) => i % 2 === 0 && equalsIgnoringCase(name, 'location'));
  return at === -1 ? undefined : head.rawHeaders[at + 1];
}

/** The hop that authenticates by the URL's user name, unless the application sends an `Authorization` of its own. */
export function firstHop(hop: Hop): Hop {
  const { authorization } = hop.target;
  if (
    authorization === undefined ||
    Object.keys(hop.headers).some((name) => equalsIgnoringCase(name, 'authorization'))
  ) {
    return hop;
  }
  return { ...hop, headers: { ...hop.headers, Authorization: authorization } };
}

/**
 * The hop that follows a redirect. Across origins it takes no credentials along.
 *
 * @throws UpgradeError `MOORAGE_REDIRECT_REFUSED` for a place that a client won't go to.
 */
export function redirectedHop(hop: Hop, location: string, head: ResponseHead): Hop {
  const { target } = hop;
  let next: ConnectTarget;
  try {
    // RFC 9110 §10.2.2: a Location may have a fragment, which is not for the server.
    const base = target.href.replace(/^ws/, 'http');
    next = parseTarget(location.replace(/#.*$/s, ''), base);
  } catch (cause) {
    throw new UpgradeError(
      'MOORAGE_REDIRECT_REFUSED',
      `The server redirects to ${JSON.stringify(location.slice(0, 100))}, which is no WebSocket URL: ws, wss, http and https are accepted.`,
      head,
      { cause },
    );
  }
  if (target.secure && !next.secure) {
    throw new UpgradeError(
      'MOORAGE_REDIRECT_REFUSED',
      `The server redirects from wss: to the unencrypted ${next.origin}, where a client won't go. Connect there directly if that is meant.`,
      head,
    );
  }
  if (next.origin === target.origin) {
    return { ...hop, target: next };
  }
  const { agent } = hop;
  return { target: next, headers: harmless(hop.headers), tls: anonymous(hop.tls), agent, socketPath: undefined };
}

function harmless(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.includes(name.toLowerCase())));
}

function anonymous(tls: TlsOptions): TlsOptions {
  const kept = { ...tls };
  for (const name of TLS_IDENTITY) {
    delete kept[name];
  }
  return kept;
}
