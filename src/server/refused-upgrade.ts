import { type Refusal, refuse } from '../protocol/handshake/refusal.js';
import type { ErrorPhase } from './container-events.js';

/** How long a refused client is asked to wait: one that hits a full or closing server finds another, or this one restarted. */
const RETRY_AFTER_SECONDS = '5';

/** Ends the flow of an upgrade: the answer is an HTTP error, or none at all when nobody is there to read it. */
export class RefusedUpgrade extends Error {
  /** `undefined` when the peer has left. */
  readonly refusal: Refusal | undefined;

  constructor(report: string, refusal: Refusal | undefined) {
    super(report);
    this.refusal = refusal;
  }
}

/** User code failed before the upgrade: a 500 that says nothing, and a report that says everything. */
export class FailedHook extends RefusedUpgrade {
  readonly during: ErrorPhase;

  constructor(during: ErrorPhase, cause: unknown) {
    const report = `The application failed (${during})`;
    super(report, refuse(500, report));
    this.during = during;
    this.cause = cause;
  }
}

export function refused(refusal: Refusal): RefusedUpgrade {
  return new RefusedUpgrade(refusal.report, refusal);
}

export function peerGone(): RefusedUpgrade {
  return new RefusedUpgrade('The peer left before the upgrade was answered', undefined);
}

export function timedOut(milliseconds: number): RefusedUpgrade {
  return refused(refuse(408, `The application took longer than the handshake timeout of ${milliseconds} ms`));
}

export function containerFull(maxConnections: number): RefusedUpgrade {
  return unavailable(`All of maxConnections (${maxConnections}) are in use`);
}

export function endpointFull(name: string, maxConnections: number): RefusedUpgrade {
  return unavailable(`All of maxConnections (${maxConnections}) of ${name} are in use`);
}

export function containerClosing(): RefusedUpgrade {
  return unavailable('The container is closing');
}

function unavailable(report: string): RefusedUpgrade {
  return refused(refuse(503, report, { 'Retry-After': RETRY_AFTER_SECONDS }));
}
