/** RFC 1951 bit by bit, after its text: an oracle for inflating that shares nothing with zlib. */

export class DeflateDataError extends Error {}
export class OutputLimitError extends Error {}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Codes by their bits. */
type Codes = ReadonlyMap<string, number>;

/**
 * The data of one message of RFC 7692 §7.2.2: `00 00 ff ff` appended, all blocks one after the other, whatever comes
 * behind a final one included.
 *
 * @param history what the data may refer back to.
 * @throws DeflateDataError, or OutputLimitError for more than `limit` bytes.
 */
export function referenceInflate(compressed: Buffer, history: Buffer, limit: number): Buffer {
  return new Inflation(Buffer.concat([compressed, Buffer.of(0, 0, 0xff, 0xff)]), history, limit).run(compressed.length);
}

/** Whether `input` as it stands is blocks, the last of which ends with its last byte. */
export function endsWithBlock(input: Buffer, history: Buffer, limit: number): boolean {
  const inflation = new Inflation(input, history, limit);
  try {
    inflation.run(input.length);
    return true;
  } catch (cause) {
    if (cause instanceof DeflateDataError) return false;
    throw cause;
  }
}

class Inflation {
  readonly #input: Buffer;
  readonly #output: number[];
  readonly #start: number;
  readonly #limit: number;
  #bit = 0;

  constructor(input: Buffer, history: Buffer, limit: number) {
    this.#input = input;
    this.#output = [...history];
    this.#start = history.length;
    this.#limit = limit;
  }

  run(given: number): Buffer {
    while (this.#bit < this.#input.length * 8) {
      const final = this.#bits(1) === 1;
      this.#block(this.#bits(2));
      if (final) {
        this.#align();
        if (this.#bit >= given * 8) break; // Nothing but what was appended is left.
      }
    }
    return Buffer.from(this.#output.slice(this.#start));
  }

  #bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#bit++) {
      const byte = this.#input[Math.floor(this.#bit / 8)];
      if (byte === undefined) throw new DeflateDataError('ends inside a block');
      value += (Math.floor(byte / 2 ** (this.#bit % 8)) % 2) * 2 ** i;
    }
    return value;
  }

  #align(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
  }

  #emit(byte: number): void {
    if (this.#output.length - this.#start >= this.#limit) throw new OutputLimitError();
    this.#output.push(byte);
  }

  #block(type: number): void {
    if (type === 0) {
      this.#stored();
    } else if (type === 1) {
      const lengths = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
      this.#compressed(codesOf(lengths), codesOf(Array.from({ length: 30 }, () => 5)));
    } else if (type === 2) {
      this.#dynamic();
    } else {
      throw new DeflateDataError('reserved block type');
    }
  }

  #stored(): void {
    this.#align();
    const length = this.#bits(16);
    if (this.#bits(16) !== 65535 - length) throw new DeflateDataError('LEN and NLEN differ');
    for (let i = 0; i < length; i++) this.#emit(this.#bits(8));
  }

  #dynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    if (literals > 286 || distances > 30) throw new DeflateDataError('too many codes');
    const codeLengths = new Array<number>(19).fill(0);
    for (let count = this.#bits(4) + 4, i = 0; i < count; i++) codeLengths[CODE_ORDER[i]!] = this.#bits(3);
    const codes = codesOf(codeLengths, 'complete');
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(codes);
      if (symbol < 16) {
        lengths.push(symbol);
      } else {
        const previous = symbol === 16 ? lengths.at(-1) : 0;
        if (previous === undefined) throw new DeflateDataError('nothing to repeat');
        const repeat = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
        for (let i = 0; i < repeat; i++) lengths.push(previous);
      }
    }
    if (lengths.length > literals + distances) throw new DeflateDataError('too many lengths');
    if (lengths[256] === 0) throw new DeflateDataError('no end of block');
    this.#compressed(codesOf(lengths.slice(0, literals), 'one'), codesOf(lengths.slice(literals), 'one'));
  }

  #compressed(literals: Codes, distances: Codes): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#emit(symbol);
        continue;
      }
      const base = LENGTH_BASE[symbol - 257];
      if (base === undefined) throw new DeflateDataError('length symbol');
      const length = base + this.#bits(LENGTH_EXTRA[symbol - 257]!);
      const distanceSymbol = this.#symbol(distances);
      const distanceBase = DISTANCE_BASE[distanceSymbol];
      if (distanceBase === undefined) throw new DeflateDataError('distance symbol');
      const distance = distanceBase + this.#bits(DISTANCE_EXTRA[distanceSymbol]!);
      if (distance > this.#output.length) throw new DeflateDataError('too far back');
      for (let i = 0; i < length; i++) this.#emit(this.#output[this.#output.length - distance]!);
    }
  }

  #symbol(codes: Codes): number {
    let bits = '';
    while (bits.length < 15) {
      bits += this.#bits(1);
      const symbol = codes.get(bits);
      if (symbol !== undefined) return symbol;
    }
    throw new DeflateDataError('no such code');
  }
}

/** RFC 1951 §3.2.2. What zlib refuses is refused: more codes than fit, and fewer but for a single one where that is `one`. */
function codesOf(lengths: readonly number[], incomplete: 'fixed' | 'complete' | 'one' = 'fixed'): Codes {
  const codes = new Map<string, number>();
  let code = 0;
  let room = 1;
  for (let length = 1; length <= 15; length++) {
    code *= 2;
    for (const [symbol, of] of lengths.entries()) {
      if (of !== length) continue;
      room -= 2 ** -length;
      if (room < 0) throw new DeflateDataError('too many codes of a length');
      codes.set(code.toString(2).padStart(length, '0'), symbol);
      code += 1;
    }
  }
  const single = codes.size === 0 || (codes.size === 1 && codes.has('0'));
  if (room > 0 && incomplete !== 'fixed' && !(incomplete === 'one' && single)) {
    throw new DeflateDataError('codes that leave bits without a meaning');
  }
  return codes;
}
