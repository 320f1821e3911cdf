/** Inputs from inputs: what a network, a broken peer or an attacker might make of them. */
import type { Random } from './random.js';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What says how to vary. */
export interface Terms {
  readonly setup: readonly string[];
  readonly dictionary: readonly string[];
}

/** Big-endian lengths where arithmetic goes wrong. */
const LENGTHS = [
  0n,
  1n,
  125n,
  126n,
  127n,
  65535n,
  65536n,
  2n ** 31n,
  2n ** 32n + 5n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
];

/** `input` with one to four changes, some of them pieces of `other`. */
export function vary<Input extends object>(input: Input, other: Input, random: Random, terms: Terms): Input {
  let varied = input as Json;
  for (let change = random.below(4); change >= 0; change--) {
    varied = varyValue(varied, other as Json, random, terms);
  }
  return varied as Input;
}

function varyValue(value: Json, other: Json | undefined, random: Random, terms: Terms): Json {
  if (typeof value === 'string') {
    return varyText(value, typeof other === 'string' ? other : value, random, terms);
  }
  if (typeof value === 'number') {
    return random.pick([0, 1, value + 1, value * 2, Math.max(0, value - 1), random.below(300)]);
  }
  if (typeof value === 'boolean') {
    return !value;
  }
  if (Array.isArray(value)) {
    return varyList(value as readonly Json[], Array.isArray(other) ? (other as readonly Json[]) : [], random, terms);
  }
  return value === null ? value : varyFields(value as { readonly [key: string]: Json }, other, random, terms);
}

function varyFields(
  fields: { readonly [key: string]: Json },
  other: Json | undefined,
  random: Random,
  terms: Terms,
): Json {
  const keys = Object.keys(fields).filter((key) => !terms.setup.includes(key));
  if (keys.length === 0) {
    return fields;
  }
  const key = random.pick(keys);
  const counterpart = (other as { readonly [key: string]: Json } | null | undefined)?.[key];
  const field = fields[key]!;
  if (key === 'hex') {
    const spare = Buffer.from(typeof counterpart === 'string' ? counterpart : '', 'hex');
    return { ...fields, hex: varyBytes(Buffer.from(field as string, 'hex'), spare, random, terms).toString('hex') };
  }
  return { ...fields, [key]: varyValue(field, counterpart, random, terms) };
}

function varyList(list: readonly Json[], other: readonly Json[], random: Random, terms: Terms): Json {
  if (list.length === 0) {
    return other;
  }
  const at = random.below(list.length);
  switch (random.below(6)) {
    case 0:
      return list.toSpliced(at, 1 + random.below(3));
    case 1:
      return list.toSpliced(at, 0, ...list.slice(at, at + 1 + random.below(3)));
    case 2:
      return other.length === 0 ? list : [...list.slice(0, at), ...other.slice(random.below(other.length))];
    case 3: {
      const to = random.below(list.length);
      return list.toSpliced(at, 1).toSpliced(to, 0, list[at]!);
    }
    default:
      return list.with(at, varyValue(list[at]!, other[Math.min(at, other.length - 1)], random, terms));
  }
}

/** Text as the bytes of Latin-1, which is how HTTP parsers give it. */
function varyText(text: string, other: string, random: Random, terms: Terms): string {
  return varyBytes(Buffer.from(text, 'latin1'), Buffer.from(other, 'latin1'), random, terms).toString('latin1');
}

export function varyBytes(bytes: Buffer, other: Buffer, random: Random, { dictionary }: Terms): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.pick([1, 4, 16, 256])));
  const replaced = (by: Uint8Array, until = end): Buffer =>
    Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(until)]);
  switch (random.below(10)) {
    case 0:
      return replaced(Buffer.of((bytes[at] ?? 0) ^ (1 << random.below(8))), at + 1);
    case 1:
      return replaced(Buffer.of(random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])), at + 1);
    case 2:
      return replaced(Buffer.alloc(0));
    case 3:
      return replaced(bytes.subarray(at, end), at);
    case 4:
      return bytes.subarray(0, at);
    case 5: {
      const from = random.below(other.length + 1);
      return replaced(other.subarray(from, from + random.below(64)), random.oneIn(2) ? at : end);
    }
    case 6:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    case 7: {
      const size = random.pick([1, 2, 4, 8]);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(random.pick(LENGTHS));
      return replaced(length.subarray(8 - size), at + size);
    }
    case 8:
      return replaced(random.bytes(random.below(9)), random.oneIn(2) ? at : end);
    default:
      return dictionary.length === 0 ? bytes : replaced(Buffer.from(random.pick(dictionary), 'latin1'), at);
  }
}
