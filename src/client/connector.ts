import type { ClientHandshakeHook } from '../endpoint/compiled-endpoint.js';
import { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { UpgradeRecord } from '../endpoint/upgrade-record.js';
import { Connection } from '../engine/connection.js';
import type { EngineEnvironment } from '../engine/environment.js';
import { CloseCode } from '../protocol/close-code.js';
import { checkRequestHeaders } from '../protocol/handshake/client-handshake.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { UpgradeResponse } from '../protocol/handshake/upgrade-response.js';
import type { ServedEndpoint } from '../server/served-endpoint.js';
import { ClientHandler } from './client-handler.js';
import { HandshakeTimeoutError } from './errors.js';
import { HandshakeAttempt } from './handshake-attempt.js';
import { type HandshakePlan, openingHandshake, plannedRequest, type Upgraded } from './opening-handshake.js';
import type { Timer } from './timer.js';
import { unopenedChannel } from './unopened-channel.js';

/** One connection to make, everything about it checked. It can be made again. */
export interface ConnectPlan extends HandshakePlan {
  readonly endpoint: ServedEndpoint;
  /** Milliseconds for the opening handshake; 0 or Infinity for no limit. */
  readonly timeout: number;
}

/** Told when a session's close handler has settled. Must not throw. */
export type CloseObserver = (code: number, reason: string) => void;

/** Takes connections from the plan to the session whose connect handler has settled. */
export class Connector {
  readonly #environment: EngineEnvironment;
  readonly #timer: Timer;

  constructor(environment: EngineEnvironment, timer: Timer) {
    this.#environment = environment;
    this.#timer = timer;
  }

  /**
   * @param signals each can end it at every stage, with its reason for the rejection.
   * @param observer of the session's end, also when the connect handler fails.
   */
  async connect(plan: ConnectPlan, signals: readonly AbortSignal[], observer?: CloseObserver): Promise<Session> {
    const attempt = new HandshakeAttempt(plan.timeout, plan.hop.target.href, signals, this.#timer);
    try {
      attempt.signal.throwIfAborted();
      const hook = plan.endpoint.compiled.clientHandshake;
      const ready = hook === undefined ? plan : await prepared(plan, hook, attempt);
      const request = plannedRequest(ready);
      const instance = await attempt.wait(plan.endpoint.instance(request));
      const upgraded = await this.#upgrade(ready, attempt, instance, request);
      attempt.upgraded();
      return await this.#open(plan.endpoint, instance, upgraded, attempt.signal, observer);
    } finally {
      attempt.release();
    }
  }

  async #upgrade(
    plan: ConnectPlan,
    attempt: HandshakeAttempt,
    instance: object,
    request: UpgradeRequest,
  ): Promise<Upgraded> {
    const { signal } = attempt;
    try {
      const upgraded = await openingHandshake(plan, signal);
      const hook = plan.endpoint.compiled.clientHandshake;
      return hook === undefined ? upgraded : await shown(upgraded, hook, attempt);
    } catch (cause) {
      // Who called it off need not be told. The deadline may also have cut a refusal short, which is the cause then.
      const calledOff = signal.aborted && !(signal.reason instanceof HandshakeTimeoutError);
      if (cause instanceof Error && !calledOff) {
        tellErrorHandler(plan.endpoint, instance, request, cause);
      }
      throw cause;
    }
  }

  #open(
    endpoint: ServedEndpoint,
    instance: object,
    { record, extensions, transport }: Upgraded,
    signal: AbortSignal,
    observer: CloseObserver | undefined,
  ): Promise<Session> {
    if (signal.aborted) {
      transport.socket.destroy();
      return Promise.reject(signal.reason);
    }
    return new Promise((resolve, reject) => {
      const watcher = {
        connected: resolve,
        failed: reject,
        closed: (code: number, reason: string) => observer?.(code, reason),
      };
      const handler = new ClientHandler(endpoint.table, instance, record, endpoint, watcher);
      const { connection: settings } = endpoint.settings;
      let connection: Connection;
      try {
        connection = new Connection(transport.socket, handler, settings, this.#environment, extensions);
      } catch (cause) {
        transport.socket.destroy(); // An extension of the application's has failed.
        throw cause;
      }
      transport.release();
      const onAbort = () => {
        reject(signal.reason);
        connection.close(CloseCode.GoingAway, '');
      };
      signal.addEventListener('abort', onAbort, { once: true });
      connection.start(transport.firstBytes);
    });
  }
}

/** The plan with the header fields that the endpoint itself wants. */
async function prepared(plan: ConnectPlan, hook: ClientHandshakeHook, attempt: HandshakeAttempt): Promise<ConnectPlan> {
  const headers = await attempt.wait(Promise.resolve(hook.beforeRequest(plan.hop.headers)));
  checkRequestHeaders(headers);
  return { ...plan, hop: { ...plan.hop, headers } };
}

/** Shows the answer to the endpoint. */
async function shown(upgraded: Upgraded, hook: ClientHandshakeHook, attempt: HandshakeAttempt): Promise<Upgraded> {
  try {
    await attempt.wait(hook.afterResponse(upgraded.record.response.headers));
    return upgraded;
  } catch (cause) {
    upgraded.transport.socket.destroy();
    throw cause;
  }
}

/**
 * The connection never was, so there is neither a connect nor a close event; the error event comes before the rejection.
 * It isn't waited for: the caller learns of the failure whatever the handler does.
 */
function tellErrorHandler(endpoint: ServedEndpoint, instance: object, request: UpgradeRequest, cause: Error): void {
  const { error, errorType } = endpoint.table;
  if (error === null || !(cause instanceof errorType)) {
    return;
  }
  const record = new UpgradeRecord(request, UpgradeResponse.plain, Object.freeze(Object.create(null)), undefined);
  const session = new Session(unopenedChannel(request.isSecure), record);
  const report = (thrown: unknown) => endpoint.report(thrown, session, 'error');
  try {
    const settling = error(instance as Parameters<typeof error>[0], session, cause);
    if (isThenable(settling)) {
      Promise.resolve(settling).then(undefined, report);
    }
  } catch (thrown) {
    report(thrown);
  }
}
