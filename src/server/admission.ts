import { containerClosing, containerFull } from './refused-upgrade.js';
import type { OpenSessions } from './session-directory.js';

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

  /** @throws RefusedUpgrade when nobody is let in. */
  check(): void {
    if (this.#closing) {
      throw containerClosing();
    }
    if (this.#maxConnections !== Infinity && this.#sessions.size >= this.#maxConnections) {
      throw containerFull(this.#maxConnections);
    }
  }
}
