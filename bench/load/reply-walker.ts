/** Walks the frames a server sends, wherever reads cut them, and checks what it can without slowing the server down. */
import type { Payloads } from './payloads.js';

/** The content of one message in so many is compared with what was sent. */
const COMPARED = 16;

export class ReplyWalker {
  readonly #payloads: Payloads;
  readonly #onMessage: () => void;
  /** Payload number that the next message must carry. */
  #expected: number;
  #untilCompared: number;
  /** Header bytes of a frame that a read cut through; then the payload still to come. */
  readonly #header = new Uint8Array(10);
  #headerLength = 0;
  #left = 0;
  #inFrame = false;

  constructor(payloads: Payloads, first: number, onMessage: () => void) {
    this.#payloads = payloads;
    this.#expected = first;
    this.#untilCompared = first % COMPARED;
    this.#onMessage = onMessage;
  }

  /**
   * Takes `bytes[start, end)`. Moorage, `ws` and the bare server all answer a message with one unfragmented frame, and
   * the runs are shorter than any keep-alive, so anything else is an error.
   *
   * @throws {Error} that says what was wrong.
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (!this.#inFrame) {
        this.#header[this.#headerLength++] = bytes[at++] as number;
        const length = (this.#header[1] as number) & 0x7f;
        if (this.#headerLength < 2 || this.#headerLength < headerLength(length)) continue;
        this.#startFrame();
      }
      const taken = Math.min(this.#left, end - at);
      if (this.#untilCompared === 0) this.#compare(bytes, at, taken);
      at += taken;
      this.#left -= taken;
      if (this.#left === 0) this.#endFrame();
    }
  }

  #startFrame(): void {
    const { opcode, size } = this.#payloads;
    const [first, second] = this.#header as unknown as [number, number];
    if (first !== (0x80 | opcode)) throw new Error(`a frame that begins with 0x${first.toString(16)}`);
    if (second & 0x80) throw new Error('a masked frame from the server');
    const length = headerLength(second) === 2 ? second : this.#extendedLength();
    if (length !== size) throw new Error(`a reply of ${length} bytes for ${size}`);
    this.#left = length;
    this.#headerLength = 0;
    this.#inFrame = true;
  }

  #extendedLength(): number {
    let length = 0;
    for (let i = 2; i < this.#headerLength; i++) length = length * 256 + (this.#header[i] as number);
    return length;
  }

  #compare(bytes: Uint8Array, at: number, taken: number): void {
    const { plain, size } = this.#payloads;
    const done = size - this.#left;
    const same = (plain[this.#expected] as Buffer).compare(bytes, at, at + taken, done, done + taken) === 0;
    if (!same) throw new Error('a reply that is not what was sent');
  }

  #endFrame(): void {
    this.#inFrame = false;
    this.#expected = (this.#expected + 1) % this.#payloads.count;
    this.#untilCompared = this.#untilCompared === 0 ? COMPARED - 1 : this.#untilCompared - 1;
    this.#onMessage();
  }
}

function headerLength(length: number): number {
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}
