import type { EndpointOptions } from '../endpoint/config.js';
import { described } from '../endpoint/described.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import type { ListenerEndpoint } from '../endpoint/listener.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { ResponseHeaders } from '../protocol/handshake/upgrade-response.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import type { UpgradeRefusal } from './authorization.js';

/** What a creator answers with: a class, an instance, a listener, or what `refuse` gives; null and undefined refuse with 503. */
export type Created = EndpointClass | ListenerEndpoint | UpgradeRefusal | object | null | undefined;

/**
 * Chooses, before the upgrade, the endpoint of one connection, and what is answered.
 *
 * It may be asynchronous, within the container's `handshakeTimeout`; it runs after the handshake was found right and the
 * `authorize` hook has let the client in. What it throws is reported, and answered with a 500 that says nothing of it.
 */
export type Creator = (request: UpgradeRequest, response: CreatorResponse) => Created | PromiseLike<Created>;

/** What `creator(…)` makes: to be given to `addEndpoint`. */
export class CreatorEndpoint {
  readonly create: Creator;
  readonly options: EndpointOptions;

  constructor(create: Creator, options: EndpointOptions) {
    this.create = create;
    this.options = options;
  }
}

/**
 * Registers a function where an endpoint would be.
 *
 * @param options of all its connections, laid over those of the classes that it chooses. Which origins are let in is
 *   decided by these and the container's, and by the chosen class's own where it has some: all must agree.
 * @example
 * container.addEndpoint('/chat/{room}', creator(async (request, response) => {
 *   const user = await users.bySession(request.cookies.sid);
 *   if (user === undefined) return refuse(401);
 *   response.setHeader('X-Served-By', hostname());
 *   response.subprotocol = request.subprotocols.find((name) => name.startsWith('chat.'));
 *   return user.isModerator ? new Moderator(user) : Member;
 * }));
 */
export function creator(create: Creator, options: EndpointOptions = {}): CreatorEndpoint {
  if (typeof create !== 'function') {
    throw new InvalidArgumentError(
      `creator() takes a function of (request, response) that returns an endpoint, and was given ${described(create)}.`,
    );
  }
  return new CreatorEndpoint(create, options);
}

/** What is known of a connection when its creator is asked. */
export interface CreatorContext {
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly principal: unknown;
  readonly signal: AbortSignal;
  readonly enabledExtensions: readonly string[];
}

/** The 101 that is about to be sent, for a creator to fill in. Without effect once its function has settled. */
export class CreatorResponse {
  /**
   * The subprotocol to agree on, one of the request's; `null` for none. Left undefined, it is the first of the request's
   * that the chosen endpoint has in its `subprotocols`. One that was not offered is a mistake, answered with 500.
   */
  subprotocol: string | null | undefined = undefined;
  /**
   * The names of the extensions that may be agreed on, of those that the chosen endpoint has; left undefined, all of
   * them. A name that it hasn't is a mistake, answered with 500.
   */
  extensions: readonly string[] | undefined = undefined;
  /** What `session.principal` will be; at first what the `authorize` hook answered with. */
  principal: unknown;
  readonly #context: CreatorContext;
  readonly #headers: Record<string, string | readonly string[]> = Object.create(null);

  /** Made by the container. */
  constructor(context: CreatorContext) {
    this.#context = context;
    this.principal = context.principal;
  }

  /** The decoded variables of the path. */
  get pathParameters(): Readonly<Record<string, string>> {
    return this.#context.pathParameters;
  }

  /** The names of the extensions that the creator's options and the container's enable. A chosen class may have others. */
  get enabledExtensions(): readonly string[] {
    return this.#context.enabledExtensions;
  }

  /** Fires when the answer is no longer wanted: the peer left, the handshake's time is up, the container closes. */
  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** The header fields that were set. */
  get headers(): ResponseHeaders {
    return this.#headers;
  }

  /**
   * Sets a header field of the response; a list is sent as one field for each value. It takes the place of a field of that
   * name, in any case, that `accept` of the `authorize` hook gave; only `Set-Cookie` is sent beside the hook's. One that
   * can't be sent is a mistake, answered with 500.
   */
  setHeader(name: string, value: string | readonly string[]): this {
    const known = Object.keys(this.#headers).find((each) => each.toLowerCase() === String(name).toLowerCase());
    this.#headers[known ?? name] = value;
    return this;
  }
}
