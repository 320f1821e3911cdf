import { setTimeout as sleep } from 'node:timers/promises';

/** Whether something comes true within so many milliseconds. */
export async function within(milliseconds: number, isTrue: () => boolean): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!isTrue()) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

/** Milliseconds until something settles. @throws Error when it takes longer than `limit`. */
export async function timed(work: Promise<unknown>, limit = 20_000): Promise<number> {
  const began = performance.now();
  await inTime(work, 'the end', limit);
  return performance.now() - began;
}

/** What a promise resolves to. @throws Error when it takes longer than `limit` milliseconds. */
export async function inTime<T>(work: Promise<T>, what: string, limit = 20_000): Promise<T> {
  const given = new AbortController();
  const late = sleep(limit, undefined, { signal: given.signal }).then(() => {
    throw new Error(`${what}: nothing happened within ${limit} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    given.abort();
  }
}
