import { containerClosing, containerFull, endpointFull } from './refused-upgrade.js';
import type { OpenSessions } from './session-directory.js';

/** Something with a number of connections that it must not pass. */
export interface Limited {
  readonly name: string;
  readonly maxConnections: number;
  readonly sessions: OpenSessions;
}

/** Whether a container takes one more connection. */
export class Admission {
  readonly #sessions: OpenSessions;
  readonly #maxConnections: number;
  #closing = false;

  constructor(sessions: OpenSessions, maxConnections: number) {
    this.#sessions = sessions;
    this.#maxConnections = maxConnections;
  }

  /** From now on nobody is let in. */
  close(): void {
    this.#closing = true;
  }

  /** @throws RefusedUpgrade when nobody is let in, there at all or in the whole container. */
  check(where: Limited): void {
    if (this.#closing) {
      throw containerClosing();
    }
    if (this.#maxConnections !== Infinity && this.#sessions.size >= this.#maxConnections) {
      throw containerFull(this.#maxConnections);
    }
    if (where.maxConnections !== Infinity && where.sessions.size >= where.maxConnections) {
      throw endpointFull(where.name, where.maxConnections);
    }
  }
}
