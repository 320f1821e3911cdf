import type { CompiledEndpoint } from '../endpoint/compile.js';
import type { EndpointSettings, OriginPolicy } from '../endpoint/config.js';
import type { DispatchTable } from '../endpoint/dispatch-table.js';
import type { FailedDuring, SharedByConnections } from '../endpoint/endpoint-handler.js';
import type { InstanceFactory, InstantiableClass } from '../endpoint/instance-factory.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import type { Topics } from '../endpoint/topics.js';
import { MoorageError } from '../protocol/errors.js';
import { compileOrigins, type OriginOption } from '../protocol/handshake/origin.js';
import {
  DEFAULT_MAX_HEADER_FIELDS,
  DEFAULT_MAX_URL_LENGTH,
  type HandshakeRules,
} from '../protocol/handshake/server-handshake.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { Limited } from './admission.js';
import type { EventReporter } from './event-reporter.js';
import type { EndpointSessions } from './session-directory.js';
import { type SessionTracker, trackedTable } from './tracked-table.js';

/** An endpoint at a path of a container, with everything that its connections share. */
export class ServedEndpoint implements SharedByConnections, SessionTracker, Limited {
  readonly compiled: CompiledEndpoint;
  readonly settings: EndpointSettings;
  readonly table: DispatchTable;
  readonly rules: HandshakeRules;
  readonly sessions: EndpointSessions;
  readonly topics: Topics | undefined;
  readonly #factory: InstanceFactory;
  readonly #reporter: EventReporter;
  /** One instance serves all connections. */
  readonly #isShared: boolean;
  /** That one; undefined where there are many, and when it could not be made: whoever needs it next has it made again. */
  #shared: object | Promise<object> | undefined;

  /** @throws whatever the factory throws when it makes the one instance of a stateless endpoint. */
  constructor(
    compiled: CompiledEndpoint,
    settings: EndpointSettings,
    sessions: EndpointSessions,
    factory: InstanceFactory,
    reporter: EventReporter,
    topics?: Topics,
  ) {
    this.compiled = compiled;
    this.settings = settings;
    this.table = trackedTable(compiled.tableFor?.({ settings, sessions }) ?? compiled.table, this);
    this.rules = rulesOf(settings);
    this.sessions = sessions;
    this.topics = topics;
    this.#factory = factory;
    this.#reporter = reporter;
    this.#isShared = settings.stateless || typeof compiled.target !== 'function';
    this.#shared = this.#isShared ? this.#makeShared() : undefined;
  }

  get name(): string {
    return this.compiled.name;
  }

  get maxConnections(): number {
    return this.settings.maxConnections;
  }

  /** The instance for a connection: its own, or the one of all. */
  instance(request: UpgradeRequest): object | Promise<object> {
    if (!this.#isShared) {
      return this.#make(this.compiled.target as InstantiableClass, request);
    }
    this.#shared ??= this.#makeShared();
    return this.#shared;
  }

  /** A session is about to be given to its connect handler. */
  opened(session: Session): void {
    this.sessions.add(session);
    this.#reporter.sessionOpened(session, this.name);
  }

  /** The close handler of a session has settled. */
  closed(session: Session, code: number, reason: string): void {
    this.sessions.remove(session);
    this.#reporter.sessionClosed(session, this.name, code, reason);
  }

  report(cause: unknown, session: Session, during: FailedDuring): void {
    this.#reporter.error(cause, during, this.name, session);
  }

  #makeShared(): object | Promise<object> {
    const { target } = this.compiled;
    if (typeof target !== 'function') {
      return target;
    }
    const made = this.#make(target as InstantiableClass, undefined);
    if (made instanceof Promise) {
      // The upgrades that wait for it are answered with 500 and say why; until there are any nobody looks at it.
      made.catch(() => {
        this.#shared = undefined;
      });
    }
    return made;
  }

  #make(type: InstantiableClass, request: UpgradeRequest | undefined): object | Promise<object> {
    const made: unknown = this.#factory(type, request);
    return isThenable(made) ? Promise.resolve(made).then((value) => this.#checked(value)) : this.#checked(made);
  }

  #checked(made: unknown): object {
    if (typeof made !== 'object' || made === null) {
      throw new MoorageError(
        'MOORAGE_NO_INSTANCE',
        `The instanceFactory returned ${made === null ? 'null' : typeof made} for ${this.name}: it must return an instance of the class, or a promise of one.`,
      );
    }
    return made;
  }
}

/** The rules for the requests of connections with these settings. */
export function rulesOf({ origins }: EndpointSettings): HandshakeRules {
  return Object.freeze({
    maxHeaderFields: DEFAULT_MAX_HEADER_FIELDS,
    maxUrlLength: DEFAULT_MAX_URL_LENGTH,
    origins: compileOrigins(originOption(origins)),
  });
}

/** The `origins` option in the words of the handshake. */
function originOption(policy: OriginPolicy): OriginOption | undefined {
  return policy === 'same-origin' ? undefined : policy === 'any' ? '*' : policy;
}
