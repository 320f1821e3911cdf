import { Agent } from 'node:http';
import { type ConnectionOptions, resolveSettings } from '../endpoint/config.js';
import { described } from '../endpoint/described.js';
import { ConfigurationError } from '../endpoint/errors.js';
import type { InstanceFactory } from '../endpoint/instance-factory.js';
import { CONNECTION_RULES, ENDPOINT_RULES, isMilliseconds, optionProblems } from '../endpoint/option-rules.js';
import type { RequestHeaders } from '../protocol/handshake/client-handshake.js';
import { isToken } from '../protocol/handshake/headers.js';
import type { ClientEventListener } from './client-events.js';
import type { TlsOptions } from './hop.js';

/** Options of a connection on the side that connects. `origins` is for servers. */
export type ClientConnectionOptions = Omit<ConnectionOptions, 'origins'>;

/** What a client can be told: the defaults of its connections, and its own matters. */
export interface ClientOptions extends ClientConnectionOptions {
  /**
   * Milliseconds for one opening handshake, all of it: hooks, DNS, TCP, TLS, interim answers, redirects. 0 or
   * `Infinity` for no limit. Default 10,000.
   */
  handshakeTimeout?: number;
  /** Makes the instances of endpoint classes, such as a dependency injection container's `resolve`. Default: `new type()`. */
  instanceFactory?: InstanceFactory;
  /** Hears of sessions and unhandled errors. Without one, unhandled errors are printed as process warnings. */
  onEvent?: ClientEventListener;
  /** For `wss:`, what Node's `tls.connect` takes: `ca`, `cert`, `key`, `rejectUnauthorized`, … */
  tls?: TlsOptions;
  /** An agent of `node:http` or `node:https` that makes the connections, such as one for a proxy. Default: none, no pool. */
  agent?: Agent;
}

/** What one connection can be told, over the options of its client. */
export interface ConnectOptions extends ClientConnectionOptions {
  /** Header fields for the request. Those of the handshake itself (`Connection`, `Upgrade`, `Sec-WebSocket-…`) are refused. */
  headers?: RequestHeaders;
  /** Cookies by name, percent-encoded as a server's `cookies` decodes them. They come after a `Cookie` header. */
  cookies?: Readonly<Record<string, string>>;
  /** Subprotocols to offer, the best first. Default: those of `@WebSocket({ subprotocols })`. */
  subprotocols?: readonly string[];
  /** Laid over the client's, one option at a time. */
  tls?: TlsOptions;
  /** In place of the client's. */
  agent?: Agent;
  /** The path of a Unix domain socket (or name of a Windows pipe) to connect to instead of the URL's host and port. */
  socketPath?: string;
  /** Gives up at every stage, until `connect` has settled; the rejection is the signal's reason. */
  signal?: AbortSignal;
  /** In place of the client's `handshakeTimeout`. */
  timeout?: number;
  /**
   * How many redirects to follow, from 0, the default. To another origin go no credentials: of the headers only
   * `User-Agent`, `Accept-Language` and `Origin`, no cookies, no client certificate. From `wss:` to `ws:` none is followed.
   */
  followRedirects?: number;
}

/** A client's options, checked. */
export interface CheckedClientOptions {
  readonly handshakeTimeout: number;
  readonly instanceFactory: InstanceFactory | undefined;
  readonly onEvent: ClientEventListener | undefined;
  readonly tls: TlsOptions;
  readonly agent: Agent | undefined;
  /** The defaults of its connections. */
  readonly connection: ClientConnectionOptions;
}

const DEFAULT_HANDSHAKE_TIMEOUT = 10_000;

const { origins: _serversOnly, ...CONNECTION } = CONNECTION_RULES;

const HOOK = { accepts: (value: unknown) => typeof value === 'function', accepted: 'a function' };
const TIMEOUT = { accepts: isMilliseconds, accepted: 'whole milliseconds; 0 or Infinity for no limit' };
const TLS = { accepts: isRecord, accepted: 'an object with options of tls.connect, such as { ca }' };
const AGENT = {
  // By shape: agents of packages need not descend from Node's.
  accepts: (value: unknown) => value instanceof Agent || (isRecord(value) && typeof value['addRequest'] === 'function'),
  accepted: 'an Agent of node:http or node:https, or one that looks like it',
};

const CLIENT_RULES = {
  ...CONNECTION,
  handshakeTimeout: TIMEOUT,
  instanceFactory: HOOK,
  onEvent: HOOK,
  tls: TLS,
  agent: AGENT,
};

const CONNECT_RULES = {
  ...CONNECTION,
  headers: {
    accepts: isRecord,
    accepted: "an object of strings or lists of strings, such as { authorization: 'Bearer …' }",
  },
  cookies: { accepts: areCookies, accepted: "an object of names (tokens) and strings, such as { sid: 'abc' }" },
  subprotocols: ENDPOINT_RULES['subprotocols'] as (typeof ENDPOINT_RULES)[string],
  tls: TLS,
  agent: AGENT,
  socketPath: {
    accepts: (value: unknown) => typeof value === 'string' && value !== '',
    accepted: "a path such as '/run/app.sock'",
  },
  signal: { accepts: (value: unknown) => value instanceof AbortSignal, accepted: 'an AbortSignal' },
  timeout: TIMEOUT,
  followRedirects: {
    accepts: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0,
    accepted: 'a whole number from 0',
  },
};

/**
 * Checks a client's options and fills in the defaults.
 *
 * @throws ConfigurationError that lists everything that is wrong with them.
 */
export function checkClientOptions(options: ClientOptions): CheckedClientOptions {
  check('The options of the WebSocketClient', optionProblems(options, CLIENT_RULES));
  const {
    handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT,
    instanceFactory,
    onEvent,
    tls = {},
    agent,
    ...connection
  } = options;
  // What only shows when options are seen together.
  resolveSettings(connection, {});
  return Object.freeze({
    handshakeTimeout,
    instanceFactory,
    onEvent,
    tls,
    agent,
    connection: Object.freeze(connection),
  });
}

/** @throws ConfigurationError that lists everything that is wrong with the options of one connection. */
export function checkConnectOptions(options: ConnectOptions): void {
  check('The options of connect', optionProblems(options, CONNECT_RULES));
}

/** The options among a connection's that its endpoint's settings are made of. */
export function endpointOptionsOf(options: ConnectOptions): ClientConnectionOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && Object.hasOwn(CONNECTION, name)),
  );
}

/** The headers with the cookies in them (RFC 6265 §5.4: one field). */
export function withCookies({ headers = {}, cookies = {} }: ConnectOptions): RequestHeaders {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  if (pairs.length === 0) {
    return headers;
  }
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'cookie') ?? 'Cookie';
  const before = headers[name] ?? [];
  return { ...headers, [name]: [...(typeof before === 'string' ? [before] : before), ...pairs].join('; ') };
}

/** @throws RangeError for what is no time to wait. */
export function checkCloseTimeout(timeout: number): void {
  if (!isMilliseconds(timeout)) {
    throw new RangeError(
      `client.close({ timeout }) was given ${described(timeout)}. It takes whole milliseconds; 0 for at once, Infinity for as long as it takes.`,
    );
  }
}

/** @throws ConfigurationError when there are problems. */
export function check(where: string, problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new ConfigurationError(where, problems);
  }
}

function areCookies(value: unknown): boolean {
  return isRecord(value) && Object.entries(value).every(([name, text]) => isToken(name) && typeof text === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
