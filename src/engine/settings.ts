import { DEFAULT_LIMITS, type MessageLimits } from '../protocol/limits.js';

/** Everything the engine lets be set for a connection, complete and frozen; one value is shared by all connections of an endpoint. Times in milliseconds, sizes in bytes. */
export interface ConnectionSettings {
  readonly limits: MessageLimits;
  /** No frame either way for so long: 1001. 0 or Infinity for never. */
  readonly idleTimeout: number;
  /** How long the peer may take to answer a Close before the transport is destroyed. */
  readonly closeTimeout: number;
  /** Silence after which a ping is sent. 0 or Infinity for no keep-alive. */
  readonly keepAliveInterval: number;
  /** How long after that ping anything may take to arrive before the connection is given up. */
  readonly keepAliveTimeout: number;
  /** Queued bytes from which sends no longer settle at once. */
  readonly writeHighWater: number;
  /** Queued bytes below which waiting sends settle. */
  readonly writeLowWater: number;
  /** Queued bytes, control frames included, past which the connection ends. */
  readonly maxQueuedBytes: number;
  /** Messages taken in while a handler is busy, before the transport is paused. */
  readonly lookAheadMessages: number;
  /** Bytes taken in while a handler is busy, before the transport is paused. */
  readonly lookAheadBytes: number;
}

export const DEFAULT_CONNECTION_SETTINGS: ConnectionSettings = Object.freeze({
  limits: DEFAULT_LIMITS,
  idleTimeout: 300_000,
  closeTimeout: 5_000,
  keepAliveInterval: 25_000,
  keepAliveTimeout: 20_000,
  writeHighWater: 64 * 1024,
  writeLowWater: 32 * 1024,
  maxQueuedBytes: 16 * 1024 * 1024,
  lookAheadMessages: 16,
  lookAheadBytes: 1024 * 1024,
});
