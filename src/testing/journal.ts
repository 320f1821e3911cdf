/** How many of the latest lines a failure shows. */
const SHOWN = 25;

/** What happened on one connection, for the message of an expectation that fails. */
export class Journal {
  readonly #now: () => number;
  readonly #lines: string[] = [];
  #dropped = 0;

  /** @param now the time that is written before each line. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  add(line: string): void {
    this.#lines.push(`${String(this.#now()).padStart(8)}  ${shortened(line)}`);
    if (this.#lines.length > SHOWN) {
      this.#lines.shift();
      this.#dropped += 1;
    }
  }

  toString(): string {
    const earlier = this.#dropped === 0 ? [] : [`          (${this.#dropped} earlier lines)`];
    return [...earlier, ...this.#lines].join('\n');
  }
}

const SHOWN_TEXT = 160;
const SHOWN_BYTES = 32;

/** A text, cut to what fits on a line. */
export function shortened(text: string): string {
  return text.length <= SHOWN_TEXT ? text : `${text.slice(0, SHOWN_TEXT)}… (${text.length} characters)`;
}

/** A text in quotes, cut to what fits on a line. */
export function quoted(text: string): string {
  return text.length <= SHOWN_TEXT
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, SHOWN_TEXT))}… (${text.length} characters)`;
}

/** Bytes in hexadecimal, cut to what fits on a line. */
export function hex(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('hex');
  return bytes.length <= SHOWN_BYTES ? `<${shown}>` : `<${shown}…> (${bytes.length} bytes)`;
}

/** Whatever was thrown, in a line. */
export function inALine(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
