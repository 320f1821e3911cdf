import type { DispatchTable } from '../endpoint/dispatch-table.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';

/** Who wants to know which sessions are open. Neither method may throw. */
export interface SessionTracker {
  /** Before the connect handler. */
  opened(session: Session): void;
  /** When the close handler has settled, however it did. */
  closed(session: Session, code: number, reason: string): void;
}

/**
 * An endpoint's table whose first and last events also go to a tracker. Done once for each registration, so that a
 * connection needs nothing of its own to be tracked.
 */
export function trackedTable(table: DispatchTable, tracker: SessionTracker): DispatchTable {
  const { connect, close } = table;
  return Object.freeze({
    ...table,
    connect(instance, session) {
      tracker.opened(session);
      return connect?.(instance, session);
    },
    close(instance, session, code, reason) {
      const closed = () => tracker.closed(session, code as number, reason as string);
      let result: unknown;
      try {
        result = close?.(instance, session, code, reason);
      } catch (cause) {
        closed();
        throw cause;
      }
      if (isThenable(result)) {
        return Promise.resolve(result).finally(closed);
      }
      closed();
      return undefined;
    },
  } satisfies DispatchTable);
}
