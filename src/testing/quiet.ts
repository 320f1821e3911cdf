// Taken now: a test may put fakes in their place later, and these must go on.
const { setImmediate: soon, setTimeout: later } = globalThis;

/** A call of an endpoint's method, or of a hook, whose promise has not settled. */
export interface RunningCall {
  /** The name of the endpoint's class. */
  readonly endpoint: string;
  /** Such as `text handler` or `authorize hook`. */
  readonly what: string;
  /** Since when, in the bench's milliseconds. */
  readonly since: number;
}

/** Rounds of the event loop without anything happening, after which nothing more is under way. */
const QUIET_ROUNDS = 3;
/** Real milliseconds for what leaves the event loop though no handler waits for it, such as compression in a thread. */
const GRACE = 25;

/**
 * Tells when everything that can happen has happened. Time stands still in a bench, so what hasn't come when all is
 * quiet won't come; but for the handlers that wait for something outside, which are given some real time.
 */
export class Quiet {
  readonly running = new Set<RunningCall>();
  readonly #patience: number;
  #stirs = 0;

  /** @param patience real milliseconds that handlers may wait for something outside. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  get patience(): number {
    return this.#patience;
  }

  /** Something happened: bytes went either way, a handler was called or has settled. */
  stir(): void {
    this.#stirs += 1;
  }

  /** Keeps a call among the running ones until its promise has settled, or the returned function is called. */
  watch(call: RunningCall, settling: PromiseLike<unknown>): () => void {
    this.running.add(call);
    const done = (): void => {
      this.running.delete(call);
      this.stir();
    };
    settling.then(done, done);
    return done;
  }

  /** One turn of the event loop, and whether anything happened in it. */
  async turn(): Promise<boolean> {
    const before = this.#stirs;
    await new Promise<void>((resolve) => soon(resolve));
    return this.#stirs !== before;
  }

  /** Settles when all is quiet; after `patience` also if it never is. */
  async settle(): Promise<void> {
    const start = performance.now();
    for (let quiet = 0; quiet < QUIET_ROUNDS && performance.now() - start < this.#patience; quiet++) {
      if (await this.turn()) {
        quiet = -1;
      }
    }
  }

  /**
   * Whether it came to be so. False when all is quiet and it isn't: at once, or after `patience` where calls are running.
   *
   * @param within real milliseconds to wait in any case.
   */
  async until(met: () => boolean, within = GRACE): Promise<boolean> {
    const start = performance.now();
    for (;;) {
      if (met()) return true;
      await this.settle();
      if (met()) return true;
      const waited = performance.now() - start;
      if (waited >= within && (this.running.size === 0 || waited >= this.#patience)) return false;
      await new Promise<void>((resolve) => later(resolve, 1));
    }
  }
}
