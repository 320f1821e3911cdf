import { deflateRawSync, constants as zlib } from 'node:zlib';
import { BadPayloadError, CloseError, MessageTooLargeError } from '#moorage/protocol/errors.js';
import { Codecs, sharedCodecs } from '#moorage/protocol/extensions/codecs.js';
import type { Extension } from '#moorage/protocol/extensions/extension.js';
import { perMessageDeflateBy } from '#moorage/protocol/extensions/permessage-deflate.js';
import { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { DEFAULT_LIMITS } from '#moorage/protocol/limits.js';
import { Opcode } from '#moorage/protocol/opcode.js';
import { cut } from '../../support/cuts.js';
import {
  DeflateDataError,
  endsWithBlock,
  OutputLimitError,
  referenceInflate,
} from '../../support/reference-inflate.js';
import { largestAllocation } from '../allocations.js';
import type { Random } from '../random.js';
import { Finding, must, type Target } from '../target.js';

interface Input {
  /** What went before in the stream. */
  readonly history: string;
  readonly limit: number;
  /** One message, without its last flush. */
  readonly hex: string;
  readonly cuts: readonly number[];
}

type Outcome = { readonly data: string } | { readonly failure: 'invalid' | 'too large' };

/**
 * What zlib gets behind the data, to tell data that are whole from such as were cut short. A last block that lacks
 * exactly these bytes takes them for its own, and zlib can't tell; it harms nobody.
 */
const BEHIND = Buffer.from('0000ffff010000ffff', 'hex');
/** The reference is slow: enough for the largest limit that is made. */
const MOST_OUTPUT = 200_000;
/** zlib's steps of output, and what is held of the input. */
const ALLOWANCE = 200 * 1024;

/** The largest window both ways, so that all of the history can be referred to. */
const OPTIONS = { contextTakeover: true, windowBits: 15 };
const COMPRESSED = 4;
/** Everything that inflates: of the process, by Node's public functions alone, and as it comes. */
const WAYS: readonly Way[] = [
  { extension: perMessageDeflateBy(sharedCodecs(), OPTIONS), pieces: false },
  { extension: perMessageDeflateBy(new Codecs(null), OPTIONS), pieces: false },
  { extension: perMessageDeflateBy(sharedCodecs(), OPTIONS), pieces: true },
];

interface Way {
  readonly extension: Extension;
  readonly pieces: boolean;
}

/** Inflating one message, against a second reading of RFC 1951. */
export const inflaterTarget: Target<Input> = {
  name: 'inflater',
  setup: [],
  dictionary: [
    '\x00\x00\x00\xff\xff',
    '\x01\x00\x00\xff\xff',
    '\x00\x00\xff\xff',
    '\x03\x00',
    '\x02\x00',
    '\x00',
    '\x05\xe0\x81',
  ],

  generate(random: Random): Input {
    const history = Buffer.alloc(
      random.oneIn(3) ? random.length(40_000) : 0,
      random.pick(['abc', 'x', 'The history. ']),
    );
    const runs = random.oneIn(4) ? 1 + random.below(random.oneIn(10) ? 80 : 4) : 1;
    const compressed = Buffer.concat(random.list(runs, () => run(random, history)));
    const limit = random.pick([0, 1, 100, 1024, 65536, MOST_OUTPUT, random.below(500)]);
    return { history: history.toString('latin1'), limit, hex: compressed.toString('hex'), cuts: random.cuts() };
  },

  async run({ history, limit: wanted, hex, cuts }: Input): Promise<string> {
    const limit = Math.min(MOST_OUTPUT, wanted);
    const compressed = Buffer.from(hex, 'hex');
    const before = Buffer.from(history, 'latin1').subarray(-32_768);
    const expected = reference(compressed, before, limit);
    let actual: Outcome = { data: '' };
    for (const way of WAYS) {
      actual = await outcome(way, compressed, cuts, before, limit);
      // As they come, data can pass the limit before they turn out to be broken.
      const sooner = way.pieces && 'failure' in actual && expected !== undefined && 'failure' in expected;
      if (expected !== undefined && !sooner) {
        must(
          JSON.stringify(actual) === JSON.stringify(expected),
          `inflates to other data than the reference${'failure' in actual ? `: ${actual.failure}` : ''}`,
          () => `${JSON.stringify(actual).slice(0, 300)}, expected ${JSON.stringify(expected).slice(0, 300)}`,
        );
      }
    }
    return 'failure' in actual
      ? actual.failure
      : `${Math.ceil(Math.log2(actual.data.length + 1))},${before.length > 0}`;
  },
};

function run(random: Random, history: Buffer): Buffer {
  if (random.oneIn(8)) {
    return random.bytes(random.below(60));
  }
  const plain = random.oneIn(2) ? Buffer.alloc(random.length(100_000), 'abcd') : random.bytes(random.length(3000));
  const flush = random.pick([zlib.Z_SYNC_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FINISH, zlib.Z_FULL_FLUSH]);
  const dictionary = history.length > 0 && random.oneIn(2) ? { dictionary: history.subarray(-32_768) } : {};
  const strategy = random.pick([zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]);
  const deflated = deflateRawSync(plain, { finishFlush: flush, level: random.below(10), strategy, ...dictionary });
  return flush !== zlib.Z_FINISH && !random.oneIn(4) ? deflated.subarray(0, -4) : deflated;
}

/** `undefined` where the two may differ: data over the limit that are broken further on, or just as short as `BEHIND` is long. */
function reference(compressed: Buffer, history: Buffer, limit: number): Outcome | undefined {
  try {
    const data = compressed.length === 0 ? compressed : referenceInflate(compressed, history, limit);
    return { data: data.toString('hex') };
  } catch (cause) {
    if (cause instanceof OutputLimitError) return undefined;
    if (!(cause instanceof DeflateDataError)) throw cause;
    return endsWithBlock(Buffer.concat([compressed, BEHIND]), history, Infinity) ? undefined : { failure: 'invalid' };
  }
}

/** Sends the history as a message, then the one in question in pieces of one frame. */
async function outcome(
  { extension, pieces: wanted }: Way,
  compressed: Buffer,
  cuts: readonly number[],
  history: Buffer,
  limit: number,
): Promise<Outcome> {
  const limits = { ...DEFAULT_LIMITS };
  const instance = extension.accept([])!.create({ limits, rsv: extension.rsv!, wantsPieces: () => wanted });
  let data: Buffer | undefined;
  const next = ({ payload, startsMessage }: IncomingFrame): void => {
    data = startsMessage ? Buffer.from(payload) : Buffer.concat([data!, payload]);
  };
  if (history.length > 0) {
    const sent = deflateRawSync(history, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
    await instance.receive(piece(sent, true, true), next);
    must(data?.equals(history) === true, 'a message of zlib comes out changed');
  }
  limits.maxBinaryMessageSize = limit;
  const pieces = cut(compressed, cuts).filter(({ length }, at, all) => length > 0 || at === all.length - 1);
  let thrown: unknown;
  let largest = 0;
  for (const [at, bytes] of pieces.entries()) {
    let settling: void | Promise<void> | undefined;
    const asked = largestAllocation(() => {
      try {
        settling = instance.receive(piece(bytes, at === 0, at === pieces.length - 1), next);
      } catch (cause) {
        thrown = cause;
      }
    });
    largest = Math.max(largest, asked);
    try {
      await settling;
    } catch (cause) {
      thrown = cause;
    }
    if (thrown !== undefined) break;
  }
  const room = 3 * (compressed.length + limit) + ALLOWANCE;
  must(
    largest <= room,
    'memory by what compressed data say',
    () => `${largest} bytes for ${compressed.length}, ${limit}`,
  );
  try {
    if (thrown !== undefined) throw thrown;
    must(data!.length <= limit, 'more than the limit');
    return { data: data!.toString('hex') };
  } catch (cause) {
    if (cause instanceof MessageTooLargeError) return { failure: 'too large' };
    if (cause instanceof BadPayloadError) return { failure: 'invalid' };
    must(cause instanceof CloseError || cause instanceof Finding, 'an untyped error', () => String(cause));
    throw cause;
  } finally {
    instance.close?.();
  }
}

function piece(bytes: Buffer, starts: boolean, ends: boolean): IncomingFrame {
  return new IncomingFrame(Opcode.Binary, true, COMPRESSED, bytes, 0, bytes.length, starts, ends, false);
}
