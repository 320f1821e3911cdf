import type { AddressInfo } from 'node:net';
import type { EndpointOptions } from '../endpoint/config.js';
import { EndpointError } from '../endpoint/errors.js';
import { construct, type EndpointClass } from '../endpoint/instance-factory.js';
import type { Session } from '../endpoint/session.js';
import { pathOf } from '../protocol/handshake/request-head.js';
import { checkIsObject } from '../protocol/invalid-argument.js';
import { Admission } from './admission.js';
import { type ContainerEngine, systemEngine } from './container-engine.js';
import { type CheckedOptions, type ContainerOptions, checkContainerOptions } from './container-options.js';
import { EndpointRegistry } from './endpoint-registry.js';
import { EventReporter } from './event-reporter.js';
import { Instrumentation } from './instrumentation.js';
import { closeOwnServer, createOwnServer, listen } from './own-server.js';
import type { Publication } from './publication.js';
import { type PublishedMessage, Publisher, type PublishOptions, type Topic, type TopicOptions } from './publisher.js';
import { containerClosing } from './refused-upgrade.js';
import { registrable } from './registrable.js';
import type { Registration } from './registration.js';
import { ContainerError, containerClosed } from './server-errors.js';
import { JoinedSessions, type OpenSessions, SessionDirectory } from './session-directory.js';
import {
  type CloseOptions,
  type CloseReport,
  Closing,
  type ContainerState,
  checkCloseOptions,
  closeSessions,
  type Deadline,
  pacingOf,
  SERVER_CLOSING,
} from './shutdown.js';
import { TopicDirectory } from './topic-directory.js';
import type { UpgradableServer } from './upgradable-server.js';
import type { AttemptSurroundings, UpgradeAttempt } from './upgrade-attempt.js';
import { UpgradeListener } from './upgrade-listener.js';
import { UpgradeRouter } from './upgrade-router.js';
import { Upgrader } from './upgrader.js';

/** What an endpoint is registered as: a class; an instance or listener that then serves every connection; a creator. */
export type Endpoint = EndpointClass | object;

export interface BroadcastOptions extends PublishOptions {
  /** The path, class, instance, listener or creator whose sessions get it. */
  readonly to?: string | RegExp | Endpoint | undefined;
  readonly filter?: ((session: Session) => boolean) | undefined;
}

/**
 * Serves endpoints on an HTTP server, beside whatever else that server does.
 *
 * On a server of yours (`{ server }`) it answers the upgrades of its endpoints' paths and touches nothing else: plain
 * requests, also of the same paths, go to your handler, and upgrades of other paths to other `upgrade` listeners where
 * there are any. Without one, `listen` makes a server that does nothing but WebSocket.
 *
 * Several containers may share a server. A path that fits endpoints of more than one is served by the container that was
 * made first, and the others are not asked.
 *
 * @example
 * const server = createServer(app);
 * const container = new WebSocketContainer({ server, maxConnections: 10_000 });
 * container.addEndpoint(ChatMember);
 * server.listen(8080);
 * process.once('SIGTERM', () => container.close({ timeout: 10_000 }).then(() => server.close()));
 */
export class WebSocketContainer implements AsyncDisposable {
  readonly #options: CheckedOptions;
  readonly #registry = new EndpointRegistry<Registration>();
  readonly #directory = new SessionDirectory();
  readonly #waiting = new Set<UpgradeAttempt>();
  readonly #reporter: EventReporter;
  readonly #topics: TopicDirectory;
  readonly #publisher: Publisher;
  readonly #admission: Admission;
  readonly #router: UpgradeRouter;
  readonly #closing: Closing;
  #listener: UpgradeListener | undefined;
  /** Made by `listen`, and so for `close` to close. */
  #ownServer: UpgradableServer | undefined;

  /** @throws ConfigurationError that lists every unknown or unusable option. */
  constructor(options?: ContainerOptions);
  /** @internal For the testing kit. */
  constructor(options: ContainerOptions | undefined, engine: ContainerEngine);
  constructor(options: ContainerOptions = {}, engine = systemEngine()) {
    this.#options = checkContainerOptions(options);
    const { authorize, onEvent, maxConnections, handshakeTimeout, server, slowMembers, broker, instruments } =
      this.#options;
    const { sweep, clock } = engine.environment;
    this.#closing = new Closing(clock);
    const surroundings: AttemptSurroundings = { sweep, handshakeTimeout, waiting: this.#waiting };
    const instrumentation = instruments.length === 0 ? undefined : new Instrumentation(instruments);
    this.#reporter = new EventReporter(onEvent, 'container', instrumentation);
    this.#topics = new TopicDirectory(slowMembers, (cause, session) =>
      this.#reporter.error(cause, 'publish', 'WebSocketContainer', session as Session),
    );
    this.#publisher = new Publisher(this.#topics, broker, this.#reporter);
    this.#admission = new Admission(this.#directory.all, maxConnections);
    const upgrader = new Upgrader(authorize, this.#admission, engine, this.#reporter);
    this.#router = new UpgradeRouter(this.#registry, upgrader, surroundings, instrumentation);
    if (server !== undefined) {
      this.#listener = new UpgradeListener(server, this.#router);
    }
  }

  /**
   * Registers a class, of which every connection gets an instance of its own (one for all when it is `stateless`), or
   * an instance for all connections; a `listener(…)`; or a `creator(…)`, which chooses for each connection. At any time,
   * also while the server is running.
   *
   * @param options laid over those of `@WebSocket`, which are laid over the container's.
   * @throws EndpointError that lists everything that is wrong with the class, ConfigurationError for its options,
   *   PathSpecError for a path that can't be or is taken, ContainerError once the container closes.
   * @example
   * container.addEndpoint(ChatMember);                    // @WebSocket({ path: '/chat/{room}' })
   * container.addEndpoint('/echo', new Echo());
   * container.addEndpoint('/upload', Upload, { maxBinaryMessageSize: 64 * 1024 * 1024 });
   * container.addEndpoint(/^\/v(?<version>\d+)\/echo$/, Echo);
   */
  addEndpoint(endpoint: Endpoint, options?: EndpointOptions): void;
  addEndpoint(path: string | RegExp, endpoint: Endpoint, options?: EndpointOptions): void;
  addEndpoint(first: string | RegExp | Endpoint, second?: Endpoint | EndpointOptions, third?: EndpointOptions): void {
    this.#checkOpen();
    if (typeof first === 'string' || first instanceof RegExp) {
      this.#add(first, second as Endpoint, third);
    } else {
      this.#add(undefined, first, second as EndpointOptions | undefined);
    }
  }

  /** Every open session, live: a session is in it from before its connect handler until its close handler has settled. */
  get openSessions(): OpenSessions {
    return this.#directory.all;
  }

  /**
   * The open sessions of what was registered: by its path as it was written, or by the class, instance, listener or creator
   * (at all its paths). Of a class that a creator chooses, also those.
   *
   * @throws ContainerError `MOORAGE_UNKNOWN_ENDPOINT` when it isn't registered.
   */
  openSessionsOf(endpoint: string | RegExp | Endpoint): OpenSessions {
    const found: OpenSessions[] = [];
    const asked = endpoint instanceof RegExp ? String(endpoint) : endpoint;
    for (const [spec, registration] of this.#registry.entries()) {
      const sessions = spec.text === asked ? registration.sessions : registration.sessionsOf(asked);
      if (sessions !== undefined) {
        found.push(sessions);
      }
    }
    if (found.length === 0) {
      throw new ContainerError(
        'MOORAGE_UNKNOWN_ENDPOINT',
        `${typeof endpoint === 'string' ? `No endpoint has the path ${JSON.stringify(endpoint)}` : 'The endpoint is not registered'}: ` +
          'ask with the path, class or instance that was given to addEndpoint.',
      );
    }
    return new JoinedSessions(found);
  }

  /**
   * Sends a message to all sessions that have joined a topic. It is framed once, and compressed once for all that agreed
   * on the same compression. How slow members fare is the topic's `slow` option.
   *
   * @throws InvalidArgumentError for what is no message or no name of a topic.
   * @example
   * container.publish('room:blue', `${name}: ${text}`, { except: session });
   */
  publish(topic: string, message: PublishedMessage, options?: PublishOptions): Publication {
    return this.#publisher.publish(topic, message, options);
  }

  /**
   * A topic by its name, to publish to it and see its members; with options, to settle how it treats slow members. It need
   * not be asked for before sessions join.
   *
   * @throws ConfigurationError for unknown or unusable options.
   * @example container.topic('prices', { slow: 'latest' });
   */
  topic(name: string, options?: TopicOptions): Topic {
    return this.#publisher.topic(name, options);
  }

  /**
   * Sends a message to all open sessions of this container, or of one endpoint. It is framed once.
   *
   * @param options.to path, class or instance as for `openSessionsOf`; default all sessions.
   * @param options.filter says of each whether it gets the message. What it throws ends the broadcast.
   * @throws InvalidArgumentError for what is no message, ContainerError for an endpoint that isn't registered.
   */
  broadcast(message: PublishedMessage, options: BroadcastOptions = {}): Publication {
    checkIsObject('container.broadcast(message, options)', options);
    const { to, filter, except } = options;
    const sessions = to === undefined ? this.openSessions : this.openSessionsOf(to);
    return this.#publisher.broadcast(sessions, message, except, filter);
  }

  /**
   * Listens on a server of the container's own. It answers plain requests with 426 or 404, and closes with the container.
   *
   * @param port 0 for any free one; the promise tells which.
   * @param host the address to listen on; all of them when it is left out.
   * @throws ListenError when the port can't be had; ContainerError when the container has a server already or closes.
   */
  async listen(port: number, host?: string): Promise<AddressInfo> {
    this.#checkOpen();
    if (this.#options.server !== undefined) {
      throw new ContainerError(
        'MOORAGE_SERVER_GIVEN',
        'The container was given a server: call listen on that one, or leave the server option out.',
      );
    }
    if (this.#ownServer !== undefined) {
      throw new ContainerError(
        'MOORAGE_ALREADY_LISTENING',
        'The container listens already: for another port, make another container or give both a server.',
      );
    }
    const server = createOwnServer(
      this.#options.handshakeTimeout,
      (url) => this.#registry.match(pathOf(url)) !== undefined,
    );
    this.#ownServer = server;
    try {
      const address = await listen(server, port, host);
      this.#checkOpen();
      this.#listener = new UpgradeListener(server, this.#router);
      server.on('error', (cause) => this.#reporter.error(cause, 'server', 'WebSocketContainer'));
      return address;
    } catch (cause) {
      this.#ownServer = undefined;
      server.close();
      throw cause;
    }
  }

  /** `'open'` until `close` is called, then `'closing'`, and `'closed'` when its promise has settled. */
  get state(): ContainerState {
    return this.#closing.state;
  }

  /**
   * Ends everything in good order: new upgrades get 503, every session a Close with 1001, a batch at a time so that not all
   * peers come back at once, and their close handlers are awaited. What is left at the deadline is cut off, and a broker
   * that has not closed by then is left behind. A server that was given stays open and keeps serving HTTP; one's own is
   * closed.
   *
   * Calling it again gives the same promise; with a shorter timeout it also brings the deadline forward and sends the Closes
   * that are still to come, so that a second signal can end what the first one waits for.
   *
   * @throws RangeError (as a rejection) for options that can't be; nothing has changed then.
   * @example
   * await container.close({ timeout: 25_000, spread: 15_000 });
   */
  close(options: CloseOptions = {}): Promise<CloseReport> {
    try {
      checkIsObject('container.close(options)', options);
      checkCloseOptions(options);
    } catch (cause) {
      return Promise.reject(cause);
    }
    return this.#closing.begin(options.timeout, (deadline) => this.#close(deadline, options));
  }

  /** `await using container = new WebSocketContainer()`: the same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #add(path: string | RegExp | undefined, endpoint: Endpoint, options: EndpointOptions = {}): void {
    checkIsObject('container.addEndpoint(path, endpoint, options)', options);
    const found = registrable(endpoint);
    const where = path ?? options.path ?? found.options.path;
    if (where === undefined) {
      throw new EndpointError(found.name, [
        `It has no path. Say @WebSocket({ path: '/…' }) on the class, or addEndpoint('/…', ${found.name}).`,
      ]);
    }
    const registration = found.register(options, {
      connection: this.#options.connection,
      factory: this.#options.instanceFactory ?? construct,
      directory: this.#directory,
      reporter: this.#reporter,
      topics: this.#topics,
      observed: this.#options.instruments.length > 0,
    });
    this.#registry.add(where, registration);
  }

  async #close(deadline: Deadline, options: CloseOptions): Promise<CloseReport> {
    this.#admission.close();
    for (const attempt of [...this.#waiting]) {
      attempt.abandon(containerClosing());
    }
    const report = await closeSessions(this.#directory, deadline, SERVER_CLOSING, pacingOf(options));
    await this.#publisher.close(deadline.passed);
    this.#listener?.detach();
    if (this.#ownServer !== undefined) {
      await closeOwnServer(this.#ownServer);
    }
    return report;
  }

  #checkOpen(): void {
    if (this.#closing.began) {
      throw containerClosed();
    }
  }
}
