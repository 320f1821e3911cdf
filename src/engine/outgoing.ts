import type { Opcode } from '../protocol/opcode.js';
import type { OutgoingFrame } from '../protocol/outgoing-frame.js';
import type { Settling } from './contract.js';
import type { PreparedMessage } from './prepared-message.js';

/**
 * The outgoing half of a connection, as what sends sees it: the queue itself, or the extensions in front of it. What a
 * send returns settles at once while little is queued, and otherwise when the queue has come down.
 */
export interface Outgoing {
  /** Bytes accepted and not yet taken by the operating system. */
  readonly bytes: number;
  /** Undefined while a send would settle at once, and otherwise when it would again. */
  drained(): Settling;
  /** Whether the peer has let more pile up than the settings allow. */
  readonly isOverCap: boolean;

  /** A whole text message. `compress`: `false` asks compressing extensions to leave it as it is. */
  text(text: string, compress?: boolean): Settling;
  /** Any data frame. */
  frame(frame: OutgoingFrame): Settling;
  /** A whole message that is shared with other connections. */
  prepared(message: PreparedMessage): Settling;
  /** A ping or pong; passes data that isn't on the wire. */
  control(opcode: Opcode, payload: Uint8Array): Settling;
  /** The Close, behind all data. */
  close(payload: Uint8Array): void;
  /** Forgets data that isn't on the wire. */
  dropUnsent(): void;
  /** Ends the sending direction once everything has been written. */
  end(): void;
  /** The transport is gone. */
  abandon(): void;
  /** The transport has taken a write. */
  written(): void;
}
