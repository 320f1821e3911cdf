import type { CloseRule, ConformanceCase } from './case.js';
import type { Ending, PeerEvent } from './peer/peer.js';

/** What became of a case. */
export type Behaviour = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'UNIMPLEMENTED' | 'FAILED';

/** What became of the closing of its connection. */
export type BehaviourClose = 'OK' | 'WRONG CODE' | 'UNCLEAN' | 'FAILED BY CLIENT' | 'FAILED' | 'UNIMPLEMENTED';

export interface Verdict {
  readonly behaviour: Behaviour;
  readonly behaviourClose: BehaviourClose;
  /** What was seen, and against it what should have been where a verdict is bad. */
  readonly remark: string;
}

/** Everything that was seen of the side under test. */
export interface Observation {
  readonly events: readonly PeerEvent[];
  readonly end: Ending;
  /** What `play` found wrong. */
  readonly complaint: string | undefined;
  /** A breach of the protocol by the side under test. */
  readonly violation: string | undefined;
}

/** Whether a verdict lets a run pass. */
export function passes({ behaviour, behaviourClose }: Verdict): boolean {
  return behaviourClose === 'OK' && (behaviour === 'OK' || behaviour === 'INFORMATIONAL');
}

export const NOT_NEGOTIATED: Verdict = {
  behaviour: 'UNIMPLEMENTED',
  behaviourClose: 'UNIMPLEMENTED',
  remark: 'permessage-deflate was not agreed on',
};

export function noConnection(cause: unknown): Verdict {
  const remark = `no connection: ${cause instanceof Error ? cause.message : String(cause)}`;
  return { behaviour: 'FAILED', behaviourClose: 'FAILED', remark };
}

export function judge(one: ConformanceCase, seen: Observation): Verdict {
  const [behaviourClose, closeRemark] = judgeClose(one.close, seen.end);
  const [behaviour, remark] = judgeBehaviour(one, seen, behaviourClose);
  return { behaviour, behaviourClose, remark: [remark, closeRemark].filter((text) => text !== '').join('; ') };
}

function judgeBehaviour(
  { expected, informational, close }: ConformanceCase,
  { events, end, complaint, violation }: Observation,
  behaviourClose: BehaviourClose,
): [Behaviour, string] {
  if (violation !== undefined) {
    return ['FAILED', `the other side broke the protocol: ${violation}`];
  }
  if (informational) {
    return ['INFORMATIONAL', `heard ${describe(events)}`];
  }
  if (complaint !== undefined) {
    return ['FAILED', complaint];
  }
  if (close.decides === 'code' && behaviourClose === 'WRONG CODE') {
    return ['FAILED', ''];
  }
  if (close.decides === 'side' && end.begunBy !== close.begunBy) {
    return ['FAILED', ''];
  }
  if (same(events, expected.ok)) {
    return ['OK', ''];
  }
  const remark = `heard ${describe(events)} where ${describe(expected.ok)} was expected`;
  return [expected.nonStrict !== undefined && same(events, expected.nonStrict) ? 'NON-STRICT' : 'FAILED', remark];
}

function judgeClose(rule: CloseRule, { begunBy, clean, code, droppedBySuite }: Ending): [BehaviourClose, string] {
  if (begunBy !== rule.begunBy) {
    return ['FAILED', rule.begunBy === 'suite' ? 'it ended the connection' : 'it did not fail the connection'];
  }
  if (rule.clean && !clean) {
    return ['UNCLEAN', 'the closing handshake was not completed'];
  }
  if (code !== undefined && !rule.codes.includes(code)) {
    return ['WRONG CODE', `its Close has ${code}, not ${rule.codes.join(' or ')}`];
  }
  // RFC 6455 §7.1.1: the server closes TCP first, so that it isn't the one to hold TIME_WAIT against new connections.
  return droppedBySuite ? ['FAILED BY CLIENT', 'the server left it to the client to end TCP'] : ['OK', ''];
}

function same(events: readonly PeerEvent[], expected: readonly PeerEvent[]): boolean {
  return (
    events.length === expected.length &&
    events.every(
      ({ type, payload }, index) => type === expected[index]?.type && payload.equals(expected[index].payload),
    )
  );
}

function describe(events: readonly PeerEvent[]): string {
  const shown = events.slice(0, 12).map(({ type, payload }) => {
    return type === 'timeout'
      ? 'silence'
      : `${type}(${payload.length > 24 ? `${payload.length} bytes` : payload.toString('hex')})`;
  });
  const more = events.length > shown.length ? ` and ${events.length - shown.length} more` : '';
  return shown.length === 0 ? 'nothing' : `${shown.join(', ')}${more}`;
}
