import type { ConformanceCase } from './case.js';
import { CLOSING } from './cases/closing.js';
import { COMPRESSION_PARAMETERS, COMPRESSION_PAYLOADS } from './cases/compression.js';
import { AUTO_FRAGMENTATION, FRAGMENTATION } from './cases/fragmentation.js';
import { FRAMING } from './cases/framing.js';
import { LIMITS } from './cases/limits.js';
import { UTF8 } from './cases/utf8.js';

/** Every case, in the order of the numbers. */
export const CATALOGUE: readonly ConformanceCase[] = [
  ...FRAMING,
  ...FRAGMENTATION,
  ...UTF8,
  ...CLOSING,
  ...LIMITS,
  ...AUTO_FRAGMENTATION,
  ...COMPRESSION_PAYLOADS,
  ...COMPRESSION_PARAMETERS,
];

export interface Category {
  readonly number: number;
  readonly title: string;
}

export const CATEGORIES: readonly Category[] = [
  { number: 1, title: 'Framing' },
  { number: 2, title: 'Pings and pongs' },
  { number: 3, title: 'Reserved bits' },
  { number: 4, title: 'Reserved opcodes' },
  { number: 5, title: 'Fragmentation' },
  { number: 6, title: 'UTF-8' },
  { number: 7, title: 'Closing' },
  { number: 9, title: 'Limits and round trips' },
  { number: 10, title: 'Automatic fragmentation' },
  { number: 12, title: 'Compression: payloads' },
  { number: 13, title: 'Compression: parameters' },
];

export function categoryOf({ id }: ConformanceCase): number {
  return Number(id.slice(0, id.indexOf('.')));
}
