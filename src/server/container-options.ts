import { Server as NetServer } from 'node:net';
import { type ConnectionOptions, resolveSettings } from '../endpoint/config.js';
import { ConfigurationError } from '../endpoint/errors.js';
import type { InstanceFactory } from '../endpoint/instance-factory.js';
import { CONNECTION_RULES, isMilliseconds, isSizeLimit, optionProblems } from '../endpoint/option-rules.js';
import type { AuthorizeHook } from './authorization.js';
import { type Broker, InMemoryBroker } from './broker.js';
import type { ContainerEventListener } from './container-events.js';
import type { Instrument } from './instrument.js';
import { SLOW_RULE } from './publisher.js';
import type { SlowPolicy } from './topic-member.js';
import type { UpgradableServer } from './upgradable-server.js';

/** What a container can be told: its own matters, and the defaults of its endpoints' connections. */
export interface ContainerOptions extends ConnectionOptions {
  /** The `node:http` or `node:https` server to serve on. Without one, call `listen`. */
  server?: UpgradableServer;
  /** Decides before the upgrade who may connect, and as whom. Default: anybody. */
  authorize?: AuthorizeHook;
  /** Makes the instances of endpoint classes, such as a dependency injection container's `resolve`. Default: `new type()`. */
  instanceFactory?: InstanceFactory;
  /** Hears of refusals, sessions and unhandled errors. Without one, the application's unhandled errors are printed as process warnings. */
  onEvent?: ContainerEventListener;
  /** What topics do about slow members, where `container.topic` says nothing else. Default `'wait'`. */
  slowMembers?: SlowPolicy;
  /** What counts, traces or writes down what happens here, such as `moorage/operations` has. Default: nothing, at no cost. */
  instruments?: readonly Instrument[];
  /** Carries what is published to topics to other nodes. Default: none but this one. */
  broker?: Broker;
  /** Open connections of all endpoints together, at least 1; one more is answered with 503. Default `Infinity`. */
  maxConnections?: number;
  /**
   * Milliseconds from the upgrade request until the application's hooks must have settled, or it is answered with 408;
   * on the container's own server also from the connection to the request. 0 or `Infinity` for no limit. Default 10,000.
   */
  handshakeTimeout?: number;
}

/** A container's options, complete and checked. */
export interface CheckedOptions {
  readonly server: UpgradableServer | undefined;
  readonly authorize: AuthorizeHook | undefined;
  readonly instanceFactory: InstanceFactory | undefined;
  readonly onEvent: ContainerEventListener | undefined;
  readonly slowMembers: SlowPolicy;
  readonly broker: Broker;
  readonly instruments: readonly Instrument[];
  readonly maxConnections: number;
  readonly handshakeTimeout: number;
  /** The defaults of the endpoints' connections. */
  readonly connection: ConnectionOptions;
}

const DEFAULT_HANDSHAKE_TIMEOUT = 10_000;

const HOOK = { accepts: (value: unknown) => typeof value === 'function', accepted: 'a function' };

const SERVER = 'what createServer of node:http or node:https returns (for an Express app: createServer(app))';

const CONTAINER_RULES = {
  ...CONNECTION_RULES,
  server: {
    accepts: (value: unknown) => value instanceof NetServer,
    accepted: SERVER,
  },
  authorize: HOOK,
  instanceFactory: HOOK,
  onEvent: HOOK,
  slowMembers: SLOW_RULE,
  broker: { accepts: isBroker, accepted: 'an object with the methods publish(topic, message) and subscribe(listener)' },
  instruments: {
    accepts: (value: unknown) => Array.isArray(value) && value.every(isInstrument),
    accepted:
      'a list of instruments, such as [new Metrics()] of moorage/operations, or of your own: { upgrade, failed }',
  },
  maxConnections: { accepts: isSizeLimit, accepted: 'a whole number from 1, or Infinity' },
  handshakeTimeout: { accepts: isMilliseconds, accepted: 'whole milliseconds; 0 or Infinity for no limit' },
};

/**
 * Checks a container's options and fills in the defaults.
 *
 * @throws ConfigurationError that lists everything that is wrong with them.
 */
export function checkContainerOptions(options: ContainerOptions): CheckedOptions {
  const problems = [...optionProblems(options, CONTAINER_RULES), ...serverProblems(options)];
  if (problems.length > 0) {
    throw new ConfigurationError('The options of the WebSocketContainer', problems);
  }
  const {
    server,
    authorize,
    instanceFactory,
    onEvent,
    slowMembers = 'wait',
    broker = new InMemoryBroker(),
    instruments = [],
    maxConnections = Infinity,
    handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT,
    ...connection
  } = options;
  // What only shows when options are seen together.
  resolveSettings(connection, {});
  return Object.freeze({
    server,
    authorize,
    instanceFactory,
    onEvent,
    slowMembers,
    broker,
    instruments: Object.freeze([...instruments]),
    maxConnections,
    handshakeTimeout,
    connection: Object.freeze(connection),
  });
}

/** Of all options this one can't be undefined as if it weren't there: it would be a container that serves nobody, and says nothing. */
function serverProblems(options: ContainerOptions | null): readonly string[] {
  return typeof options === 'object' && options !== null && 'server' in options && options.server === undefined
    ? [
        `server is undefined. Accepted: ${SERVER}. Leave the option out for a server of the container's own: container.listen(port).`,
      ]
    : [];
}

function isInstrument(value: unknown): boolean {
  const { upgrade, failed } = (value ?? {}) as Partial<Record<keyof Instrument, unknown>>;
  return typeof upgrade === 'function' || typeof failed === 'function';
}

function isBroker(value: unknown): boolean {
  const { publish, subscribe } = (value ?? {}) as Partial<Record<keyof Broker, unknown>>;
  return typeof publish === 'function' && typeof subscribe === 'function';
}
