/** How long to wait before the next attempt. Times in milliseconds. */
export interface BackoffRule {
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly factor: number;
}

/**
 * Exponential backoff with full jitter: anything from 0 to a bound that grows with each failure, so that the clients of
 * a server that went away don't come back all at once.
 *
 * @param failures attempts in a row that failed, from 1.
 * @param random from 0 to 1.
 */
export function backoffDelay(
  { initialDelay, maxDelay, factor }: BackoffRule,
  failures: number,
  random: number,
): number {
  // A power over 1e308 is Infinity, which the bound takes care of.
  return Math.floor(random * Math.min(maxDelay, initialDelay * factor ** (failures - 1)));
}

const LONGEST_COUNT = 9;

/** The milliseconds of a `Retry-After` in seconds (RFC 9110 §10.2.3); 0 for none, or one with a date. */
export function retryAfter(value: string | undefined): number {
  return value !== undefined && value.length <= LONGEST_COUNT && /^\d+$/.test(value) ? Number(value) * 1000 : 0;
}
