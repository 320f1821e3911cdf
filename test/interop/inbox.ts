/** What arrives, taken out one by one in order by whoever waits for it. */
export class Inbox<T> {
  readonly #arrived: T[] = [];
  #wake: (() => void) | undefined;

  readonly put = (item: T): void => {
    this.#arrived.push(item);
    this.#wake?.();
  };

  async next(): Promise<T> {
    while (this.#arrived.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#arrived.shift() as T;
  }
}
