/** permessage-deflate (RFC 7692) by node:zlib alone, as a peer of another make would have it. */
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  deflateRawSync,
  type InflateRaw,
  inflateRawSync,
} from 'node:zlib';

/** One direction of a connection, named by who compresses. */
export interface Direction {
  readonly contextTakeover: boolean;
  /** 9–15. */
  readonly windowBits: number;
}

const { Z_SYNC_FLUSH } = constants;
/** What a sync flush ends with; it is not sent (§7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** Any level makes valid streams, and the fastest leaves the time to the side under test. */
const LEVEL = 1;

/** Compresses what this side sends and expands what it gets. */
export class DeflateCodec {
  readonly #outgoing: Direction;
  readonly #incoming: Direction;
  /** With context takeover each direction is one zlib stream for the life of the connection. */
  readonly #deflate: DeflateRaw | undefined;
  readonly #inflate: InflateRaw | undefined;

  constructor(outgoing: Direction, incoming: Direction) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.#deflate = outgoing.contextTakeover
      ? createDeflateRaw({ windowBits: outgoing.windowBits, level: LEVEL })
      : undefined;
    this.#inflate = incoming.contextTakeover
      ? createInflateRaw({ windowBits: incoming.windowBits, chunkSize: this.#chunkSize() })
      : undefined;
  }

  compress(payload: Buffer): Buffer | Promise<Buffer> {
    if (this.#deflate !== undefined) {
      return through(this.#deflate, [payload], Z_SYNC_FLUSH).then(withoutTail);
    }
    const { windowBits } = this.#outgoing;
    return withoutTail(deflateRawSync(payload, { windowBits, level: LEVEL, finishFlush: Z_SYNC_FLUSH }));
  }

  expand(compressed: Buffer): Buffer | Promise<Buffer> {
    if (this.#inflate !== undefined) {
      return through(this.#inflate, [compressed, TAIL], Z_SYNC_FLUSH);
    }
    return inflateRawSync(Buffer.concat([compressed, TAIL]), {
      windowBits: this.#incoming.windowBits,
      chunkSize: this.#chunkSize(),
      finishFlush: Z_SYNC_FLUSH,
    });
  }

  close(): void {
    this.#deflate?.close();
    this.#inflate?.close();
  }

  /** Output in pieces of a window, so that zlib notices a reference that reaches back past a small one. */
  #chunkSize(): number {
    return 2 ** this.#incoming.windowBits;
  }
}

function through(stream: DeflateRaw | InflateRaw, input: readonly Buffer[], flush: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const onData = (piece: Buffer) => output.push(piece);
    const settle = () => {
      stream.off('data', onData);
      stream.off('error', onError);
    };
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    stream.on('data', onData);
    stream.on('error', onError);
    for (const piece of input) {
      stream.write(piece);
    }
    stream.flush(flush, () => {
      settle();
      resolve(Buffer.concat(output));
    });
  });
}

function withoutTail(flushed: Buffer): Buffer {
  return flushed.subarray(0, flushed.length - TAIL.length);
}
