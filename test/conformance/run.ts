import type { ConformanceCase } from './case.js';
import { judge, NOT_NEGOTIATED, noConnection, type Verdict } from './judge.js';
import type { DeflateRequest } from './peer/deflate-agreement.js';
import type { Peer } from './peer/peer.js';

/** One side under test: makes a connection with the suite at its other end. */
export interface Subject {
  open(deflate: readonly DeflateRequest[], one: ConformanceCase, milliseconds: number): Promise<Peer>;
}

export interface Result {
  readonly case: ConformanceCase;
  readonly verdict: Verdict;
  readonly milliseconds: number;
}

export interface RunOptions {
  /** The least that the suite waits for what has to come, whatever a case says: a loaded machine is no failure. */
  readonly leastPatience?: number;
  /** The most; what takes longer has hung. */
  readonly mostPatience?: number;
  /** Cases under way at a time. */
  readonly concurrency?: number;
}

/** Runs cases, some at a time, and returns what became of them in their order. */
export async function runCases(
  subject: Subject,
  cases: readonly ConformanceCase[],
  { leastPatience = 5000, mostPatience = 240_000, concurrency = 4 }: RunOptions = {},
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = cases.entries();
  const work = async () => {
    for (const [index, one] of waiting) {
      const began = performance.now();
      const patience = Math.min(Math.max(one.giveUpAfter, leastPatience), mostPatience);
      const verdict = await runCase(subject, one, patience);
      results[index] = { case: one, verdict, milliseconds: performance.now() - began };
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

async function runCase(subject: Subject, one: ConformanceCase, patience: number): Promise<Verdict> {
  let peer: Peer;
  try {
    peer = await subject.open(one.deflate ?? [], one, patience);
  } catch (cause) {
    return noConnection(cause);
  }
  if (one.deflate !== undefined && peer.codec === undefined) {
    await peer.close();
    await peer.finish(patience);
    return NOT_NEGOTIATED;
  }
  const complaint = await one.play(peer, { giveUpAfter: patience });
  if (one.close.begunBy === 'suite') {
    await peer.until(() => peer.events.length >= one.expected.ok.length, patience);
    await peer.close();
  }
  await peer.finish(patience);
  return judge(one, { events: peer.events, end: peer.end, complaint, violation: peer.violation });
}
