import type { ServingPlace } from '../endpoint/compiled-endpoint.js';
import type { Session as NativeSession } from '../endpoint/session.js';
import { AddedHandlers, type AddedKind } from './added-handlers.js';
import { EndpointConfig, type EndpointFacts } from './endpoint-config.js';
import { Session, type SessionSurroundings } from './session.js';

/** Where an endpoint is served: finds the view, the configuration and the added handlers of a session. */
export class Place implements SessionSurroundings {
  readonly #facts: EndpointFacts;
  readonly #sessions: Iterable<NativeSession>;
  readonly #taken: (kind: AddedKind) => boolean;
  /** Made when they are first asked for, and gone with their sessions. */
  readonly #views = new WeakMap<NativeSession, Session>();
  readonly #handlers = new WeakMap<NativeSession, AddedHandlers>();
  readonly ignoresUnhandled: boolean;

  /** @param place left out where it isn't known. */
  constructor(facts: EndpointFacts, taken: (kind: AddedKind) => boolean, place: ServingPlace | undefined) {
    this.#facts = facts;
    this.#taken = taken;
    this.#sessions = place?.sessions ?? [];
    this.ignoresUnhandled = place?.settings.unhandled === 'ignore';
  }

  viewOf(session: NativeSession): Session {
    let view = this.#views.get(session);
    if (view === undefined) {
      view = new Session(session, this);
      this.#views.set(session, view);
    }
    return view;
  }

  configOf(session: NativeSession): EndpointConfig {
    return new EndpointConfig(this.#facts, () => session.userProperties);
  }

  *openSessions(): Iterable<Session> {
    for (const session of this.#sessions) {
      if (session.isOpen) {
        yield this.viewOf(session);
      }
    }
  }

  /** The added handlers of a session that has ever had any. */
  addedTo(session: NativeSession): AddedHandlers | undefined {
    return this.#handlers.get(session);
  }

  handlersOf(session: NativeSession): AddedHandlers {
    let handlers = this.#handlers.get(session);
    if (handlers === undefined) {
      handlers = new AddedHandlers(session, this.#taken);
      this.#handlers.set(session, handlers);
    }
    return handlers;
  }
}
