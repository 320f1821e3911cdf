import { AssertionError } from 'node:assert';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { createEnvironment } from '../engine/environment.js';
import { pathOf } from '../protocol/handshake/request-head.js';
import { type Endpoint, WebSocketContainer } from '../server/container.js';
import type { ContainerEvent } from '../server/container-events.js';
import type { ContainerOptions } from '../server/container-options.js';
import { registrable } from '../server/registrable.js';
import { ContainerError } from '../server/server-errors.js';
import type { OpenSessions } from '../server/session-directory.js';
import type { UpgradableServer } from '../server/upgradable-server.js';
import { BenchHooks } from './hooks.js';
import { Journal } from './journal.js';
import { newKey, type PeerHeaders, requestText } from './opening.js';
import { TestPeer } from './peer.js';
import { describeCall, PeerConnection } from './peer-connection.js';
import type { Cut } from './peer-line.js';
import { PeerSocket } from './peer-socket.js';
import { Quiet } from './quiet.js';
import { VirtualClock } from './virtual-clock.js';
import { WatchedHandler } from './watched-handler.js';

/** What a bench can be told: everything that a container can be, and how long it waits for real things. */
export interface BenchOptions extends ContainerOptions {
  /**
   * Real milliseconds that an expectation waits while a handler or hook is running, which may wait for a file, a
   * database or another server. Default 1,000.
   */
  readonly patience?: number;
}

/** What a peer connects with. */
export interface PeerOptions {
  /** Header fields of the request; a list repeats the field, `undefined` leaves out one that is sent by itself. */
  readonly headers?: PeerHeaders;
  /** The subprotocols to offer, the best first. */
  readonly subprotocols?: readonly string[];
  /** Offers permessage-deflate. Default false. */
  readonly compression?: boolean;
  /** Who connects: becomes `session.principal`, and the container's `authorize` hook is not asked. */
  readonly principal?: unknown;
  /** The instance that serves the connection, in place of what the factory would make. Not for stateless endpoints. */
  readonly instance?: object;
  /** Cuts what the peer sends from the first byte of the request on, as `peer.cut` does. */
  readonly cut?: Cut;
  /** Whether pings are answered, as browsers do. Default true. */
  readonly autoPong?: boolean;
  /** Whether a Close and the end of TCP are answered. Default true. */
  readonly autoClose?: boolean;
  /** As if over TLS. Default false. */
  readonly secure?: boolean;
  /** Default `127.0.0.1`. */
  readonly remoteAddress?: string;
}

const DEFAULT_PATIENCE = 1_000;
/** Virtual milliseconds that a closing bench gives its peers to answer. */
const CLOSE_TIMEOUT = 10_000;

/**
 * A container without a network: endpoints are connected to in memory, with the real handshake and real frames, and
 * time moves only when the test moves it.
 *
 * @example
 * const bench = new TestBench();
 * const peer = await bench.connect(ChatMember, '/chat/harbour');
 * peer.sendText('hello');
 * await peer.expectText('Ada: hello');
 * await bench.advance(300_000);
 * await peer.expectClose(1001, 'Idle timeout');
 * await bench.close();
 */
export class TestBench implements AsyncDisposable {
  /** The container, for `addEndpoint` with a path or options of its own, and whatever else it does. */
  readonly container: WebSocketContainer;
  /** Everything the container has told: refusals, sessions, unhandled errors. */
  readonly events: ContainerEvent[] = [];
  readonly #clock = new VirtualClock();
  readonly #origin = this.#clock.now();
  readonly #server: UpgradableServer;
  readonly #quiet: Quiet;
  readonly #hooks: BenchHooks;
  readonly #connections = new Map<Duplex, PeerConnection>();
  /** The paths that endpoints without one of their own were connected to. */
  readonly #registered = new Map<Endpoint, Set<string>>();
  #closed: Promise<void> | undefined;

  /** @throws ConfigurationError that lists every unknown or unusable option of the container. */
  constructor(options: BenchOptions = {}) {
    const { patience = DEFAULT_PATIENCE, ...containerOptions } = options;
    this.#quiet = new Quiet(patience);
    this.#hooks = new BenchHooks(containerOptions, this.#quiet, () => this.now);
    this.#server = containerOptions.server ?? createServer((_, response) => response.writeHead(426).end());
    const engine = {
      environment: createEnvironment('server', this.#clock),
      handlerOf: this.#handlerOf,
    };
    const { authorize, instanceFactory } = this.#hooks;
    const onEvent = (event: ContainerEvent): void | Promise<void> => {
      this.events.push(event);
      return containerOptions.onEvent?.(event);
    };
    this.container = new WebSocketContainer(
      { ...containerOptions, server: this.#server, authorize, instanceFactory, onEvent },
      engine,
    );
  }

  /** Milliseconds that have passed on the bench. */
  get now(): number {
    return this.#clock.now() - this.#origin;
  }

  /** Every open session of the container. */
  get sessions(): OpenSessions {
    return this.container.openSessions;
  }

  /**
   * Connects a peer: with an endpoint, which is registered if it isn't yet, or to a path that is registered.
   *
   * @param path with its query, if any; may be left out where the endpoint's own path has no variables.
   * @throws UpgradeError (as a rejection) when the upgrade is refused, with `statusCode`, `headers` and `body`;
   *   AssertionError when it isn't answered; what `addEndpoint` throws.
   */
  connect(path: string, options?: PeerOptions): Promise<TestPeer>;
  connect(endpoint: Endpoint, options?: PeerOptions): Promise<TestPeer>;
  connect(endpoint: Endpoint, path: string, options?: PeerOptions): Promise<TestPeer>;
  async connect(first: string | Endpoint, second?: string | PeerOptions, third?: PeerOptions): Promise<TestPeer> {
    const endpoint = typeof first === 'string' ? undefined : first;
    const named = typeof first === 'string' ? first : typeof second === 'string' ? second : undefined;
    const options = typeof second === 'string' ? third : second;
    const path = endpoint === undefined ? (named as string) : this.#register(endpoint, named);
    return this.#connect(path, options ?? {});
  }

  /** Lets time pass, tick by tick, and everything happen that it brings about: keep-alive, idle and close timeouts. */
  async advance(milliseconds: number): Promise<void> {
    if (!(milliseconds >= 0 && milliseconds < Infinity)) {
      throw new RangeError(`bench.advance was given ${milliseconds}. It takes milliseconds from 0.`);
    }
    await this.#quiet.settle();
    const end = this.#clock.now() + milliseconds;
    for (let next = this.#clock.nextDue; next <= end; next = this.#clock.nextDue) {
      this.#clock.advance(Math.max(next - this.#clock.now(), 0));
      if (await this.#quiet.turn()) {
        await this.#quiet.settle();
      }
    }
    this.#clock.advance(end - this.#clock.now());
    await this.#quiet.settle();
  }

  /** Settles when everything that can happen without more input, and without time, has happened. */
  settle(): Promise<void> {
    return this.#quiet.settle();
  }

  /**
   * Ends the test: closes the sessions that are open, as a container does that closes, and waits for their handlers.
   * Calling it again gives the same promise. `await using bench = new TestBench()` does it by itself.
   *
   * @throws AssertionError that names the handlers that never settled.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #handlerOf = (
    handler: ConstructorParameters<typeof WatchedHandler>[0],
    socket: Duplex,
    endpoint: string,
  ) => {
    const connection = this.#connections.get(socket);
    if (connection === undefined) {
      return handler; // Of a server that also listens, and somebody came by the network.
    }
    connection.serves(handler, endpoint);
    return new WatchedHandler(handler, connection);
  };

  async #connect(path: string, options: PeerOptions): Promise<TestPeer> {
    const { autoPong = true, autoClose = true, secure = false, remoteAddress = '127.0.0.1', cut = Infinity } = options;
    const key = newKey();
    const socket = new PeerSocket({ remoteAddress, secure });
    const journal = new Journal(() => this.now);
    const connection = new PeerConnection(socket, journal, this.#quiet, { autoPong, autoClose }, cut);
    this.#connections.set(socket, connection);
    const { instance } = options;
    this.#hooks.bring(key, { instance, ...('principal' in options && { principal: options.principal }) });
    this.#server.emit('connection', socket);
    connection.send(Buffer.from(request(path, key, options), 'latin1'), `GET ${path}`);
    const answered = await this.#quiet.until(() => connection.isAnswered, this.#quiet.patience);
    const story = answered ? '' : connection.story();
    this.#hooks.forget(key);
    if (!answered) {
      throw new AssertionError({ message: `The upgrade to ${path} was not answered.\n${story}` });
    }
    connection.checkAnswer(key, `The upgrade to ${path}`, this.#refusalOf(key));
    await this.#quiet.settle();
    return new TestPeer(connection);
  }

  /** What the container reported of a refusal, which it tells no peer. */
  #refusalOf(key: string): string | undefined {
    for (const event of this.events) {
      if (event.type === 'upgrade-refused' && event.request.header('sec-websocket-key') === key) {
        return event.reason;
      }
    }
    return undefined;
  }

  /** Has an endpoint registered, and gives the path to connect to. */
  #register(endpoint: Endpoint, path: string | undefined): string {
    const {
      name,
      options: { path: own },
    } = registrable(endpoint);
    const to = path ?? own;
    if (to === undefined || (path === undefined && /[{*^]/.test(to))) {
      throw new TypeError(
        own === undefined
          ? `${name} has no path of its own: name one, as in bench.connect(${name}, '/path').`
          : `${name} is served at ${own}: name the path to connect to, as in bench.connect(${name}, '/path').`,
      );
    }
    const added = this.#registered.get(endpoint);
    if (added === undefined && this.#isRegistered(endpoint)) {
      return to;
    }
    const where = own ?? pathOf(to);
    if (added?.has(where) !== true) {
      this.container.addEndpoint(where, endpoint);
      this.#registered.set(endpoint, (added ?? new Set()).add(where));
    }
    return to;
  }

  #isRegistered(endpoint: Endpoint): boolean {
    try {
      this.container.openSessionsOf(endpoint);
      return true;
    } catch (cause) {
      if (cause instanceof ContainerError && cause.code === 'MOORAGE_UNKNOWN_ENDPOINT') return false;
      throw cause;
    }
  }

  async #close(): Promise<void> {
    let done = false;
    for (const { line } of this.#connections.values()) line.resume();
    const closing = this.container.close({ timeout: CLOSE_TIMEOUT }).finally(() => {
      done = true;
    });
    if (!(await this.#quiet.until(() => done))) {
      await this.advance(CLOSE_TIMEOUT);
    }
    await closing;
    for (const { line } of this.#connections.values()) line.reset();
    await this.#quiet.until(() => this.#quiet.running.size === 0);
    const { running } = this.#quiet;
    if (running.size > 0) {
      const calls = [...running].map((call) => `  ${describeCall(call)}.`);
      throw new AssertionError({
        message: `${running.size === 1 ? 'A call' : `${running.size} calls`} never settled:\n${calls.join('\n')}`,
      });
    }
  }
}

function request(path: string, key: string, { headers = {}, subprotocols = [], compression }: PeerOptions): string {
  const fields: PeerHeaders = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': subprotocols.length > 0 ? subprotocols.join(', ') : undefined,
    'Sec-WebSocket-Extensions': compression === true ? 'permessage-deflate; client_max_window_bits' : undefined,
  };
  return requestText(path, fields, headers);
}
