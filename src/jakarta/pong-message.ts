/** A pong, as `@OnMessage` and message handlers get it. */
export class PongMessage {
  readonly #data: Buffer;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** Up to 125 bytes: a view of what was received, to be copied if it is kept for long. */
  getApplicationData(): Buffer {
    return this.#data;
  }
}
