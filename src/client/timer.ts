/** Where the client gets its time from; tests hand in one that they move themselves. */
export interface Timer {
  /** Milliseconds of a clock that never goes back, from any origin. */
  now(): number;
  /** Calls `done` once after so many milliseconds, unless the returned function is called before. */
  after(milliseconds: number, done: () => void): () => void;
}

/** Node's longest; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Keeps the process alive while it runs: somebody waits for what comes then. */
export const systemTimer: Timer = {
  now: () => performance.now(),
  after(milliseconds, done) {
    const timeout = setTimeout(done, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timeout);
  },
};
