import { excerpt } from '../messages/excerpt.js';

/** A payload as a log shows it: text in quotes with everything odd in it escaped, bytes in hex; cut, and marked with `…`. */
export function shownText(bytes: Buffer, most: number, total = bytes.length): string {
  const shown = bytes.subarray(0, wholeCharacters(bytes, most)).toString();
  const text = quoted(shown);
  return total > most ? `${text.slice(0, -1)}…"` : text;
}

export function shownBytes(bytes: Buffer, most: number, total = bytes.length): string {
  const hex = `<${bytes.toString('hex', 0, Math.min(bytes.length, most)).replace(/(..)(?=.)/g, '$1 ')}>`;
  return total > most ? `${hex.slice(0, -1)}…>` : hex;
}

/** What somebody else has written, on one line of a log and as nothing but text. */
export function quoted(text: string): string {
  return excerpt(text, Infinity);
}

/** So many bytes or fewer that no character is cut. */
function wholeCharacters(bytes: Buffer, most: number): number {
  let end = Math.min(bytes.length, most);
  if (end < bytes.length) {
    while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) {
      end -= 1;
    }
  }
  return end;
}
