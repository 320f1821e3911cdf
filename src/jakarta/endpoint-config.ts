import type { EndpointClass } from '../endpoint/instance-factory.js';
import type { Decoder, Encoder } from '../messages/codec.js';

/** What is the same for all sessions of an endpoint. */
export interface EndpointFacts {
  readonly type: EndpointClass;
  readonly path: string | undefined;
  readonly subprotocols: readonly string[];
  readonly decoders: readonly Decoder[];
  readonly encoders: readonly Encoder[];
  readonly configurator: object | undefined;
}

/** How an endpoint is configured, as `@OnOpen`, codecs and configurators see it. */
export class EndpointConfig {
  readonly #facts: EndpointFacts;
  readonly #userProperties: () => Map<string, unknown>;

  constructor(facts: EndpointFacts, userProperties: () => Map<string, unknown>) {
    this.#facts = facts;
    this.#userProperties = userProperties;
  }

  /** For a session (in `@OnOpen`, `modifyHandshake`) its own; for a codec's `init` those that all sessions begin with. */
  getUserProperties(): Map<string, unknown> {
    return this.#userProperties();
  }

  /** The path that `@ServerEndpoint` gives; empty where it gives none, and of clients. */
  getPath(): string {
    return this.#facts.path ?? '';
  }

  getEndpointClass(): EndpointClass {
    return this.#facts.type;
  }

  getSubprotocols(): readonly string[] {
    return this.#facts.subprotocols;
  }

  /** In Moorage's shape. */
  getDecoders(): readonly Decoder[] {
    return this.#facts.decoders;
  }

  /** In Moorage's shape. */
  getEncoders(): readonly Encoder[] {
    return this.#facts.encoders;
  }

  getConfigurator(): object | undefined {
    return this.#facts.configurator;
  }
}
