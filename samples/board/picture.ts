const MAX_BYTES = 1024 ** 2;

/** All strokes since the board was empty; beyond 1 MiB of them (some 200,000 points) the oldest are forgotten. */
export class Picture {
  #messages: Buffer[] = [];
  #size = 0;

  add(strokes: Buffer): void {
    this.#messages.push(Buffer.from(strokes)); // copied: a handler's Buffer is a view of what was received
    this.#size += strokes.length;
    if (this.#size > MAX_BYTES) this.#forgetOldest();
  }

  clear(): void {
    this.#messages = [];
    this.#size = 0;
  }

  /** Strokes after strokes are strokes, so the picture is a message like any other. */
  toBuffer(): Buffer {
    return Buffer.concat(this.#messages, this.#size);
  }

  /** Down to three quarters, so that it isn't done for each stroke. */
  #forgetOldest(): void {
    let forgotten = 0;
    while (this.#size > MAX_BYTES * 0.75) this.#size -= this.#messages[forgotten++]?.length ?? 0;
    this.#messages = this.#messages.slice(forgotten);
  }
}
