import type { ClientHandshakeHook, HandshakeHook, SentHeaders } from '../endpoint/compiled-endpoint.js';
import { described } from '../endpoint/described.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import { MoorageError } from '../protocol/errors.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { refuse, UpgradeRefusal } from '../server/authorization.js';
import {
  type ClientEndpointConfigurator,
  HandshakeRequest,
  HandshakeResponse,
  type ServerEndpointConfigurator,
} from './configurator.js';
import { EndpointConfig, type EndpointFacts } from './endpoint-config.js';
import { convert, type PathVariable } from './path-param.js';

/** The properties that a session begins with: those of its handshake, or of all. */
export class InitialProperties {
  readonly shared = new Map<string, unknown>();
  readonly #own = new WeakMap<UpgradeRequest, Map<string, unknown>>();

  /** A copy for one connection. */
  ownOf(request: UpgradeRequest): Map<string, unknown> {
    const own = new Map(this.shared);
    this.#own.set(request, own);
    return own;
  }

  of(request: UpgradeRequest): ReadonlyMap<string, unknown> {
    return this.#own.get(request) ?? this.shared;
  }
}

/** What a server endpoint has to say to an upgrade; undefined for nothing. */
export function serverHandshake(
  facts: EndpointFacts,
  configurator: ServerEndpointConfigurator | undefined,
  converted: readonly PathVariable[],
  properties: InitialProperties,
): HandshakeHook | undefined {
  if (configurator === undefined && converted.length === 0) {
    return undefined;
  }
  return (request, response) => {
    const { pathParameters } = response;
    const odd = converted.find(({ name, type }) => convert(pathParameters[name], type) === undefined);
    if (odd !== undefined) {
      // There is no such resource: /rooms/{number} does not have /rooms/seven.
      return refuse(404, { reason: `the path's variable ${odd.name} is no ${odd.type.name}` });
    }
    return configurator === undefined ? undefined : configured(configurator, request, response);
  };

  async function configured(
    configurator: ServerEndpointConfigurator,
    request: UpgradeRequest,
    response: Parameters<HandshakeHook>[1],
  ): Promise<object | undefined> {
    if ((await configurator.checkOrigin?.(request.origin)) === false) {
      return refuse(403, { reason: 'checkOrigin of the configurator gave false' });
    }
    const chosen = await configurator.getNegotiatedSubprotocol?.(facts.subprotocols, request.subprotocols);
    response.subprotocol = chosen === undefined ? undefined : chosen === '' ? null : chosen;
    response.extensions = await configurator.getNegotiatedExtensions?.(response.enabledExtensions, request.extensions);
    if (configurator.modifyHandshake !== undefined) {
      const own = properties.ownOf(request);
      const answer = new HandshakeResponse();
      const config = new EndpointConfig(facts, () => own);
      const refusal = await configurator.modifyHandshake(
        config,
        new HandshakeRequest(request, response.principal),
        answer,
      );
      if (refusal instanceof UpgradeRefusal) {
        return refusal;
      }
      for (const [name, values] of answer.getHeaders()) {
        response.setHeader(name, values);
      }
    }
    return configurator.getEndpointInstance === undefined
      ? undefined
      : checkInstance(facts.type, await configurator.getEndpointInstance(facts.type));
  }
}

/** What a client endpoint has to say to a handshake; undefined for nothing. */
export function clientHandshake(configurator: ClientEndpointConfigurator | undefined): ClientHandshakeHook | undefined {
  if (configurator?.beforeRequest === undefined && configurator?.afterResponse === undefined) {
    return undefined;
  }
  return {
    async beforeRequest(headers) {
      const fields = new Map(valuesByName(headers));
      await configurator.beforeRequest?.(fields);
      return Object.fromEntries(fields);
    },
    afterResponse: (headers) => configurator.afterResponse?.(new HandshakeResponse(valuesByName(headers))),
  };
}

function valuesByName(headers: SentHeaders): [string, string[]][] {
  return Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? [value] : [...value]]);
}

function checkInstance(type: EndpointClass, made: unknown): object {
  if (!(made instanceof type)) {
    throw new MoorageError(
      'MOORAGE_NO_INSTANCE',
      `getEndpointInstance returned ${described(made)} for ${type.name}: it must return an instance of the class, or a promise of one.`,
    );
  }
  return made;
}
