/** What compressed messages are cut from: as much data of each kind as the catalogue asks for, the same in every run. */

export type CorpusName = 'json' | 'bitmap' | 'prose' | 'html' | 'document';

/** Of so many bytes are the messages of one length made; then they come again. */
const DISTINCT_BYTES = 2 * 1024 * 1024;

/** A body of data, and messages out of it. */
export class Corpus {
  readonly title: string;
  readonly type: 'text' | 'binary';
  readonly #make: () => Buffer;
  #bytes: Buffer | undefined;
  /** Where each code point of text begins. */
  #starts: Uint32Array | undefined;
  readonly #slices = new Map<string, Buffer>();

  constructor(title: string, type: 'text' | 'binary', make: () => Buffer) {
    this.title = title;
    this.type = type;
    this.#make = make;
  }

  get unit(): string {
    return this.type === 'text' ? 'code points' : 'bytes';
  }

  get bytes(): Buffer {
    this.#bytes ??= this.#make();
    return this.#bytes;
  }

  /**
   * The message of this number: so many units from where the one before it ended, round and round. The same message is
   * the same buffer, in every case.
   */
  slice(index: number, length: number): Buffer {
    const number = index % Math.ceil(DISTINCT_BYTES / length);
    const key = `${length} ${number}`;
    const slice = this.#slices.get(key) ?? this.#cut(number * length, length);
    this.#slices.set(key, slice);
    return slice;
  }

  #cut(start: number, length: number): Buffer {
    const { bytes } = this;
    const starts = this.type === 'text' ? this.#codePoints() : undefined;
    const units = starts === undefined ? bytes.length : starts.length - 1;
    const from = start % units;
    const at = (unit: number) => starts?.[unit] ?? unit;
    if (from + length <= units) {
      return bytes.subarray(at(from), at(from + length));
    }
    return Buffer.concat([bytes.subarray(at(from)), bytes.subarray(0, at(from + length - units))]);
  }

  #codePoints(): Uint32Array {
    this.#starts ??= Uint32Array.from(codePointStarts(this.bytes));
    return this.#starts;
  }
}

function* codePointStarts(bytes: Buffer): Iterable<number> {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at]! & 0xc0) !== 0x80) {
      yield at;
    }
  }
  yield bytes.length;
}

export const CORPORA: Readonly<Record<CorpusName, Corpus>> = {
  json: new Corpus('a large JSON document (194,056 bytes)', 'text', () => exactly(194_056, jsonRecord)),
  bitmap: new Corpus('a picture of 512 × 512 grey pixels (263,222 bytes)', 'binary', () => picture(263_222)),
  prose: new Corpus('German prose (222,218 bytes)', 'binary', () => exactly(222_218, sentence)),
  html: new Corpus('a large HTML page (263,647 bytes)', 'text', () => exactly(263_647, htmlRow)),
  document: new Corpus('a document with compressed pictures (1,042,328 bytes)', 'binary', () =>
    exactly(1_042_328, page),
  ),
};

/** Numbers that look random and are not (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 up to and without `bound`. */
  roll(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick(list: readonly string[]): string {
    return list[this.roll(list.length)] as string;
  }
}

const WORDS =
  'Ach über alle Gipfel zieht ein stiller Wind und trägt den Klang der fernen Glocken durch das grüne Tal wo Mühlen stehen während späte Gäste schöne Märchen hören Straße Fluß Brücke Nacht Träume öffnen früh Äste müde'.split(
    ' ',
  );
const NAMES = ['Zoë', 'Jürgen', 'Ελένη', '雪', 'Александр', 'María José', '😀', 'Björk', 'نور'];

/** Pieces until there are so many bytes; what would be cut inside a code point is filled up with spaces. */
function exactly(length: number, piece: (dice: Dice, index: number) => Buffer): Buffer {
  const dice = new Dice(length);
  const bytes = Buffer.alloc(length, ' ');
  let at = 0;
  for (let index = 0; ; index++) {
    const next = piece(dice, index);
    if (at + next.length > length) {
      return bytes;
    }
    at += next.copy(bytes, at);
  }
}

function jsonRecord(dice: Dice, index: number): Buffer {
  const record = {
    id: index,
    guid: dice.roll(2 ** 31).toString(16),
    isActive: dice.roll(2) === 0,
    balance: `€${dice.roll(400_000) / 100}`,
    name: `${dice.pick(NAMES)} ${dice.pick(WORDS)}`,
    about: Array.from({ length: 12 }, () => dice.pick(WORDS)).join(' '),
    registered: new Date(1.3e12 + dice.roll(2 ** 30)).toISOString(),
    tags: Array.from({ length: 4 }, () => dice.pick(WORDS).toLowerCase()),
  };
  return Buffer.from(`${JSON.stringify(record, null, 2)},\n`);
}

function sentence(dice: Dice, index: number): Buffer {
  const words = Array.from({ length: 6 + dice.roll(9) }, () => dice.pick(WORDS));
  return Buffer.from(`${words.join(' ')}${index % 3 === 2 ? '!\n\n' : ',\n'}`);
}

function htmlRow(dice: Dice, index: number): Buffer {
  const cells = Array.from(
    { length: 4 },
    () => `<td class="c${dice.roll(9)}">${dice.pick(WORDS)} &amp; ${dice.pick(NAMES)}</td>`,
  );
  return Buffer.from(`<tr id="row-${index}" data-n="${dice.roll(10_000)}">\n  ${cells.join('\n  ')}\n</tr>\n`);
}

/** Structure that compresses well, around a picture that doesn't at all. */
function page(dice: Dice, index: number): Buffer {
  const picture = Buffer.from(Array.from({ length: 700 + dice.roll(900) }, () => dice.roll(256)));
  return Buffer.concat([
    Buffer.from(
      `${index} 0 obj\n<< /Type /XObject /Subtype /Image /Filter /DCTDecode /Length ${picture.length} >>\nstream\n`,
      'latin1',
    ),
    picture,
    Buffer.from(
      `\nendstream\nendobj\n${index + 1} 0 obj\n<< /Type /Page /Parent 2 0 R /Contents ${dice.roll(999)} 0 R >>\nendobj\n`,
    ),
  ]);
}

/** A bitmap: a header, a palette of greys, and soft shapes with grain. */
function picture(length: number): Buffer {
  const dice = new Dice(512);
  const pixels = 512 * 512;
  const bytes = Buffer.alloc(length, 0);
  bytes.write('BM');
  for (let grey = 0; grey < 256; grey++) {
    bytes.fill(grey, 54 + grey * 4, 57 + grey * 4);
  }
  const start = length - pixels;
  for (let at = 0; at < pixels; at++) {
    const [x, y] = [at % 512, at >> 9];
    const shade = 128 + 60 * Math.sin(x / 40) * Math.cos(y / 55) + 40 * Math.sin((x + y) / 90);
    bytes[start + at] = Math.round(shade) + dice.roll(4);
  }
  return bytes;
}
