import type { Session } from '../endpoint/session.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { ErrorPhase } from './container-events.js';

/** An event of an endpoint that a method of it takes. */
export type HandlerEvent = 'connect' | 'text' | 'binary' | 'frame' | 'ping' | 'pong' | 'error' | 'close';

/** What goes over a connection, as an instrument is told of it. */
export type TrafficKind = 'text' | 'binary' | 'ping' | 'pong' | 'close';

/** An upgrade that a container has begun to deal with. */
export interface IncomingUpgrade {
  readonly request: UpgradeRequest;
  /** The name of the endpoint that it is for, or `WebSocketContainer` where there is none. */
  readonly endpoint: string;
  /** The path of that endpoint as it was registered, such as `/chat/{room}`. */
  readonly route: string | undefined;
  readonly remoteAddress: string | undefined;
}

/**
 * Watches a container: counts, traces or writes down what happens. Given with the container's option `instruments`; the
 * ready-made ones are in `moorage/operations`.
 *
 * It is asked once for each upgrade, and answers with what wants to hear of that one, down to the session and each call of
 * a handler. All of it is optional, and what nobody wants is not made. Nothing that it throws harms a connection: it is
 * printed once as a warning.
 *
 * @example
 * const slowHandlers: Instrument = {
 *   upgrade: ({ endpoint }) => ({
 *     opened: () => ({
 *       calling(event) {
 *         const began = performance.now();
 *         return { returned: () => report(endpoint, event, performance.now() - began) };
 *       },
 *     }),
 *   }),
 * };
 * const container = new WebSocketContainer({ server, instruments: [slowHandlers] });
 */
export interface Instrument {
  /** Has pings, pongs and Closes told to `received` although no method of the endpoint takes them. Default false. */
  readonly wantsControlFrames?: boolean;
  /** An upgrade has come in; nothing of it has been looked at but its path. */
  upgrade?(upgrade: IncomingUpgrade): UpgradeObserver | undefined;
  /**
   * The application failed where there is no session, as in the `authorize` hook, or the container's own server or broker.
   *
   * @param endpoint the name of the endpoint concerned, or `WebSocketContainer`.
   */
  failed?(cause: unknown, during: ErrorPhase, endpoint: string): void;
}

/** Watches one upgrade. One of `refused` and `opened` is called, once. */
export interface UpgradeObserver {
  /** Calls `work`, once and now: the hooks that decide on the upgrade run in whatever asynchronous context this sets up. */
  run?(work: () => void): void;
  /** @param status the HTTP status that was answered, 0 for none because the peer had left. */
  refused?(status: number, reason: string): void;
  /**
   * The upgrade was answered with 101; the session's connect handler is about to run.
   *
   * @param endpoint the name of the endpoint that serves it, which a creator may have chosen.
   */
  opened?(session: Session, endpoint: string): SessionObserver | undefined;
}

/** Watches one session. `closed` comes last. */
export interface SessionObserver {
  /** A data frame, or a piece of one as TCP brought it, after the extensions; `frame.endsMessage` with the last one of a message. */
  received?(kind: TrafficKind, frame: IncomingFrame): void;
  /** Something was accepted for sending: a message, a part of one, a heartbeat of the application's, or a Close (`1001 reason`). */
  sent?(kind: TrafficKind, payload: string | Uint8Array, last: boolean): void;
  /** A method of the endpoint is about to be called. */
  calling?(event: HandlerEvent): CallObserver | undefined;
  /** The connection failed, or (`error`, `close`) the method did that was told of it. A message that is passed over because it can't be decoded comes as `decode`. */
  failed?(cause: unknown, during: 'connection' | 'error' | 'close' | 'decode'): void;
  /** The session has ended and its close handler has settled. */
  closed?(code: number, reason: string): void;
}

/** Watches one call of a method. One of `returned` and `failed` is called when it has settled, once. */
export interface CallObserver {
  /** Calls `work`, once and now: the method runs in whatever asynchronous context this sets up. */
  run?(work: () => void): void;
  returned?(): void;
  failed?(cause: unknown): void;
}
