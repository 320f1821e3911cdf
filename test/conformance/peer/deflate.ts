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
const LARGEST = 15;
/** Room for the largest message of the suite, so that expanding it in a stream is one round trip to zlib's thread. */
const WHOLE_MESSAGE = 256 * 1024;

/** What messages became that don't depend on those before them; many cases send the same ones. */
const alone = new WeakMap<Buffer, Map<number, Buffer>>();

/** Compresses what this side sends and expands what it gets. */
export class DeflateCodec {
  readonly #outgoing: Direction;
  readonly #incoming: Direction;
  /** With context takeover a direction is one zlib stream for the life of the connection. */
  readonly #deflate: DeflateRaw | undefined;
  readonly #inflate: InflateRaw | undefined;
  /** The window of a small one with context takeover, which is kept here instead. */
  #window: Buffer = Buffer.alloc(0);

  constructor(outgoing: Direction, incoming: Direction) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    if (outgoing.contextTakeover) {
      this.#deflate = createDeflateRaw({ windowBits: outgoing.windowBits, level: LEVEL, chunkSize: WHOLE_MESSAGE });
    }
    if (incoming.contextTakeover && incoming.windowBits === LARGEST) {
      this.#inflate = createInflateRaw({ chunkSize: WHOLE_MESSAGE });
    }
  }

  compress(payload: Buffer): Buffer | Promise<Buffer> {
    if (this.#deflate !== undefined) {
      return through(this.#deflate, [payload], Z_SYNC_FLUSH).then(withoutTail);
    }
    const { windowBits } = this.#outgoing;
    const known = alone.get(payload) ?? new Map<number, Buffer>();
    alone.set(payload, known);
    const compressed =
      known.get(windowBits) ??
      withoutTail(deflateRawSync(payload, { windowBits, level: LEVEL, finishFlush: Z_SYNC_FLUSH }));
    known.set(windowBits, compressed);
    return compressed;
  }

  expand(compressed: Buffer): Buffer | Promise<Buffer> {
    if (this.#inflate !== undefined) {
      return through(this.#inflate, [compressed, TAIL], Z_SYNC_FLUSH);
    }
    const { contextTakeover, windowBits } = this.#incoming;
    const expanded = inflateRawSync(Buffer.concat([compressed, TAIL]), {
      windowBits,
      // Output in pieces of a window, so that zlib notices a reference that reaches back past a small one.
      chunkSize: 2 ** windowBits,
      finishFlush: Z_SYNC_FLUSH,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    if (contextTakeover) {
      this.#window = Buffer.from(Buffer.concat([this.#window, expanded]).subarray(-(2 ** windowBits)));
    }
    return expanded;
  }

  close(): void {
    this.#deflate?.close();
    this.#inflate?.close();
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
