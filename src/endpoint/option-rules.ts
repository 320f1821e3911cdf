/** A bound on bytes or frames: a whole number from 1, or Infinity for none. */
export function isSizeLimit(value: unknown): value is number {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 1);
}

/** A time in whole milliseconds that can be switched off with 0 or Infinity. */
export function isMilliseconds(value: unknown): value is number {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0);
}
