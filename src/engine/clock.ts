/** Where the engine gets its time from; tests hand in one that they move themselves. */
export interface Clock {
  /** Milliseconds of a clock that never goes back, from any origin. */
  now(): number;
  /** Calls `tick` every so many milliseconds until the returned function is called. Keeps no process alive. */
  every(milliseconds: number, tick: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, tick) {
    const timer = setInterval(tick, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
