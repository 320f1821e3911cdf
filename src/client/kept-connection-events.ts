import type { Session } from '../endpoint/session.js';

/** Why a connection is not there: an attempt failed, or a session was closed. */
export type Interruption =
  | { readonly type: 'failed'; readonly cause: unknown }
  | { readonly type: 'closed'; readonly code: number; readonly reason: string };

/** Why a kept connection is kept no longer. */
export interface KeptConnectionEnd {
  /**
   * `stopped` by `stop`, its signal or the client's closing; `refused`: not worth trying again; `exhausted`: too many
   * failures in a row.
   */
  readonly why: 'stopped' | 'refused' | 'exhausted';
  /** What happened last; `undefined` when nothing had gone wrong. */
  readonly last: Interruption | undefined;
}

/** A step of a kept connection, discriminated by `type`. */
export type KeptConnectionEvent =
  /** An attempt begins; `attempt` counts from 1 after every session that lasted. */
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'connected'; readonly session: Session }
  /** The next attempt comes after `delay` milliseconds. */
  | { readonly type: 'waiting'; readonly delay: number; readonly failures: number; readonly last: Interruption }
  | { readonly type: 'ended'; readonly end: KeptConnectionEnd };

export type KeptConnectionListener = (event: KeptConnectionEvent) => void;
