import type { Session } from '../endpoint/session.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';

/**
 * Where user code failed. Before the upgrade, answered with 500: the `authorize` hook, the `create` of a creator or of
 * a function that makes listeners, the `instantiate` of an instance, or the `handshake` that a hook asked an impossible answer of. After it: a `connection` whose endpoint has no error
 * handler, or the `error` or `close` handler itself. And of the container's own the `broker`, when it
 * fails to carry a message, `publish`, when a message can't be sent to one member of a topic, and the `server`, when it fails to take a connection.
 */
export type ErrorPhase =
  | ('authorize' | 'create' | 'instantiate' | 'handshake')
  | ('connection' | 'error' | 'close')
  | ('broker' | 'publish' | 'server');

/** An upgrade was answered with anything but 101, or its peer left first. */
export interface UpgradeRefusedEvent {
  readonly type: 'upgrade-refused';
  /** The HTTP status sent, or 0 when the peer was gone before there was one. */
  readonly status: number;
  /** Why, for the operator: more than the peer was told. */
  readonly reason: string;
  readonly request: UpgradeRequest;
}

/** A session is open; its connect handler is about to run. */
export interface SessionOpenedEvent {
  readonly type: 'session-opened';
  readonly session: Session;
  /** The name of the endpoint's class. */
  readonly endpoint: string;
}

/** A session is over and its close handler has settled. */
export interface SessionClosedEvent {
  readonly type: 'session-closed';
  readonly session: Session;
  readonly endpoint: string;
  readonly code: number;
  readonly reason: string;
}

/** User code failed and nothing else heard of it. The connection concerned is ended; nothing else is touched. */
export interface UnhandledErrorEvent {
  readonly type: 'error';
  /** What was thrown, or what a promise was rejected with. */
  readonly cause: unknown;
  readonly during: ErrorPhase;
  readonly endpoint: string;
  /** `undefined` when it failed before there was a session. */
  readonly session: Session | undefined;
}

/** Everything a container tells: discriminated by `type`. */
export type ContainerEvent = UpgradeRefusedEvent | SessionOpenedEvent | SessionClosedEvent | UnhandledErrorEvent;

/**
 * Hears everything that happens in a container, synchronously. What it throws is printed as a warning and harms nobody.
 *
 * @example
 * new WebSocketContainer({
 *   server,
 *   onEvent(event) {
 *     if (event.type === 'error') logger.error(event.cause, `${event.endpoint} failed in ${event.during}`);
 *   },
 * });
 */
export type ContainerEventListener = (event: ContainerEvent) => void | Promise<void>;
