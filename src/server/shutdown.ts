import { type Clock, systemClock } from '../engine/clock.js';
import { CloseCode } from '../protocol/close-code.js';
import type { SessionDirectory } from './session-directory.js';

export const SERVER_CLOSING = 'Server closing';

/** What became of the sessions that were open when a container closed. */
export interface CloseReport {
  /** Sessions whose close handler settled in time. */
  readonly closed: number;
  /** Sessions that were cut off at the deadline. */
  readonly destroyed: number;
}

/** Sends every session a Close with 1001, waits for the close handlers up to `timeout` milliseconds, and cuts off the rest. */
export async function closeSessions(
  directory: SessionDirectory,
  timeout: number,
  reason = SERVER_CLOSING,
  clock: Clock = systemClock,
): Promise<CloseReport> {
  const { all } = directory;
  const total = all.size;
  for (const session of all) {
    session.close(CloseCode.GoingAway, reason);
  }
  await firstOf(directory.whenEmpty(), timeout, clock);
  const leftovers = [...all];
  for (const session of leftovers) {
    session.disconnect();
  }
  return { closed: Math.max(total - leftovers.length, 0), destroyed: leftovers.length };
}

async function firstOf(done: Promise<void>, timeout: number, clock: Clock): Promise<void> {
  if (timeout === Infinity) {
    return done;
  }
  let cancel: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(timeout, resolve);
  });
  try {
    await Promise.race([done, late]);
  } finally {
    cancel?.();
  }
}
