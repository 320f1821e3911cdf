import type { HandshakeRules } from '../protocol/handshake/server-handshake.js';
import { instantiate } from './instantiate.js';
import type { Choice, PendingUpgrade, Registration } from './registration.js';
import type { ServedEndpoint } from './served-endpoint.js';
import type { OpenSessions } from './session-directory.js';

/** One endpoint for all connections at a path. */
export class EndpointRegistration implements Registration {
  readonly #given: object;
  readonly #endpoint: ServedEndpoint;

  /** @param given what the application registered, by which it asks for the sessions. */
  constructor(given: object, endpoint: ServedEndpoint) {
    this.#given = given;
    this.#endpoint = endpoint;
  }

  get name(): string {
    return this.#endpoint.name;
  }

  get rules(): HandshakeRules {
    return this.#endpoint.rules;
  }

  get maxConnections(): number {
    return this.#endpoint.maxConnections;
  }

  get sessions(): OpenSessions {
    return this.#endpoint.sessions;
  }

  choose(upgrade: PendingUpgrade): Choice | Promise<Choice> {
    const made = instantiate(this.#endpoint, upgrade);
    return made instanceof Promise ? made.then((instance) => this.#choice(instance)) : this.#choice(made);
  }

  sessionsOf(asked: unknown): OpenSessions | undefined {
    return asked === this.#given || asked === this.#endpoint.compiled.target ? this.sessions : undefined;
  }

  #choice(instance: object): Choice {
    return { endpoint: this.#endpoint, instance, response: undefined };
  }
}
