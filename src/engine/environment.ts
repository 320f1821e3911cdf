import { randomFillSync } from 'node:crypto';
import type { Role } from '../protocol/frame-parser.js';
import { type Clock, systemClock } from './clock.js';
import { DeadlineSweep } from './deadline-sweep.js';
import { OutgoingSlab } from './outgoing-slab.js';
import { SharedRuns } from './shared-run.js';
import { Turn } from './turn.js';

/** What the connections of one container or client share. */
export interface EngineEnvironment {
  readonly role: Role;
  readonly clock: Clock;
  readonly sweep: DeadlineSweep;
  readonly turn: Turn;
  readonly slab: OutgoingSlab;
  readonly runs: SharedRuns;
  /** A fresh masking key for each frame of a client (RFC 6455 §5.3), undefined for a server. */
  readonly nextMask: (() => number) | undefined;
}

export function createEnvironment(role: Role, clock: Clock = systemClock): EngineEnvironment {
  return Object.freeze({
    role,
    clock,
    sweep: new DeadlineSweep(clock),
    turn: new Turn(),
    slab: new OutgoingSlab(),
    runs: new SharedRuns(),
    nextMask: role === 'client' ? randomMasks() : undefined,
  });
}

const MASKS_AT_ONCE = 2048;

/** Keys from the system's cryptographic source, drawn many at a time: RFC 6455 §10.3 wants them unpredictable. */
function randomMasks(): () => number {
  const keys = new Int32Array(MASKS_AT_ONCE);
  let next = MASKS_AT_ONCE;
  return () => {
    if (next === MASKS_AT_ONCE) {
      randomFillSync(keys);
      next = 0;
    }
    return keys[next++]!;
  };
}
