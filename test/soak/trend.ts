/**
 * Does a curve grow, or does it only move? Least squares would follow one garbage collection at the wrong moment. So:
 *
 * 1. Only the second half is judged: what a server allocates once (compiled code, pools, caches) it has by then.
 * 2. The slope is Theil and Sen's, the median of the slopes between any two samples. A quarter of the samples may be
 *    wild and it hardly moves.
 * 3. What counts is not the slope but its lower confidence limit (Sen 1968, by the normal approximation of Kendall's
 *    S), at 99 %: the least growth that one can be sure of. Noise alone has a limit of 0 or below.
 *
 * A trend is a sure growth, over the time that was judged, of more than a quantity may grow by.
 */

export interface Measured {
  /** Seconds since the soak began. */
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** Seconds since the beginning, between which was judged. */
  readonly from: number;
  readonly to: number;
  /** Theil and Sen's slope times that time. */
  readonly growth: number;
  /** The same from the lower confidence limit, and 0 where that is below. */
  readonly sureGrowth: number;
}

/** Standard deviations of the normal distribution that 99 % lie below. */
const SURE = 2.326;
/** Beyond, neighbours are joined to their median: pairs grow with the square. */
const MOST_POINTS = 240;
/** With fewer there is no saying. */
export const FEWEST_POINTS = 8;

/** @throws RangeError when fewer than eight samples are in the second half. */
export function trendOf(curve: readonly Measured[]): Trend {
  const first = curve[0]?.at ?? 0;
  const last = curve.at(-1)?.at ?? 0;
  const from = (first + last) / 2;
  const judged = curve.filter(({ at }) => at >= from);
  if (judged.length < FEWEST_POINTS) {
    throw new RangeError(`${judged.length} samples in the second half say nothing; at least ${FEWEST_POINTS} do`);
  }
  const points = thinned(judged);
  const slopes = slopesBetween(points);
  const window = last - from;
  return {
    from,
    to: last,
    growth: median(slopes) * window,
    sureGrowth: Math.max(0, lowerLimit(slopes, points.length)) * window,
  };
}

/** Ascending. */
function slopesBetween(points: readonly Measured[]): number[] {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      if (b.at > a.at) slopes.push((b.value - a.value) / (b.at - a.at));
    }
  }
  return slopes.sort((a, b) => a - b);
}

/** Kendall's S of n values without a trend has a variance of n(n−1)(2n+5)/18; ties make it less. */
function lowerLimit(slopes: readonly number[], n: number): number {
  const reach = SURE * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return slopes[Math.max(0, Math.floor((slopes.length - reach) / 2))] ?? 0;
}

function thinned(points: readonly Measured[]): readonly Measured[] {
  if (points.length <= MOST_POINTS) return points;
  const size = Math.ceil(points.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size),
  );
  return groups.map((group) => ({
    at: median(sorted(group.map(({ at }) => at))),
    value: median(sorted(group.map(({ value }) => value))),
  }));
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Of ascending values. */
function median(values: readonly number[]): number {
  const middle = values.length / 2;
  return ((values[Math.ceil(middle) - 1] ?? 0) + (values[Math.floor(middle)] ?? 0)) / 2;
}
