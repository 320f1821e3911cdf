import { type ConnectionSettings, DEFAULT_CONNECTION_SETTINGS } from '../engine/settings.js';
import type { Decoder, Encoder } from '../messages/codec.js';
import type { DeflateOptions } from '../protocol/extensions/deflate-options.js';
import type { Extension } from '../protocol/extensions/extension.js';
import { perMessageDeflate } from '../protocol/extensions/permessage-deflate.js';
import type { OriginOption } from '../protocol/handshake/origin.js';
import { ConfigurationError } from './errors.js';
import { CONNECTION_RULES, ENDPOINT_RULES, optionProblems } from './option-rules.js';

/**
 * Which pages may connect, by the `Origin` header: those of this host, any, or also those that are named, as in
 * `['https://chat.example', /https:\/\/.*\.chat\.example/, 'null']`. Same-origin pages may always.
 */
export type OriginPolicy = 'same-origin' | 'any' | OriginOption;

/** Options of every connection: set for a container, and over it for an endpoint. Times in milliseconds, sizes in bytes. */
export interface ConnectionOptions {
  /** Bytes of one text message, after inflating; at least 1, or `Infinity`. Over it: 1009. Default 1 MiB. */
  maxTextMessageSize?: number;
  /** Bytes of one binary message, after inflating; at least 1, or `Infinity`. Over it: 1009. Default 1 MiB. */
  maxBinaryMessageSize?: number;
  /** Bytes of one frame; at least 1, or `Infinity`, the default, which leaves it to the message limits. Over it: 1009. */
  maxFrameSize?: number;
  /** Frames of one message, empty ones included; at least 1, or `Infinity`. Over it: 1008. Default 4096. */
  maxFragments?: number;
  /**
   * No frame either way for so long ends the connection with 1001. 0 or `Infinity` for never. Default 300,000. The pings of
   * `keepAlive` and their answers are frames too: with it, a peer that is alive is never idle, whatever else it does.
   */
  idleTimeout?: number;
  /** How long the peer may take to answer a Close before its connection is destroyed; at least 1. Default 5,000. */
  closeTimeout?: number;
  /** Pings over a quiet connection, so that proxies keep it and a dead peer is noticed; `false` for none. */
  keepAlive?: false | KeepAliveOptions;
  /** Queued bytes from which a send no longer settles at once; at least 1. Default 65,536. */
  writeHighWater?: number;
  /** Queued bytes below which waiting sends settle; at most `writeHighWater`. Default half of it. */
  writeLowWater?: number;
  /** Queued bytes, control frames included, past which a slow consumer's connection ends; at least 1, or `Infinity`. Default 16 MiB. */
  maxQueuedBytes?: number;
  /** Messages taken in while a handler is busy, before the peer is made to wait; at least 1. Default 16. */
  lookAheadMessages?: number;
  /** Bytes taken in while a handler is busy, before the peer is made to wait; at least 1. Default 1 MiB. */
  lookAheadBytes?: number;
  /** Default `'same-origin'`: a request with an `Origin` header must come from a page of this host. */
  origins?: OriginPolicy;
  /**
   * Compression of messages (permessage-deflate, RFC 7692) for the clients that offer it: `true`, or how. It costs time on
   * both sides, and can give secrets away that share a message with what an attacker chose. Default `false`.
   */
  compression?: boolean | DeflateOptions;
  /** Other extensions that may be agreed on, after compression: `deflateFrame()`, `fragment()`, one's own. Default none. */
  extensions?: readonly Extension[];
  /** A message of a kind without a handler: `'close'` with 1003, the default, or `'ignore'` it as Jetty does. */
  unhandled?: 'close' | 'ignore';
  /**
   * A message that the endpoint's decoders, schemas and routes can't take, after the error handler was told: `'close'`, the
   * default, with 1007 where it is malformed and 1003 where nobody is for it; or `'ignore'` it and stay open.
   */
  onDecodeError?: 'close' | 'ignore';
}

export interface KeepAliveOptions {
  /** Silence after which a ping is sent. 0 or `Infinity` for never. Default 25,000. */
  interval?: number;
  /** How long after it anything may take to arrive; at least 1. Then the connection is given up: 1006. Default 20,000. */
  timeout?: number;
}

/** What `@WebSocket({ … })` takes. What isn't given comes from the container. */
export interface EndpointOptions extends ConnectionOptions {
  /** Where the endpoint is served: `/chat`, `/chat/{room}`, `/files/*`, `*.ws`, `^/v[0-9]+$` or `*`. `addEndpoint(path, …)` has precedence. */
  path?: string;
  /** One instance for every connection instead of one each. Default `false`. */
  stateless?: boolean;
  /** Open connections of the endpoint, at least 1; one more is answered with 503. The container's own holds too. Default `Infinity`. */
  maxConnections?: number;
  /** The subprotocols that the endpoint speaks. The first of the client's that is among them is chosen. Default none. */
  subprotocols?: readonly string[];
  /** What makes objects of messages for handlers of decoded ones that don't name a decoder of their own. Default JSON. */
  decoders?: readonly Decoder[];
  /**
   * What makes messages of values that handlers return or `session.send` is given, asked in this order, before strings and
   * bytes are sent as they are. After them come the codecs that handlers name, as in `@OnWebSocketMessage(json())`.
   */
  encoders?: readonly Encoder[];
}

/** The options of one endpoint, complete, checked and frozen. */
export interface EndpointSettings {
  readonly path: string | undefined;
  readonly stateless: boolean;
  readonly maxConnections: number;
  readonly subprotocols: readonly string[];
  readonly origins: OriginPolicy;
  readonly unhandled: 'close' | 'ignore';
  readonly onDecodeError: 'close' | 'ignore';
  /** All that may be agreed on, compression included. */
  readonly extensions: readonly Extension[];
  readonly connection: ConnectionSettings;
}

/**
 * Lays an endpoint's options over its container's, and those over the defaults.
 *
 * @param containerOptions the `ConnectionOptions` among a container's options; other keys are not looked at.
 * @throws ConfigurationError that lists every unknown key, wrong type and value out of range.
 */
export function resolveSettings(
  containerOptions: ConnectionOptions,
  endpointOptions: EndpointOptions,
): EndpointSettings {
  const problems = [
    ...optionProblems(containerOptions, CONNECTION_RULES),
    ...optionProblems(endpointOptions, ENDPOINT_RULES),
  ];
  if (problems.length > 0) {
    throw new ConfigurationError('These options', problems);
  }
  const options: EndpointOptions = { ...containerOptions, ...given(endpointOptions) };
  const connection = connectionSettings(options, keepAliveOf(containerOptions, endpointOptions));
  if (connection.writeLowWater > connection.writeHighWater) {
    throw new ConfigurationError('These options', [
      `writeLowWater (${connection.writeLowWater}) is above writeHighWater (${connection.writeHighWater}). Waiting sends settle below the one and are made to wait from the other, so it must be at most as high.`,
    ]);
  }
  return Object.freeze({
    path: options.path,
    stateless: options.stateless ?? false,
    maxConnections: options.maxConnections ?? Infinity,
    subprotocols: Object.freeze([...(options.subprotocols ?? [])]),
    origins: options.origins ?? 'same-origin',
    unhandled: options.unhandled ?? 'close',
    onDecodeError: options.onDecodeError ?? 'close',
    extensions: extensionsOf(options),
    connection,
  });
}

/** What is wrong with the options of `@WebSocket`, one text each. */
export function checkEndpointOptions(options: unknown): readonly string[] {
  return optionProblems(options, ENDPOINT_RULES);
}

function connectionSettings(options: ConnectionOptions, keepAlive: Required<KeepAliveOptions>): ConnectionSettings {
  const defaults = DEFAULT_CONNECTION_SETTINGS;
  const { limits } = defaults;
  const writeHighWater = options.writeHighWater ?? defaults.writeHighWater;
  return Object.freeze({
    limits: Object.freeze({
      maxTextMessageSize: options.maxTextMessageSize ?? limits.maxTextMessageSize,
      maxBinaryMessageSize: options.maxBinaryMessageSize ?? limits.maxBinaryMessageSize,
      maxFrameSize: options.maxFrameSize ?? limits.maxFrameSize,
      maxFragments: options.maxFragments ?? limits.maxFragments,
    }),
    idleTimeout: options.idleTimeout ?? defaults.idleTimeout,
    closeTimeout: options.closeTimeout ?? defaults.closeTimeout,
    keepAliveInterval: keepAlive.interval,
    keepAliveTimeout: keepAlive.timeout,
    writeHighWater,
    writeLowWater: options.writeLowWater ?? Math.floor(writeHighWater / 2),
    maxQueuedBytes: options.maxQueuedBytes ?? defaults.maxQueuedBytes,
    lookAheadMessages: options.lookAheadMessages ?? defaults.lookAheadMessages,
    lookAheadBytes: options.lookAheadBytes ?? defaults.lookAheadBytes,
  });
}

function extensionsOf({ compression = false, extensions = [] }: ConnectionOptions): readonly Extension[] {
  const compressing = compression === false ? [] : [perMessageDeflate(compression === true ? {} : compression)];
  const all = [...compressing, ...extensions];
  const names = all.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new ConfigurationError('These options', [
      `extensions has "${repeated}" twice${compressing.length > 0 && repeated === compressing[0]?.name ? ', the option compression counted' : ''}: a connection has one of each at most.`,
    ]);
  }
  return Object.freeze(all);
}

/** An endpoint that says only how often leaves how long to its container; one that says false has none. */
function keepAliveOf(container: ConnectionOptions, endpoint: ConnectionOptions): Required<KeepAliveOptions> {
  const settings = {
    interval: DEFAULT_CONNECTION_SETTINGS.keepAliveInterval,
    timeout: DEFAULT_CONNECTION_SETTINGS.keepAliveTimeout,
  };
  const own = endpoint.keepAlive ?? container.keepAlive ?? {};
  if (own === false) {
    return { ...settings, interval: 0 };
  }
  return { ...settings, ...(container.keepAlive ? given(container.keepAlive) : {}), ...given(own) };
}

/** Without the options that were given as undefined, which is as if they had not been given. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
