import type { Frame } from './frames.js';

/** The other side broke RFC 6455 on the wire: whatever the case asks, it has failed. */
export class WireViolation extends Error {
  override readonly name = 'WireViolation';
}

/** No case makes a peer send more in one frame; a larger length is taken for a mistake in it. */
const LARGEST_FRAME = 64 * 1024 * 1024;

/** Takes a byte stream apart into frames, wherever it was cut, and sees that they are masked as the sender's role asks. */
export class FrameReader {
  readonly #masked: boolean;
  readonly #onFrame: (frame: Frame) => void;
  readonly #head = Buffer.alloc(14);
  #headFilled = 0;
  #payload: Buffer | undefined;
  #payloadFilled = 0;

  /** @param masked whether the sender is a client, and so has to mask (§5.1). */
  constructor(masked: boolean, onFrame: (frame: Frame) => void) {
    this.#masked = masked;
    this.#onFrame = onFrame;
  }

  /** @throws WireViolation */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload === undefined) {
        at = this.#takeHead(chunk, at);
      }
      if (this.#payload !== undefined) {
        at = this.#takePayload(chunk, at, this.#payload);
      }
    }
  }

  #takeHead(chunk: Buffer, at: number): number {
    while (at < chunk.length && this.#headFilled < this.#headLength()) {
      this.#head[this.#headFilled++] = chunk[at++]!;
    }
    if (this.#headFilled >= 2 && this.#headFilled === this.#headLength()) {
      this.#payload = Buffer.allocUnsafe(this.#payloadLength());
      this.#payloadFilled = 0;
    }
    return at;
  }

  #takePayload(chunk: Buffer, at: number, payload: Buffer): number {
    const count = Math.min(chunk.length - at, payload.length - this.#payloadFilled);
    chunk.copy(payload, this.#payloadFilled, at, at + count);
    this.#payloadFilled += count;
    if (this.#payloadFilled === payload.length) {
      this.#finish(payload);
    }
    return at + count;
  }

  #finish(payload: Buffer): void {
    const first = this.#head[0]!;
    if (this.#masked) {
      const key = this.#head.subarray(this.#headFilled - 4, this.#headFilled);
      for (let i = 0; i < payload.length; i++) {
        payload[i] = payload[i]! ^ key[i & 3]!;
      }
    }
    this.#headFilled = 0;
    this.#payload = undefined;
    this.#onFrame({ fin: first >= 128, rsv: (first >> 4) & 7, opcode: first & 15, payload });
  }

  #headLength(): number {
    if (this.#headFilled < 2) {
      return 2;
    }
    const form = this.#head[1]! & 127;
    return 2 + (form < 126 ? 0 : form === 126 ? 2 : 8) + (this.#masked ? 4 : 0);
  }

  #payloadLength(): number {
    const second = this.#head[1]!;
    if (second >= 128 !== this.#masked) {
      throw new WireViolation(this.#masked ? 'a frame of the client is not masked' : 'a frame of the server is masked');
    }
    const form = second & 127;
    const length =
      form < 126 ? form : form === 126 ? this.#head.readUInt16BE(2) : Number(this.#head.readBigUInt64BE(2));
    if ((form === 126 && length < 126) || (form === 127 && length < 65_536)) {
      throw new WireViolation(`a length of ${length} is not written in the fewest bytes`);
    }
    if (length > LARGEST_FRAME) {
      throw new WireViolation(`a frame announces ${length} bytes`);
    }
    return length;
  }
}
