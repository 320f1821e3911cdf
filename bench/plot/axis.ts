/** Where a value stands along an axis, and which values are worth a line across the plot. */

export interface AxisOptions {
  /** What is measured and its unit; for readers. */
  readonly title: string;
  /** A logarithmic axis shows positive values only. Default linear. */
  readonly scale?: 'linear' | 'log';
  /** Values to be marked, in place of round ones. */
  readonly ticks?: readonly number[];
  /** How a marked value is written. Default its shortest decimal form. */
  readonly format?: (value: number) => string;
  /** A linear axis begins at 0 unless this is false, where it begins near the lowest value. */
  readonly fromZero?: boolean;
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  readonly title: string;
  readonly ticks: readonly Tick[];
  /** 0 at the axis's beginning, 1 at its end. */
  position(value: number): number;
}

/** An axis that holds all the values. @throws RangeError for a value that it can't show. */
export function axisOf(values: readonly number[], options: AxisOptions): Axis {
  const { title, scale = 'linear', format = shortest } = options;
  for (const value of values) {
    if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) {
      throw new RangeError(`${value} can't stand on the ${scale} axis "${title}"`);
    }
  }
  const all = [...values, ...(options.ticks ?? [])];
  const logarithmic = options.ticks === undefined ? logBounds : logMargins;
  const bounds = scale === 'log' ? logarithmic(all) : linearBounds(all, options.fromZero ?? true);
  const along = scale === 'log' ? Math.log10 : (value: number) => value;
  const [from, to] = [along(bounds.low), along(bounds.high)];
  const marked = options.ticks ?? bounds.ticks;
  return {
    title,
    ticks: marked.map((value) => ({ value, label: format(value) })),
    position: (value) => (along(value) - from) / (to - from),
  };
}

const LOG_MARGIN = 1.15;

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** From a round value to a round one, in five to ten steps of 1, 2 or 5. */
function linearBounds(values: readonly number[], fromZero: boolean): Bounds {
  const lowest = lowestOf(values);
  const highest = highestOf(values);
  const low = fromZero ? Math.min(0, lowest) : lowest;
  const high = highest > low ? highest : low + (Math.abs(low) || 1);
  const step = roundStep((high - low) / 5);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  // Counted in whole steps, so that no error adds up; 12 digits take off what the multiplication leaves.
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { low: first * step, high: last * step, ticks };
}

/** 1, 2 or 5 times a power of ten, and not above the step asked for. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** From a 1, 2 or 5 times a power of ten to another, all of which are marked; where they are many, only the powers. */
function logBounds(values: readonly number[]): Bounds {
  const [lowest, highest] = [lowestOf(values), highestOf(values)];
  const round: { readonly value: number; readonly lead: number }[] = [];
  for (let power = Math.floor(Math.log10(lowest)) - 1; power <= Math.ceil(Math.log10(highest)); power++) {
    for (const lead of [1, 2, 5]) round.push({ value: Number(`${lead}e${power}`), lead });
  }
  const low = round.findLast(({ value }) => value <= lowest)?.value ?? lowest;
  const high = round.find(({ value }) => value >= highest && value > low)?.value ?? highest;
  const within = round.filter(({ value }) => value >= low && value <= high);
  const powers = within.filter(({ lead }) => lead === 1);
  return { low, high, ticks: (powers.length >= 4 ? powers : within).map(({ value }) => value) };
}

/** Where the marks are given, a little more than these and the values. */
function logMargins(values: readonly number[]): Bounds {
  return { low: lowestOf(values) / LOG_MARGIN, high: highestOf(values) * LOG_MARGIN, ticks: [] };
}

/** Without a spread of arguments: a long soak has more samples than a call may have. */
function lowestOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), values[0] ?? 1);
}

function highestOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), values[0] ?? 1);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}
