/** The promise that senders above the high-water mark share until the queue has come down. */
export class Drain {
  readonly promise: Promise<void>;
  #resolve!: () => void;
  #reject!: (cause: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody has to wait for a send: an ignored rejection is harmless.
    this.promise.catch(() => {});
  }

  settle(): void {
    this.#resolve();
  }

  fail(cause: Error): void {
    this.#reject(cause);
  }
}
