import type { SessionClosedEvent, SessionOpenedEvent, UnhandledErrorEvent } from '../server/container-events.js';

/** Everything a client tells: the events of a container that are not a server's alone. Discriminated by `type`. */
export type ClientEvent = SessionOpenedEvent | SessionClosedEvent | UnhandledErrorEvent;

/** Hears everything that happens in a client, synchronously. What it throws is printed as a warning and harms nobody. */
export type ClientEventListener = (event: ClientEvent) => void | Promise<void>;
