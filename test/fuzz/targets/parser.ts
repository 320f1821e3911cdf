import type { FrameParserOptions, Role } from '#moorage/protocol/frame-parser.js';
import { FrameParser } from '#moorage/protocol/frame-parser.js';
import { cut } from '../../support/cuts.js';
import { type Parsed, parse } from '../../support/parsing.js';
import { type ReferenceResult, referenceParse } from '../../support/reference-parser.js';
import { largestAllocation } from '../allocations.js';
import type { Random } from '../random.js';
import { frameStream } from '../streams.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  readonly role: Role;
  readonly limits: number;
  readonly rsv: number;
  readonly hex: string;
  readonly cuts: readonly number[];
}

const LIMITS = [
  { maxTextMessageSize: 400, maxBinaryMessageSize: 500, maxFrameSize: 450, maxFragments: 4 },
  { maxTextMessageSize: 70_000, maxBinaryMessageSize: 70_000, maxFrameSize: Infinity, maxFragments: 4096 },
  { maxTextMessageSize: Infinity, maxBinaryMessageSize: Infinity, maxFrameSize: Infinity, maxFragments: Infinity },
  { maxTextMessageSize: 0, maxBinaryMessageSize: 1, maxFrameSize: 2, maxFragments: 1 },
];
const CLAIMS = [
  { first: 0, continuation: 0 },
  { first: 4, continuation: 0 },
  { first: 4, continuation: 4 },
  { first: 6, continuation: 2 },
];

/** Room for the copies that the watching itself makes, and for blocks of a fixed size. */
const ALLOWANCE = 80 * 1024;

/** The frame parser, against a second reading of RFC 6455 and itself, the stream cut in other places. */
export const parserTarget: Target<Input> = {
  name: 'parser',
  setup: ['role', 'limits', 'rsv'],
  dictionary: ['\x81\x00', '\x01\x00', '\x80\x00', '\x88\x82', '\x89\x80', '\x81\x7e\x00\x7e', '\x82\x7f\x80'],

  generate(random: Random): Input {
    const role = random.pick<Role>(['server', 'client']);
    const rsv = random.below(CLAIMS.length);
    const terms = { masked: role === 'server', compressed: rsv > 0, most: random.oneIn(20) ? 80_000 : 600 };
    const stream = frameStream(random, terms);
    return { role, limits: random.below(LIMITS.length), rsv, hex: stream.toString('hex'), cuts: random.cuts() };
  },

  run({ role, limits, rsv, hex, cuts }: Input): string {
    const bytes = Buffer.from(hex, 'hex');
    const rules = { limits: LIMITS[limits]!, rsv: CLAIMS[rsv]! };
    const expected = referenceParse(bytes, { ...rules, masked: role === 'server' });
    const streams: Buffer[][] = [[bytes], cut(bytes, cuts)];
    if (bytes.length <= 2000) {
      streams.push([...bytes].map((byte) => Buffer.of(byte)));
    }
    for (const chunks of streams) {
      for (const wholeFrames of [false, true]) {
        const options = { role, ...rules, wholeFrames };
        compare(parse(options, ...chunks), expected, wholeFrames);
        checkState(options, chunks, expected, bytes.length);
      }
    }
    const { frames, failures, unfinished } = expected;
    return [failures[0], Math.min(frames.length, 4), frames.at(-1)?.opcode, unfinished !== ''].join();
  },
};

function compare(parsed: Parsed, expected: ReferenceResult, wholeFrames: boolean): void {
  mustEqual(parsed.frames, expected.frames, 'other frames than the reference');
  const { failures } = expected;
  const agrees = parsed.failure === undefined ? failures.length === 0 : failures.includes(parsed.failure);
  must(
    agrees,
    'another failure than the reference',
    () => `${parsed.failure}, expected one of ${failures.join(' | ')}`,
  );
  mustEqual(parsed.unfinished, wholeFrames ? '' : expected.unfinished, 'other bytes of an unfinished frame');
}

function checkState(options: FrameParserOptions, chunks: Buffer[], expected: ReferenceResult, length: number): void {
  if (expected.failures.length > 0) {
    return;
  }
  const parser = new FrameParser(options);
  const largest = largestAllocation(() => {
    for (const chunk of chunks) {
      parser.push(Buffer.from(chunk));
      while (parser.next() !== null);
      must(parser.gathered <= length, 'more gathered than came');
    }
  });
  must(largest <= 2 * length + ALLOWANCE, 'memory by what a header says', () => `${largest} bytes for ${length}`);
  mustEqual(parser.pending, !expected.complete, 'pending is wrong at the end');
  mustEqual(parser.unparsed, 0, 'bytes were left unparsed');
}
