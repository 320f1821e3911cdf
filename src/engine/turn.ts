/** Something with output waiting. */
export interface Flushable {
  /** Hands the output on. Must not throw. */
  flush(): void;
}

/**
 * Joins what one turn of the event loop produces: everything that sends in a turn is flushed once, at its end. A turn
 * is the handling of one read (`enter` … `leave`), or else whatever runs until the next tick of the process.
 */
export class Turn {
  /** The first `#count` of them wait; the places behind are kept for later turns, empty. */
  readonly #waiting: (Flushable | null)[] = [];
  #count = 0;
  readonly #later = (): void => {
    this.#scheduled = false;
    this.#flush();
  };
  #depth = 0;
  #scheduled = false;
  /** A flush is at work further down the stack; it takes what comes up meanwhile too. */
  #flushing = false;

  /** A read begins; `leave` must follow in any case. */
  enter(): void {
    this.#depth += 1;
  }

  leave(): void {
    this.#depth -= 1;
    if (this.#depth === 0 && this.#count > 0) {
      this.#flush();
    }
  }

  /** Has `item` flushed at the end of the turn. It is the item's business not to come twice. */
  add(item: Flushable): void {
    this.#waiting[this.#count++] = item;
    if (this.#depth === 0) {
      this.#schedule();
    }
  }

  #flush(): void {
    if (this.#flushing) {
      return; // A transport that delivers at once has brought an answer to what is being flushed.
    }
    const waiting = this.#waiting;
    let at = 0;
    this.#flushing = true;
    try {
      // By index: what is flushed may add more.
      while (at < this.#count) {
        const item = waiting[at]!;
        waiting[at++] = null;
        item.flush();
      }
    } finally {
      this.#flushing = false;
      if (at === this.#count) {
        this.#count = 0;
      } else {
        // One broke its promise not to throw: the others still get their turn.
        waiting.splice(0, at);
        this.#count -= at;
        this.#schedule();
      }
    }
  }

  #schedule(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(this.#later);
    }
  }
}
