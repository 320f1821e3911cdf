import type { DeflateRequest } from './peer/deflate-agreement.js';
import type { Peer, PeerEvent } from './peer/peer.js';

/** One case of the suite: what is said to the side under test, on either end of the connection, and what has to come of it. */
export interface ConformanceCase {
  /** `6.4.1`: category, perhaps subcategory, and number. */
  readonly id: string;
  readonly group: string;
  readonly description: string;
  readonly expectation: string;
  /** Says it. Cases that also listen, echoes among them, return what went wrong, or nothing. */
  readonly play: (peer: Peer, patience: Patience) => Promise<string | undefined>;
  /** The lists of events of which one must have come about, without those that `play` took for itself. */
  readonly expected: ExpectedEvents;
  readonly close: CloseRule;
  /** The RFC leaves the outcome open: it is shown, not judged. */
  readonly informational?: true;
  /** The offers of permessage-deflate when the suite connects, and what it accepts when it is connected to. */
  readonly deflate?: readonly DeflateRequest[];
  /** How long the suite waits for the other side, in milliseconds; the runner may wait longer, never shorter. */
  readonly giveUpAfter: number;
}

export interface ExpectedEvents {
  readonly ok: readonly PeerEvent[];
  /** Also allowed, but not what a strict reading of the RFC asks for. */
  readonly nonStrict?: readonly PeerEvent[];
}

export interface CloseRule {
  /** Who must send a Close, or drop TCP, first. */
  readonly begunBy: 'suite' | 'subject';
  /** The codes that the subject may send; none at all is allowed too. */
  readonly codes: readonly number[];
  /** Whether both sides must have sent a Close. */
  readonly clean: boolean;
  /** A connection that the wrong side ends, or a wrong code, is then a failure of the case and not only of its closing. */
  readonly decides?: 'side' | 'code';
}

/** How long to wait for what has to come, and for what must not, in milliseconds. */
export interface Patience {
  readonly giveUpAfter: number;
}

/** The connection lives until the suite closes it. */
export const CLOSED_BY_SUITE: CloseRule = { begunBy: 'suite', codes: [1000], clean: true };
/** The subject must fail the connection for what it was sent. */
export const FAILED_AS_PROTOCOL_ERROR: CloseRule = { begunBy: 'subject', codes: [1002], clean: false };
export const FAILED_AS_BAD_UTF8: CloseRule = { begunBy: 'subject', codes: [1007], clean: false, decides: 'side' };

export const heard = (type: PeerEvent['type'], payload: Uint8Array | string = ''): PeerEvent => ({
  type,
  payload: Buffer.from(payload as string),
});
