/** Inflating whole messages within a limit by Node's public functions: nothing is held between them. */
import { constants as bufferConstants } from 'node:buffer';
import { type InflateRaw, inflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { BadPayloadError, MessageTooLargeError } from '../errors.js';

/**
 * RFC 7692 §7.2.2 appends `00 00 ff ff`, which the sender took away. Behind it an empty final block, so that zlib says
 * whether the data ended where blocks end: data that were cut short are an error and not a shorter message.
 */
export const ENDING: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff]);
/** Bytes of that final block. */
const OWN_BLOCK = 5;
/** Compressed bytes from which the work is done off the event loop. */
export const ASYNCHRONOUS_FROM = 64 * 1024;
/** What a call on the event loop may come to: a millisecond or two. */
export const SYNCHRONOUS_OUTPUT = 1024 * 1024;
/** The farthest that deflate can refer back. */
const LARGEST_WINDOW = 32 * 1024;
/** Final blocks in one message: each costs a call, so their number has to be bounded. */
const MAX_FINAL_BLOCKS = 64;

/** What zlib gives with the option `info`, which Node documents and its typings leave out. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: Pick<InflateRaw, 'bytesWritten'>;
}

const inflateNow = inflateRawSync as unknown as (input: Uint8Array, options: ZlibOptions) => Inflated;

function inflateLater(input: Uint8Array, options: ZlibOptions): Promise<Inflated> {
  return new Promise((resolve, reject) => {
    inflateRaw(input, options, (error, result) =>
      error === null ? resolve(result as unknown as Inflated) : reject(error),
    );
  });
}

/**
 * The data of `compressed`, whose last flush has been replaced by `ENDING`. Asynchronous when there is much of it.
 *
 * @param history what went before in the same stream.
 * @param limit bytes that the data may come to; inflating stops there.
 * @throws MessageTooLargeError, or BadPayloadError `MOORAGE_INVALID_COMPRESSED_DATA`; also as a rejection.
 */
export function inflateWhole(compressed: Buffer, history: Buffer | undefined, limit: number): Buffer | Promise<Buffer> {
  if (compressed.length < ASYNCHRONOUS_FROM) {
    const atOnce = Math.min(limit, SYNCHRONOUS_OUTPUT);
    try {
      const stream = new BlockStream(compressed, history, atOnce);
      while (!stream.isDone) {
        stream.took(inflateNow(stream.rest, stream.options));
      }
      return stream.data;
    } catch (cause) {
      if (!isTooLarge(cause) || atOnce === limit) {
        throw inflateFailure(cause, limit);
      }
    }
  }
  return inflateAside(new BlockStream(compressed, history, limit), limit);
}

async function inflateAside(stream: BlockStream, limit: number): Promise<Buffer> {
  try {
    while (!stream.isDone) {
      stream.took(await inflateLater(stream.rest, stream.options));
    }
    return stream.data;
  } catch (cause) {
    throw inflateFailure(cause, limit);
  }
}

/**
 * Data in several runs: zlib stops at a final block, and RFC 7692 §7.2.3.4 lets others follow, which may refer to what
 * came before. Nearly always there is one run, which ends at the block of ours.
 */
class BlockStream {
  rest: Buffer;
  isDone = false;
  #history: Buffer | undefined;
  readonly #runs: Buffer[] = [];
  #room: number;

  constructor(input: Buffer, history: Buffer | undefined, limit: number) {
    this.rest = input;
    this.#history = history;
    this.#room = Math.min(limit, bufferConstants.MAX_LENGTH);
  }

  get options(): ZlibOptions & { info: true } {
    const options = {
      info: true as const,
      maxOutputLength: Math.max(1, this.#room),
      chunkSize: chunkSizeFor(this.rest.length),
    };
    return this.#history === undefined ? options : { ...options, dictionary: this.#history };
  }

  get data(): Buffer {
    return this.#runs.length === 1 ? (this.#runs[0] as Buffer) : Buffer.concat(this.#runs);
  }

  took({ buffer, engine }: Inflated): void {
    this.#runs.push(buffer);
    this.#room -= buffer.length;
    if (this.#room < 0) {
      throw tooLarge();
    }
    this.rest = this.rest.subarray(engine.bytesWritten);
    checkRest(this.rest.length);
    // A final block with nothing after it ends the data too: some peers leave out the byte that should follow.
    this.isDone = this.rest.length <= ENDING.length;
    if (!this.isDone) {
      checkRuns(this.#runs.length);
      this.#history = lastOf(this.#history, buffer);
    }
  }
}

/** @throws BadPayloadError where the data reach into what was put behind them. `rest` is what zlib left of both. */
export function checkRest(rest: number): void {
  if (rest > 0 && rest < OWN_BLOCK) {
    throw new BadPayloadError(
      'MOORAGE_INVALID_COMPRESSED_DATA',
      "Compressed data that can't be inflated: their last block takes bytes for its own that were not sent (RFC 7692 §7.2.2).",
    );
  }
}

/** @throws BadPayloadError where one more run would be too many. */
export function checkRuns(runs: number): void {
  if (runs >= MAX_FINAL_BLOCKS) {
    throw new BadPayloadError(
      'MOORAGE_INVALID_COMPRESSED_DATA',
      `Compressed data with more than ${MAX_FINAL_BLOCKS} final blocks.`,
    );
  }
}

function lastOf(history: Buffer | undefined, data: Buffer): Buffer | undefined {
  const all = history === undefined ? data : Buffer.concat([history, data]);
  return all.length === 0 ? undefined : all.subarray(-LARGEST_WINDOW);
}

/** For a guess at eight times the input: a chunk too many costs less than one too large. */
function chunkSizeFor(length: number): number {
  return length <= 128 ? 1024 : length <= 8192 ? 16 * 1024 : 64 * 1024;
}

function isTooLarge(cause: unknown): boolean {
  return cause instanceof MessageTooLargeError || (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function tooLarge(): MessageTooLargeError {
  return new MessageTooLargeError('MOORAGE_MESSAGE_TOO_LARGE', 'Compressed message over the limit.');
}

export function inflatedTooLarge(limit: number): MessageTooLargeError {
  return new MessageTooLargeError(
    'MOORAGE_MESSAGE_TOO_LARGE',
    `Compressed message that inflates to more than the ${limit} bytes that are left of its limit. Raise maxTextMessageSize or maxBinaryMessageSize if peers may send so much.`,
  );
}

/** What is wrong, in our own words: zlib's are the cause. */
export function inflateFailure(cause: unknown, limit: number): Error {
  if (isTooLarge(cause)) {
    // Without its cause, which says nothing new: an error holds on to what its stack trace names, here to zlib's stream and
    // all that it inflated, and would keep it for as long as the connection takes to end.
    return inflatedTooLarge(limit);
  }
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR' || code === 'Z_NEED_DICT') {
    return new BadPayloadError(
      'MOORAGE_INVALID_COMPRESSED_DATA',
      `Compressed data that can't be inflated: ${code === 'Z_BUF_ERROR' ? 'they end inside a block' : (cause as Error).message} (RFC 7692 §7.2.2).`,
      { cause },
    );
  }
  return cause as Error;
}
