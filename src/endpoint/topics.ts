import type { Channel } from '../engine/contract.js';
import { MoorageError } from '../protocol/errors.js';

/**
 * Where sessions join topics: what the layer above has of them, as far as a session needs it. Sessions stand for
 * themselves here, by identity. One that joins nothing costs nothing.
 */
export interface Topics {
  join(session: object, channel: Channel, topic: string): void;
  leave(session: object, topic: string): void;
  topicsOf(session: object): readonly string[];
  /** The session can send no more: it leaves all its topics. */
  ended(session: object): void;
}

export function noTopics(): MoorageError {
  return new MoorageError(
    'MOORAGE_NO_TOPICS',
    'The session is not of a container, and only containers have topics: keep a Set of the sessions yourself.',
  );
}
