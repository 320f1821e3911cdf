import { compileEndpoint } from '../endpoint/compile.js';
import { resolveSettings } from '../endpoint/config.js';
import { construct, type InstanceFactory } from '../endpoint/instance-factory.js';
import type { Session } from '../endpoint/session.js';
import { systemClock } from '../engine/clock.js';
import { createEnvironment } from '../engine/environment.js';
import { CloseCode } from '../protocol/close-code.js';
import { checkRequestHeaders } from '../protocol/handshake/client-handshake.js';
import { copyHeaders } from '../protocol/handshake/response-headers.js';
import { checkIsObject } from '../protocol/invalid-argument.js';
import type { Endpoint } from '../server/container.js';
import type { ContainerEvent } from '../server/container-events.js';
import { EventReporter, warn } from '../server/event-reporter.js';
import { ServedEndpoint } from '../server/served-endpoint.js';
import { type OpenSessions, SessionDirectory } from '../server/session-directory.js';
import { type CloseReport, Closing, closeSessions, type Deadline } from '../server/shutdown.js';
import {
  type CheckedClientOptions,
  type ClientOptions,
  type ConnectOptions,
  checkClientOptions,
  checkCloseTimeout,
  checkConnectOptions,
  endpointOptionsOf,
  withCookies,
} from './client-options.js';
import { parseTarget } from './connect-target.js';
import { Connector, type ConnectPlan } from './connector.js';
import { ClientError } from './errors.js';
import { allowManyListeners } from './handshake-attempt.js';
import { firstHop } from './hop.js';
import { KeptConnection } from './kept-connection.js';
import { type ReconnectOptions, reconnectPolicy } from './reconnect-policy.js';
import { onceForEach } from './shared-instances.js';

const CLOSE_REASON = 'Client closing';

/**
 * Connects endpoints to servers: the same classes, handlers and options as a container serves, on the other end.
 *
 * @example
 * const client = new WebSocketClient();
 * const session = await client.connect(Quotes, 'wss://quotes.example/live', {
 *   headers: { authorization: `Bearer ${token}` },
 *   subprotocols: ['quotes.v2'],
 *   signal: AbortSignal.timeout(30_000),
 * });
 * await session.sendText('subscribe ACME');
 */
export class WebSocketClient implements AsyncDisposable {
  readonly #options: CheckedClientOptions;
  readonly #directory = new SessionDirectory();
  readonly #sessions = this.#directory.enlist();
  readonly #kept = new Set<KeptConnection>();
  readonly #factory: InstanceFactory;
  readonly #sharedFactory: InstanceFactory;
  readonly #connector = new Connector(createEnvironment('client'), systemClock);
  readonly #reporter: EventReporter;
  readonly #shutdown = new AbortController();
  readonly #closing = new Closing();

  /** @throws ConfigurationError that lists every unknown or unusable option. */
  constructor(options: ClientOptions = {}) {
    this.#options = checkClientOptions(options);
    const { onEvent, instanceFactory = construct } = this.#options;
    this.#factory = instanceFactory;
    this.#sharedFactory = onceForEach(instanceFactory);
    const listener = (event: ContainerEvent) => (event.type === 'upgrade-refused' ? undefined : onEvent?.(event));
    this.#reporter = new EventReporter(onEvent && listener, 'client');
  }

  /**
   * Opens a WebSocket and settles once the endpoint's connect handler has: a failure of that handler is also the
   * rejection (besides its error and close events). When no connection comes about, the rejection comes after the
   * endpoint's error handler was called; its connect and close handlers are not.
   *
   * The deadline (`timeout`) is for the opening handshake; how long the connect handler takes is the application's matter,
   * and `signal` ends that wait too.
   *
   * @param endpoint a decorated class, of which the connection gets an instance (a stateless one has one instance for all
   *   connections of this client), or an instance.
   * @param url `ws:` or `wss:`; `http:` and `https:` mean the same. A user name in it means Basic authentication.
   * @throws (as a rejection) `UpgradeError` for an answer other than the right 101, `ConnectError` for none,
   *   `HandshakeTimeoutError`, the reason of `options.signal`, `ClientError` when the client closes; and before anything
   *   is sent `InvalidUrlError`, `ConfigurationError`, `HandshakeError` (a header that can't be sent), `EndpointError`.
   */
  async connect(endpoint: Endpoint, url: string | URL, options: ConnectOptions = {}): Promise<Session> {
    const plan = this.#plan(endpoint, url, options);
    const { signal } = options;
    return this.#connector.connect(
      plan,
      signal === undefined ? [this.#shutdown.signal] : [this.#shutdown.signal, signal],
    );
  }

  /**
   * Opens a WebSocket and opens it again whenever it is lost, with exponential backoff and full jitter, until `stop` is
   * called, `options.signal` fires, the client closes, or it is not worth trying again.
   *
   * @throws at once what `connect` rejects with before anything is sent.
   * @example
   * const kept = client.keepConnected(Quotes, 'wss://quotes.example/live', { reconnect: { maxDelay: 60_000 } });
   * const session = await kept.opened();
   * await kept.stop();
   */
  keepConnected(
    endpoint: Endpoint,
    url: string | URL,
    options: ConnectOptions & { readonly reconnect?: ReconnectOptions } = {},
  ): KeptConnection {
    checkIsObject('client.keepConnected(endpoint, url, options)', options);
    const { reconnect = {}, ...connectOptions } = options;
    const policy = reconnectPolicy(reconnect);
    const plan = this.#plan(endpoint, url, connectOptions);
    const kept = new KeptConnection(
      {
        connect: (signal, observer) => this.#connector.connect(plan, [signal], observer),
        timer: systemClock,
        random: Math.random,
        report: (cause) => warn('The reconnect options of a kept connection failed.', cause),
      },
      policy,
    );
    this.#kept.add(kept);
    const { signal } = connectOptions;
    const onAbort = () => void kept.stop();
    if (signal !== undefined) {
      allowManyListeners(signal);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) {
        onAbort();
      }
    }
    void kept.ended.then(() => {
      this.#kept.delete(kept);
      signal?.removeEventListener('abort', onAbort);
    });
    return kept;
  }

  /** Every open session, live: a session is in it from before its connect handler until its close handler has settled. */
  get openSessions(): OpenSessions {
    return this.#sessions;
  }

  /**
   * Ends everything in good order: attempts to connect are rejected, kept connections stopped, every session gets a
   * Close with 1001 and their close handlers are awaited. What is left at the deadline is cut off.
   *
   * Calling it again gives the same promise; with a shorter timeout it also brings the deadline forward.
   *
   * @param options.timeout milliseconds, default 10,000; 0 cuts everything off at once, Infinity waits for all.
   * @throws RangeError (as a rejection) for another timeout; nothing has changed then.
   */
  close(options: { readonly timeout?: number } = {}): Promise<CloseReport> {
    try {
      checkIsObject('client.close(options)', options);
      if (options.timeout !== undefined) checkCloseTimeout(options.timeout);
    } catch (cause) {
      return Promise.reject(cause);
    }
    return this.#closing.begin(options.timeout, (deadline) => this.#close(deadline));
  }

  /** `await using client = new WebSocketClient()`: the same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(deadline: Deadline): Promise<CloseReport> {
    this.#shutdown.abort(new ClientError());
    for (const kept of this.#kept) {
      void kept.stop(CloseCode.GoingAway, CLOSE_REASON);
    }
    return closeSessions(this.#directory, deadline, CLOSE_REASON);
  }

  #plan(endpoint: Endpoint, url: string | URL, options: ConnectOptions): ConnectPlan {
    if (this.#closing.began) {
      throw new ClientError();
    }
    checkConnectOptions(options);
    const compiled = compileEndpoint(endpoint);
    const { connection, handshakeTimeout, tls, agent } = this.#options;
    const settings = resolveSettings(connection, { ...compiled.options, ...endpointOptionsOf(options) });
    const headers = withCookies(options);
    checkRequestHeaders(headers);
    const factory = settings.stateless ? this.#sharedFactory : this.#factory;
    return {
      endpoint: new ServedEndpoint(compiled, settings, this.#sessions, factory, this.#reporter),
      hop: firstHop({
        target: parseTarget(url),
        headers: copyHeaders(headers),
        tls: { ...tls, ...options.tls },
        agent: options.agent ?? agent,
        socketPath: options.socketPath,
      }),
      subprotocols: options.subprotocols ?? settings.subprotocols,
      extensions: settings.extensions,
      followRedirects: options.followRedirects ?? 0,
      timeout: options.timeout ?? handshakeTimeout,
    };
  }
}
