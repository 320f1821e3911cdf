/**
 * RFC 6455 §5 read a second time, slowly: all bytes at once, lengths as BigInt, every rule by itself. Shares no line with
 * the parser under test.
 */
import type { ParsedFrame } from './parsing.js';

export interface ReferenceRules {
  /** Whether frames must be masked: those of a client. */
  readonly masked: boolean;
  readonly limits: {
    readonly maxTextMessageSize: number;
    readonly maxBinaryMessageSize: number;
    readonly maxFrameSize: number;
    readonly maxFragments: number;
  };
  /** RSV bits that mean something, RSV1 being 4. */
  readonly rsv: { readonly first: number; readonly continuation: number };
}

export interface ReferenceResult {
  readonly frames: ParsedFrame[];
  /** What there is of the payload of a data frame that is cut off, in hex. */
  readonly unfinished: string;
  /** The rules that the first bad header breaks, as `code closeCode`: which of them is told is the parser's choice. */
  readonly failures: readonly string[];
  /** The bytes end where a frame does. */
  readonly complete: boolean;
  /** Inside a fragmented message. */
  readonly inMessage: boolean;
}

interface Message {
  readonly opcode: number;
  readonly compressed: boolean;
  fragments: number;
  bytes: bigint;
}

export function referenceParse(bytes: Buffer, rules: ReferenceRules): ReferenceResult {
  const frames: ParsedFrame[] = [];
  let message: Message | null = null;
  let at = 0;
  const stop = (failures: readonly string[], unfinished = ''): ReferenceResult => ({
    frames,
    unfinished,
    failures,
    complete: failures.length === 0 && at === bytes.length,
    inMessage: message !== null,
  });
  while (bytes.length - at >= 2) {
    const bits = [...bytes.subarray(at, at + 2)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const fin = bits[0] === '1';
    const rsv = Number.parseInt(bits.slice(1, 4), 2);
    const opcode = Number.parseInt(bits.slice(4, 8), 2);
    const isMasked = bits[8] === '1';
    const short = Number.parseInt(bits.slice(9), 2);
    const control = opcode >= 8;

    const early: string[] = [];
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) early.push('MOORAGE_INVALID_OPCODE 1002');
    const claimed = control ? 0 : opcode === 0 ? rules.rsv.continuation : rules.rsv.first;
    if ([4, 2, 1].some((bit) => hasBit(rsv, bit) && !hasBit(claimed, bit))) early.push('MOORAGE_RESERVED_BITS 1002');
    if (isMasked && !rules.masked) early.push('MOORAGE_MASK_FORBIDDEN 1002');
    if (!isMasked && rules.masked) early.push('MOORAGE_MASK_REQUIRED 1002');
    if (control && !fin) early.push('MOORAGE_FRAGMENTED_CONTROL 1002');
    if (control && short > 125) early.push('MOORAGE_CONTROL_TOO_LARGE 1002');
    if (early.length > 0) return stop(early);

    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const lengthField = bytes.subarray(at + 2, at + 2 + extended);
    if (lengthField.length < extended) return stop([]);
    const length = extended === 0 ? BigInt(short) : BigInt(`0x${lengthField.toString('hex')}`);
    const shortest = length <= 125n ? 0 : length <= 65535n ? 2 : 8;
    if (extended !== shortest || length >= 2n ** 63n) return stop(['MOORAGE_INVALID_LENGTH 1002']);

    const keyAt = at + 2 + extended;
    const payloadAt = keyAt + (isMasked ? 4 : 0);
    if (payloadAt > bytes.length) return stop([]);

    if (!control) {
      const late: string[] = [];
      if (length > whole(Math.min(rules.limits.maxFrameSize, Number.MAX_SAFE_INTEGER))) {
        late.push('MOORAGE_FRAME_TOO_LARGE 1009');
      }
      if (opcode === 0 && message === null) late.push('MOORAGE_UNEXPECTED_CONTINUATION 1002');
      if (opcode !== 0 && message !== null) late.push('MOORAGE_EXPECTED_CONTINUATION 1002');
      const next: Message = nextMessage(opcode, message, hasAnyBit(rsv, rules.rsv.first));
      next.fragments += 1;
      next.bytes += length;
      if (next.fragments > rules.limits.maxFragments) late.push('MOORAGE_TOO_MANY_FRAGMENTS 1008');
      const { maxTextMessageSize, maxBinaryMessageSize } = rules.limits;
      const limit = next.opcode === 1 ? maxTextMessageSize : maxBinaryMessageSize;
      // Compressed data may be a little larger than what they stand for.
      if (next.bytes > whole(next.compressed ? limit + limit / 8 + 1024 : limit)) {
        late.push('MOORAGE_MESSAGE_TOO_LARGE 1009');
      }
      if (late.length > 0) return stop(late);
      message = fin ? null : next;
    }

    const payloadEnd = BigInt(payloadAt) + length;
    const cut = payloadEnd > BigInt(bytes.length);
    const raw = bytes.subarray(payloadAt, cut ? bytes.length : Number(payloadEnd));
    const key = bytes.subarray(keyAt, payloadAt);
    const payload = Buffer.from(isMasked ? raw.map((byte, i) => byte ^ key[i % 4]!) : raw).toString('hex');
    if (cut) return stop([], control ? '' : payload);
    frames.push({ opcode, fin, rsv, payload });
    at = Number(payloadEnd);
  }
  return stop([]);
}

function nextMessage(opcode: number, message: Message | null, compressed: boolean): Message {
  if (opcode === 0 && message !== null) return { ...message };
  return { opcode, compressed, fragments: 0, bytes: 0n };
}

function hasBit(bits: number, bit: number): boolean {
  return Math.floor(bits / bit) % 2 === 1;
}

function hasAnyBit(bits: number, others: number): boolean {
  return [4, 2, 1].some((bit) => hasBit(bits, bit) && hasBit(others, bit));
}

/** A limit for comparing with BigInt; none is more than any length there can be. */
function whole(limit: number): bigint {
  return limit === Infinity ? 2n ** 80n : BigInt(Math.floor(limit));
}
