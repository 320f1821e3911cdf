/**
 * First in, first out. What has been taken is let go at once, and its place soon after, also when the queue never runs
 * empty: an array with an index into it would hold on to everything that ever passed through.
 */
export class Fifo<T> {
  readonly #items: (T | undefined)[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest item; `undefined` when there is none. */
  shift(): T | undefined {
    if (this.isEmpty) {
      return undefined;
    }
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head * 2 >= this.#items.length) {
      // At most as many moves as items were taken since the last time.
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}
