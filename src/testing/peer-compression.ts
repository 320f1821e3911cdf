import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

/** What ends a message of permessage-deflate and isn't sent (RFC 7692 §7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const WINDOW = 32 * 1024;

/** The peer's half of permessage-deflate. */
export class PeerCompression {
  /** The latest of what was inflated: a message may refer to those before it. */
  #history: Buffer = Buffer.alloc(0);

  inflate(payload: Buffer): Buffer {
    const message = inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#history.length > 0 && { dictionary: this.#history }),
    });
    this.#history = Buffer.concat([this.#history, message]).subarray(-WINDOW);
    return message;
  }

  /** Refers to no message before, and to so little of its own that any window agreed on is wide enough. */
  deflate(message: Buffer): Buffer {
    const deflated = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 9 });
    return deflated.subarray(0, -TAIL.length);
  }
}
