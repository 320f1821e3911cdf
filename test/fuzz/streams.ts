/** Streams of frames as a peer would send them: valid ones, and such with one rule broken. */
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { header, masked } from '../support/wire.js';
import type { Random } from './random.js';

export interface StreamTerms {
  /** Whether the sender masks. */
  readonly masked: boolean;
  /** Whether some messages say that they are compressed. */
  readonly compressed: boolean;
  /** The longest payload. */
  readonly most: number;
}

interface Fields {
  opcode: number;
  fin: boolean;
  rsv: number;
  payload: Buffer;
  masked: boolean;
  length: bigint;
  lengthBytes: 0 | 2 | 8 | undefined;
}

/** Code points at the ends of what each length of UTF-8 can say, and text that isn't UTF-8. */
const TEXTS = ['', 'text', 'a\u0000b', '\u007f\u0080', '\u07ff\u0800', '\uffff', '\u{10000}', '\u{10ffff}', 'κόσμε'];
const BAD_UTF8 = ['80', 'c0af', 'e0809f', 'eda080', 'f08080af', 'f4908080', 'f8', 'ff', 'c3', 'e282', 'f09f98'];
const CLOSE_CODES = [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999, 0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535];

/** Frames, in an order that is allowed but for the one that breaks a rule, if one does. */
export function frameStream(random: Random, terms: StreamTerms): Buffer {
  const frames: Fields[] = [];
  for (let messages = random.below(6); messages >= 0; messages--) {
    frames.push(...message(random, terms));
  }
  if (random.oneIn(4)) {
    frames.push(frame(8, closePayload(random), terms));
  }
  if (random.oneIn(2)) {
    breakRule(random.pick(frames), random);
  }
  return Buffer.concat(frames.map((fields) => encode(fields, random)));
}

function message(random: Random, terms: StreamTerms): Fields[] {
  if (random.oneIn(4)) {
    return [control(random, terms)];
  }
  const opcode = random.pick([1, 2]);
  const compressed = terms.compressed && !random.oneIn(3);
  const payload = dataPayload(random, opcode, compressed, terms.most);
  const parts = random.oneIn(3) ? 1 + random.below(6) : 1;
  const frames: Fields[] = [];
  for (let part = 0, at = 0; part < parts; part++) {
    const last = part === parts - 1;
    const end = last ? payload.length : Math.min(payload.length, at + random.below(payload.length + 1));
    const fields = frame(part === 0 ? opcode : 0, payload.subarray(at, end), terms);
    frames.push({ ...fields, fin: last, rsv: part === 0 && compressed ? 4 : 0 });
    at = end;
    if (!last && random.oneIn(3)) {
      frames.push(control(random, terms));
    }
  }
  return frames;
}

function dataPayload(random: Random, opcode: number, compressed: boolean, most: number): Buffer {
  const plain =
    opcode === 2 || random.oneIn(3)
      ? random.oneIn(2)
        ? random.bytes(random.length(most))
        : Buffer.alloc(random.oneIn(3) ? random.below(most + 1) : random.length(most), 'abc')
      : Buffer.from(random.oneIn(6) ? Buffer.from(random.pick(BAD_UTF8), 'hex') : random.pick(TEXTS));
  if (!compressed) {
    return plain;
  }
  if (random.oneIn(8)) {
    return random.bytes(random.below(40)); // What no compressor makes.
  }
  const flush = random.oneIn(6) ? zlib.Z_FINISH : zlib.Z_SYNC_FLUSH;
  const deflated = deflateRawSync(plain, {
    finishFlush: flush,
    level: random.below(10),
    windowBits: 9 + random.below(7),
  });
  return flush === zlib.Z_SYNC_FLUSH ? deflated.subarray(0, -4) : deflated;
}

function control(random: Random, terms: StreamTerms): Fields {
  return frame(random.pick([9, 10]), random.bytes(Math.min(125, random.length(125))), terms);
}

function closePayload(random: Random): Buffer {
  if (random.oneIn(6)) {
    return random.bytes(random.below(3));
  }
  const code = Buffer.alloc(2);
  code.writeUInt16BE(random.pick(CLOSE_CODES));
  return Buffer.concat([
    code,
    random.oneIn(4) ? Buffer.from(random.pick(BAD_UTF8), 'hex') : Buffer.from(random.pick(TEXTS)),
  ]);
}

function frame(opcode: number, payload: Buffer, terms: StreamTerms): Fields {
  const { length } = payload;
  return { opcode, fin: true, rsv: 0, payload, masked: terms.masked, length: BigInt(length), lengthBytes: undefined };
}

function breakRule(fields: Fields, random: Random): void {
  switch (random.below(8)) {
    case 0:
      fields.opcode = random.below(16);
      break;
    case 1:
      fields.rsv = random.below(8);
      break;
    case 2:
      fields.fin = !fields.fin;
      break;
    case 3:
      fields.masked = !fields.masked;
      break;
    case 4:
      fields.payload = random.bytes(random.pick([0, 1, 125, 126, 127]));
      fields.length = BigInt(fields.payload.length);
      fields.lengthBytes = random.pick([2, 8]);
      break;
    case 5:
      fields.length = random.pick([
        126n,
        65536n,
        2n ** 31n,
        2n ** 32n,
        2n ** 53n,
        2n ** 62n,
        2n ** 63n,
        2n ** 64n - 1n,
      ]);
      break;
    case 6:
      fields.payload = random.bytes(130);
      fields.length = 130n;
      break;
    default:
      fields.payload = fields.payload.subarray(0, random.below(fields.payload.length + 1)); // The rest never comes.
  }
}

function encode({ payload, masked: hasMask, lengthBytes, ...fields }: Fields, random: Random): Buffer {
  const key = hasMask ? [...random.bytes(4)] : undefined;
  const form = lengthBytes === undefined ? {} : { lengthBytes };
  return Buffer.concat([header({ ...fields, ...form, key }), key === undefined ? payload : masked(payload, key)]);
}
