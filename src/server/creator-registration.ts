import { type CompiledEndpoint, compileEndpoint, withCodecs } from '../endpoint/compile.js';
import { type EndpointOptions, resolveSettings } from '../endpoint/config.js';
import type { DispatchTable } from '../endpoint/dispatch-table.js';
import { EndpointError } from '../endpoint/errors.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import { ListenerEndpoint } from '../endpoint/listener.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { isRefusal, refuse } from '../protocol/handshake/refusal.js';
import { checkUpgrade, type HandshakeRules } from '../protocol/handshake/server-handshake.js';
import { UpgradeRefusal } from './authorization.js';
import { type Created, type Creator, CreatorResponse } from './creator.js';
import { refusalFor, refusalOf } from './hook-failure.js';
import { instantiate } from './instantiate.js';
import { observedEndpoint } from './observed-table.js';
import { refused } from './refused-upgrade.js';
import type { Choice, PendingUpgrade, Registration, ServingContainer } from './registration.js';
import { rulesOf, ServedEndpoint } from './served-endpoint.js';
import { type EndpointSessions, JoinedSessions, type OpenSessions } from './session-directory.js';

/** A function that chooses the endpoint of each connection at a path. */
export class CreatorRegistration implements Registration {
  readonly name: string;
  readonly rules: HandshakeRules;
  readonly maxConnections: number;
  readonly sessions: OpenSessions;
  readonly #given: object;
  readonly #create: Creator;
  readonly #enabledExtensions: readonly string[];
  readonly #options: EndpointOptions;
  readonly #container: ServingContainer;
  /** What was chosen so far by its class; and of what the creator made itself, instances by their class, listeners by the table that all with the same methods have. */
  readonly #classes = new Map<EndpointClass, ServedEndpoint>();
  readonly #made = new Map<EndpointClass | DispatchTable, ServedEndpoint>();
  readonly #allSessions: EndpointSessions[] = [];

  /** @param given what the application registered, by which it asks for the sessions. @throws ConfigurationError */
  constructor(
    given: object,
    { create, name }: { readonly create: Creator; readonly name: string },
    options: EndpointOptions,
    container: ServingContainer,
  ) {
    const settings = resolveSettings(container.connection, options);
    this.name = name;
    this.rules = rulesOf(settings);
    this.maxConnections = settings.maxConnections;
    this.sessions = new JoinedSessions(this.#allSessions);
    this.#given = given;
    this.#create = create;
    this.#enabledExtensions = settings.extensions.map((extension) => extension.name);
    this.#options = options;
    this.#container = container;
  }

  async choose(upgrade: PendingUpgrade): Promise<Choice> {
    const { attempt, valid, pathParameters, principal } = upgrade;
    const context = {
      pathParameters,
      principal,
      enabledExtensions: this.#enabledExtensions,
      get signal() {
        return attempt.signal;
      },
    };
    const response = new CreatorResponse(context);
    let chosen: Chosen;
    try {
      const answer = this.#create(valid.request, response);
      chosen = this.#chosen((isThenable(answer) ? await attempt.wait(answer) : answer) as Created);
    } catch (cause) {
      throw refusalFor(cause, 'create');
    }
    const { endpoint } = chosen;
    if (endpoint.compiled.options.origins !== undefined) {
      // The class is stricter, or means to be: its own rule counts too.
      const again = checkUpgrade(attempt.head, endpoint.rules);
      if (isRefusal(again)) {
        throw refused(again);
      }
    }
    return { endpoint, instance: chosen.instance ?? (await instantiate(endpoint, upgrade)), response };
  }

  sessionsOf(asked: unknown): OpenSessions | undefined {
    if (asked === this.#given) {
      return this.sessions;
    }
    // A class may be chosen for the first time at any later time, so its sessions are looked up when they are asked for.
    return typeof asked === 'function' ? new SessionsOfClass([this.#classes, this.#made], asked) : undefined;
  }

  #chosen(answer: Created): Chosen {
    if (answer === null || answer === undefined) {
      throw refused(refuse(503, `The creator returned ${answer}`));
    }
    if (answer instanceof UpgradeRefusal) {
      throw refused(refusalOf(answer, 'create'));
    }
    const compiled = compileEndpoint(answer);
    if (typeof answer === 'function') {
      return { endpoint: this.#serve(this.#classes, answer as EndpointClass, compiled), instance: undefined };
    }
    if (answer instanceof ListenerEndpoint) {
      checkNoOptions(answer);
      return { endpoint: this.#serve(this.#made, compiled.table, compiled), instance: answer.listener };
    }
    const type = Object.getPrototypeOf(answer).constructor as EndpointClass;
    return { endpoint: this.#serve(this.#made, type, compileEndpoint(type)), instance: answer };
  }

  /** With the creator's codecs. Of what it may choose not everything need decode. */
  #coded(compiled: CompiledEndpoint): CompiledEndpoint {
    const { decoders, ...others } = this.#options;
    return withCodecs(compiled, compiled.decodes ? this.#options : others);
  }

  #serve<Key>(served: Map<Key, ServedEndpoint>, key: Key, compiled: CompiledEndpoint): ServedEndpoint {
    let endpoint = served.get(key);
    if (endpoint === undefined) {
      const { connection, directory, factory, reporter, topics, observed } = this.#container;
      const settings = resolveSettings(connection, { ...compiled.options, ...this.#options });
      // Who makes the instances shares them as well as they are to be shared.
      const own = served === (this.#made as unknown) ? { ...settings, stateless: false } : settings;
      const coded = this.#coded(compiled);
      const seen = observed ? observedEndpoint(coded, own.onDecodeError === 'ignore') : coded;
      endpoint = new ServedEndpoint(seen, own, directory.enlist(), factory, reporter, topics);
      served.set(key, endpoint);
      this.#allSessions.push(endpoint.sessions);
    }
    return endpoint;
  }
}

/** What a creator's answer comes to. */
interface Chosen {
  readonly endpoint: ServedEndpoint;
  /** Undefined where the endpoint has it made. */
  readonly instance: object | undefined;
}

function checkNoOptions({ options }: ListenerEndpoint): void {
  if (Object.keys(options).length > 0) {
    throw new EndpointError('The listener', [
      'It has options of its own, and a function gave it for one connection. Give the options to creator(…), listener(…) or addEndpoint(…), for all of them.',
    ]);
  }
}

/** The sessions of a class that a creator chooses, or may choose some day. */
class SessionsOfClass implements OpenSessions {
  readonly #served: readonly ReadonlyMap<unknown, ServedEndpoint>[];
  readonly #type: unknown;

  constructor(served: readonly ReadonlyMap<unknown, ServedEndpoint>[], type: unknown) {
    this.#served = served;
    this.#type = type;
  }

  get size(): number {
    return this.#present.size;
  }

  has(session: Session): boolean {
    return this.#present.has(session);
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#present[Symbol.iterator]();
  }

  get #present(): OpenSessions {
    return new JoinedSessions(this.#served.flatMap((served) => served.get(this.#type)?.sessions ?? []));
  }
}
