import type { DispatchTable } from '../endpoint/dispatch-table.js';
import { EndpointHandler, type SharedByConnections } from '../endpoint/endpoint-handler.js';
import type { Session } from '../endpoint/session.js';
import type { UpgradeRecord } from '../endpoint/upgrade-record.js';
import type { Channel, Settling } from '../engine/contract.js';

/** Who waits for a connection's connect handler, and who wants to know of its end. None may throw. */
export interface ConnectionWatcher {
  /** The connect handler has settled. */
  connected(session: Session): void;
  /** The connect handler has thrown; its error and close handlers are still to run. */
  failed(cause: unknown): void;
  /** The close handler has settled, however it did. */
  closed(code: number, reason: string): void;
}

/** An endpoint's handler on the side that connects: the same events, and somebody who waits for the first and the last. */
export class ClientHandler extends EndpointHandler {
  readonly #watcher: ConnectionWatcher;

  constructor(
    table: DispatchTable,
    instance: object,
    upgrade: UpgradeRecord,
    shared: SharedByConnections,
    watcher: ConnectionWatcher,
  ) {
    super(table, instance, upgrade, shared);
    this.#watcher = watcher;
  }

  override onConnect(channel: Channel): Settling {
    let settling: Settling;
    try {
      settling = super.onConnect(channel);
    } catch (thrown) {
      this.#watcher.failed(thrown);
      throw thrown;
    }
    if (settling === undefined) {
      this.#watcher.connected(this.session);
      return undefined;
    }
    return settling.then(
      () => this.#watcher.connected(this.session),
      (thrown) => {
        this.#watcher.failed(thrown);
        throw thrown;
      },
    );
  }

  override onClose(code: number, reason: string): Settling {
    const closed = () => this.#watcher.closed(code, reason);
    let settling: Settling;
    try {
      settling = super.onClose(code, reason);
    } catch (thrown) {
      closed();
      throw thrown;
    }
    if (settling === undefined) {
      closed();
      return undefined;
    }
    return settling.finally(closed);
  }
}
