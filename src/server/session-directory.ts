import type { Session } from '../endpoint/session.js';

/** A live, read-only view of open sessions: reading it always gives the present ones, also in the middle of a loop. */
export interface OpenSessions extends Iterable<Session> {
  readonly size: number;
  has(session: Session): boolean;
}

/** The open sessions of one endpoint. */
export class EndpointSessions implements OpenSessions {
  readonly #sessions = new Set<Session>();
  readonly #onRemoved: () => void;

  constructor(onRemoved: () => void) {
    this.#onRemoved = onRemoved;
  }

  get size(): number {
    return this.#sessions.size;
  }

  has(session: Session): boolean {
    return this.#sessions.has(session);
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#sessions.values();
  }

  add(session: Session): void {
    this.#sessions.add(session);
  }

  remove(session: Session): void {
    if (this.#sessions.delete(session)) {
      this.#onRemoved();
    }
  }
}

/** Several endpoints' sessions as one. */
export class JoinedSessions implements OpenSessions {
  readonly #endpoints: readonly OpenSessions[];

  /** @param endpoints may grow. */
  constructor(endpoints: readonly OpenSessions[]) {
    this.#endpoints = endpoints;
  }

  get size(): number {
    let size = 0;
    for (const sessions of this.#endpoints) {
      size += sessions.size;
    }
    return size;
  }

  has(session: Session): boolean {
    return this.#endpoints.some((sessions) => sessions.has(session));
  }

  *[Symbol.iterator](): IterableIterator<Session> {
    for (const sessions of this.#endpoints) {
      yield* sessions;
    }
  }
}

/** The open sessions of a container: one set for each endpoint, so that a connection is entered once. */
export class SessionDirectory {
  readonly #endpoints: EndpointSessions[] = [];
  /** Every open session of the container. */
  readonly all: OpenSessions = new JoinedSessions(this.#endpoints);
  #onEmpty: (() => void) | undefined;

  /** The set of an endpoint that has just been registered. */
  enlist(): EndpointSessions {
    const sessions = new EndpointSessions(() => this.#removed());
    this.#endpoints.push(sessions);
    return sessions;
  }

  /** Settles when no session is open. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      this.#removed();
    });
  }

  #removed(): void {
    if (this.#onEmpty !== undefined && this.all.size === 0) {
      this.#onEmpty();
    }
  }
}
