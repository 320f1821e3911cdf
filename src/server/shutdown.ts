import { CloseCode } from '../protocol/close-code.js';
import type { SessionDirectory } from './session-directory.js';

const CLOSE_REASON = 'Server closing';

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
  reason = CLOSE_REASON,
): Promise<CloseReport> {
  const { all } = directory;
  const total = all.size;
  for (const session of all) {
    session.close(CloseCode.GoingAway, reason);
  }
  await firstOf(directory.whenEmpty(), timeout);
  const leftovers = [...all];
  for (const session of leftovers) {
    session.disconnect();
  }
  return { closed: Math.max(total - leftovers.length, 0), destroyed: leftovers.length };
}

async function firstOf(done: Promise<void>, timeout: number): Promise<void> {
  if (timeout === Infinity) {
    return done;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  try {
    await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
