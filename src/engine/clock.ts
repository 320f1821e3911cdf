/** Where the engine gets its time from; tests hand in one that they move themselves. */
export interface Clock {
  /** Milliseconds of a clock that never goes back, from any origin. */
  now(): number;
  /** Calls `tick` every so many milliseconds until the returned function is called. Keeps no process alive. */
  every(milliseconds: number, tick: () => void): () => void;
  /** Calls `done` once after so many milliseconds, unless the returned function is called before. Keeps the process alive. */
  after(milliseconds: number, done: () => void): () => void;
}

/** Node's longest; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, tick) {
    const timer = setInterval(tick, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
  after(milliseconds, done) {
    const timer = setTimeout(done, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timer);
  },
};
