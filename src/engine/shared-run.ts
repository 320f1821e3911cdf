/**
 * Frames that leave one after the other, to many connections alike: a burst of broadcasts. A connection holds the run
 * as far as it has got it, and goes on along the links that the first of them made; the bytes are joined once, for all.
 */
export class SharedRun {
  /** Bytes from the first frame on. */
  readonly length: number;
  readonly #frame: Buffer;
  readonly #before: SharedRun | null;
  /** The continuation that was asked for last, which is the one that the next connection asks for. */
  #next: SharedRun | null = null;
  #joined: Buffer | null = null;

  /** @param frame must never change again. */
  constructor(frame: Buffer, before: SharedRun | null = null) {
    this.#frame = frame;
    this.#before = before;
    this.length = frame.length + (before === null ? 0 : before.length);
  }

  startsWith(frame: Buffer): boolean {
    return this.#before === null && this.#frame === frame;
  }

  /** The run with one more frame. */
  with(frame: Buffer): SharedRun {
    if (this.#next === null || this.#next.#frame !== frame) {
      this.#next = new SharedRun(frame, this);
    }
    return this.#next;
  }

  /** All bytes, side by side. */
  get bytes(): Buffer {
    this.#joined ??= this.#before === null ? this.#frame : this.#join();
    return this.#joined;
  }

  #join(): Buffer {
    const joined = Buffer.allocUnsafeSlow(this.length);
    let end = this.length;
    for (let run: SharedRun | null = this; run !== null; run = run.#before) {
      end -= run.#frame.length;
      joined.set(run.#frame, end);
    }
    return joined;
  }
}

/** Where the runs of a container begin. */
export class SharedRuns {
  #last: SharedRun | null = null;

  /** A run of one frame, the same for all who begin with it. */
  beginningWith(frame: Buffer): SharedRun {
    if (this.#last === null || !this.#last.startsWith(frame)) {
      this.#last = new SharedRun(frame);
    }
    return this.#last;
  }
}
