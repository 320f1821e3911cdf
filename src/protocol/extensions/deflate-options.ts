import { checkIsObject } from '../invalid-argument.js';
/** What a user can say of compression, for both the extension of RFC 7692 and the drafts before it. */
export interface DeflateOptions {
  /** Bytes from which a message is compressed; from 0. Shorter ones gain nothing and cost the same. Default 1,024. */
  threshold?: number;
  /** 0 (none) – 9 (smallest). Default 3: a few percent larger than zlib's usual 6, in half of the time. */
  level?: number;
  /** 1–9: memory of a compressor, 2^(memLevel + 9) bytes; connections share it. Default 8. */
  memLevel?: number;
  /**
   * Whether messages may refer to those before them, both ways: smaller messages, for up to 2 × 2^windowBits bytes for
   * each connection, and up to 12 MiB for the compressors of those that send most. Default `false`.
   */
  contextTakeover?: boolean;
  /** 9–15: with context takeover, the logarithm of the bytes that each direction keeps. Default 12, which is 4 KiB. */
  windowBits?: number;
}

export type CheckedDeflateOptions = Readonly<Required<DeflateOptions>>;

const DEFAULTS: CheckedDeflateOptions = {
  threshold: 1024,
  level: 3,
  memLevel: 8,
  contextTakeover: false,
  windowBits: 12,
};

const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  threshold: [0, Infinity],
  level: [0, 9],
  memLevel: [1, 9],
  windowBits: [9, 15],
};

/** @throws RangeError for an unknown option or a value that can't be; the message lists all of them. */
export function checkDeflateOptions(options: DeflateOptions): CheckedDeflateOptions {
  checkIsObject('What sets compression up', options);
  const problems = deflateOptionProblems(options);
  if (problems.length > 0) {
    throw new RangeError(`Compression can't be set up so: ${problems.join(' ')}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...DEFAULTS, ...Object.fromEntries(given) });
}

/** What is wrong with the options, one text each. */
export function deflateOptionProblems(options: object): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (!Object.hasOwn(DEFAULTS, name)) {
      return [`${name} is not an option. The options are ${Object.keys(DEFAULTS).join(', ')}.`];
    }
    if (value === undefined) {
      return [];
    }
    const range = RANGES[name];
    if (range === undefined) {
      return typeof value === 'boolean' ? [] : [`${name} is ${String(value)}. Accepted: true or false.`];
    }
    const [least, most] = range;
    const fits = (Number.isSafeInteger(value) || value === Infinity) && value >= least && value <= most;
    const accepted =
      most === Infinity ? `a whole number from ${least}, or Infinity` : `a whole number from ${least} to ${most}`;
    return fits ? [] : [`${name} is ${String(value)}. Accepted: ${accepted}.`];
  });
}
