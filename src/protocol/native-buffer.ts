/**
 * In every Node.js, but not in its typings: `toString` and `write` without the look at the encoding's name, which is a
 * fifth of what they cost for a short message.
 */
export interface NativeBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  /** Returns the bytes written. What doesn't fit is cut off. */
  utf8Write(text: string, at: number): number;
}
