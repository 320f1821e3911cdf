/** The beginning of a message that comes in pieces, and how long all of it is. */
export class GatheredPayload {
  readonly #most: number;
  #pieces: Buffer[] = [];
  #kept = 0;
  #total = 0;

  /** @param most bytes that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get total(): number {
    return this.#total;
  }

  /** The bytes are copied, since their buffer is not ours. */
  add(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const room = this.#most - this.#kept;
    if (room > 0) {
      const piece = Buffer.from(bytes.subarray(0, room));
      this.#pieces.push(piece);
      this.#kept += piece.length;
    }
  }

  /** The bytes that were kept. */
  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
