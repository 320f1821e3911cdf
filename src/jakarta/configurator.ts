import type { EndpointClass } from '../endpoint/instance-factory.js';
import type { ExtensionOffer } from '../protocol/handshake/extension-offer.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { UpgradeRefusal } from '../server/authorization.js';
import type { EndpointConfig } from './endpoint-config.js';
import { parameterMap, requestUri } from './request-facts.js';

/** The request for an upgrade, by Jakarta's names. */
export class HandshakeRequest {
  readonly #request: UpgradeRequest;
  readonly #principal: unknown;

  /** Made by the container. */
  constructor(request: UpgradeRequest, principal: unknown) {
    this.#request = request;
    this.#principal = principal;
  }

  /** Moorage's own view of the same request: cookies, single headers, … */
  unwrap(): UpgradeRequest {
    return this.#request;
  }

  /** The header fields, names in lower case. */
  getHeaders(): ReadonlyMap<string, readonly string[]> {
    const headers = new Map<string, readonly string[]>();
    for (const name of Object.keys(this.#request.headers)) {
      headers.set(name, this.#request.headerValues(name));
    }
    return headers;
  }

  getRequestURI(): URL {
    return requestUri(this.#request);
  }

  getQueryString(): string {
    return this.#request.queryString;
  }

  getParameterMap(): ReadonlyMap<string, readonly string[]> {
    return parameterMap(this.#request);
  }

  /** What the container's `authorize` hook answered with; undefined without one. */
  getUserPrincipal(): unknown {
    return this.#principal;
  }
}

/** The answer to an upgrade, by Jakarta's names. */
export class HandshakeResponse {
  readonly #headers: Map<string, string[]>;

  constructor(headers: Iterable<readonly [string, string[]]> = []) {
    this.#headers = new Map(headers);
  }

  /** In `modifyHandshake`: fields to add to the response. In `afterResponse`: those of the response, names in lower case. */
  getHeaders(): Map<string, string[]> {
    return this.#headers;
  }
}

/**
 * What a server endpoint decides in the handshake. Each method is optional, may be asynchronous, and what it throws is
 * reported and answered with 500. They are called in this order, after the container's `authorize` hook.
 */
export interface ServerEndpointConfigurator {
  /**
   * Whether pages of an origin are let in; false is answered with 403. It replaces the endpoint's `origins`, which lets in
   * pages of the same origin only.
   *
   * @param originHeaderValue undefined where there is no such header: most clients that are no browsers send none.
   */
  checkOrigin?(originHeaderValue: string | undefined): boolean | PromiseLike<boolean>;
  /** Chooses one of the requested subprotocols, or `''` for none. One that wasn't requested is answered with 500. */
  getNegotiatedSubprotocol?(supported: readonly string[], requested: readonly string[]): string | PromiseLike<string>;
  /** The names of the extensions that may be agreed on, of those that are installed. */
  getNegotiatedExtensions?(
    installed: readonly string[],
    requested: readonly ExtensionOffer[],
  ): readonly string[] | PromiseLike<readonly string[]>;
  /** Adds header fields to the response and properties to the session. Returns `refuse(status)` to refuse. */
  modifyHandshake?(
    config: EndpointConfig,
    request: HandshakeRequest,
    response: HandshakeResponse,
  ): void | UpgradeRefusal | PromiseLike<void | UpgradeRefusal>;
  /** Makes the instance for the connection. Without it, it is for the container's `instanceFactory`. */
  getEndpointInstance?<T extends object>(type: EndpointClass<T>): T | PromiseLike<T>;
}

/** What a client endpoint decides in the handshake. Each method is optional and may be asynchronous. */
export interface ClientEndpointConfigurator {
  /** Changes the header fields of the request. */
  beforeRequest?(headers: Map<string, string[]>): void | PromiseLike<void>;
  /** Sees the response of an upgrade that succeeded. */
  afterResponse?(response: HandshakeResponse): void | PromiseLike<void>;
}

/** A configurator, or a class of one with a constructor without parameters. */
export type ConfiguratorOption<C> = C | (new () => C);

export const SERVER_METHODS: readonly (keyof ServerEndpointConfigurator)[] = [
  'checkOrigin',
  'getNegotiatedSubprotocol',
  'getNegotiatedExtensions',
  'modifyHandshake',
  'getEndpointInstance',
];

export const CLIENT_METHODS: readonly (keyof ClientEndpointConfigurator)[] = ['beforeRequest', 'afterResponse'];
