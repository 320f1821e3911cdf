import type { Channel, ConnectionHandler, Settling } from '../engine/contract.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { EndpointSettings } from './config.js';
import type { DispatchTable, Instance } from './dispatch-table.js';
import type { Session } from './session.js';
import type { UpgradeRecord } from './upgrade-record.js';

/** What all connections of an endpoint share. */
export interface SharedByConnections {
  readonly settings: EndpointSettings;
  /** Takes the failures that no error handler took. Must not throw. */
  report(cause: unknown, session: Session, during: FailedDuring): void;
}

/** Where a reported failure came from: a call without an error handler to go to, or the error or close handler itself. */
export type FailedDuring = 'connection' | 'error' | 'close';

/** The events of one connection, carried to one instance of an endpoint. */
export class EndpointHandler implements ConnectionHandler {
  constructor(table: DispatchTable, instance: object, upgrade: UpgradeRecord, shared: SharedByConnections) {
    throw new Error(`${table} ${instance as Instance} ${upgrade} ${shared}`);
  }
  /** From `onConnect` on. */
  get session(): Session | undefined { return undefined; }
  get wantsControlFrames(): boolean { return false; }
  get wantsWholeFrames(): boolean { return false; }
  onConnect(channel: Channel): Settling { void channel; }
  onData(frame: IncomingFrame): Settling { void frame; }
  onControl(frame: IncomingFrame): Settling { void frame; }
  onError(cause: Error): Settling { void cause; }
  onClose(code: number, reason: string): Settling { void code; void reason; }
  onEnd(): void {}
  onUnhandled(cause: unknown, during: 'error' | 'close'): void { void cause; void during; }
}
