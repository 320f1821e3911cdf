/** Lines over two axes, as one SVG that needs nothing around it. */
import { type Axis, type AxisOptions, axisOf } from './axis.js';
import { element, escaped, rounded } from './markup.js';
import { LOOKS, type Marker, STYLE } from './style.js';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The range that `y` is the middle of, drawn as a bar. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  /** Stands at the line's end. */
  readonly name: string;
  readonly points: readonly Point[];
  /** Whether each point is marked. Default true; many samples read better without. */
  readonly marked?: boolean;
}

export interface Plot {
  readonly title: string;
  /** What one must know to read it, in a line. */
  readonly subtitle?: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly series: readonly Series[];
  /** A part of the x axis that stands out, with its name. */
  readonly shade?: { readonly from: number; readonly to: number; readonly name: string };
}

const WIDTH = 760;
const HEIGHT = 400;
/** Of the area between the axes. The right margin holds the names of the lines. */
const AREA = { left: 72, top: 66, right: WIDTH - 130, bottom: HEIGHT - 56 };
/** Between the names of two lines that end close together. */
const NAME_HEIGHT = 17;

/** @throws RangeError where a value can't stand on its axis, or there are more lines than can be told apart. */
export function linePlot(plot: Plot): string {
  const { title, subtitle = '', series } = plot;
  if (series.length > LOOKS.length) throw new RangeError(`At most ${LOOKS.length} lines can be told apart`);
  const points = series.flatMap((line) => line.points);
  const xs = points.map(({ x }) => x);
  const x = axisOf(plot.shade === undefined ? xs : [...xs, plot.shade.from, plot.shade.to], plot.x);
  const y = axisOf(
    points.flatMap((point) => [point.low ?? point.y, point.y, point.high ?? point.y]),
    plot.y,
  );
  const place: Placing = {
    x: (value) => AREA.left + x.position(value) * (AREA.right - AREA.left),
    y: (value) => AREA.bottom - y.position(value) * (AREA.bottom - AREA.top),
  };
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', role: 'img' };
  return element(
    'svg',
    { ...frame, width: WIDTH, height: HEIGHT },
    element('title', {}, escaped(title)),
    element('desc', {}, escaped(description(plot))),
    element('style', {}, STYLE),
    element('rect', { class: 'paper', x: 0.5, y: 0.5, width: WIDTH - 1, height: HEIGHT - 1, rx: 8 }),
    element('text', { class: 'title', x: 20, y: 28 }, escaped(title)),
    element('text', { x: 20, y: 48 }, escaped(subtitle)),
    ...shade(plot, place),
    ...grid(x, y, place),
    ...series.flatMap((line, i) => lineOf(line, i, place)),
    ...names(series, place),
  );
}

interface Placing {
  x(value: number): number;
  y(value: number): number;
}

/** For those who don't see it: first and last value of each line. */
function description({ x, y, series }: Plot): string {
  const [nameX, nameY] = [x.format ?? String, y.format ?? String];
  const said = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return `${name}: nothing`;
    return `${name}: from ${nameY(first.y)} at ${nameX(first.x)} to ${nameY(last.y)} at ${nameX(last.x)}`;
  });
  return `${y.title} by ${x.title}. ${said.join('; ')}.`;
}

function shade({ shade: part }: Plot, place: Placing): string[] {
  if (part === undefined) return [];
  const [from, to] = [place.x(part.from), place.x(part.to)];
  return [
    element('rect', { class: 'shade', x: from, y: AREA.top, width: to - from, height: AREA.bottom - AREA.top }),
    element('text', { x: from + 6, y: AREA.top + 15 }, escaped(part.name)),
  ];
}

function grid(x: Axis, y: Axis, place: Placing): string[] {
  const middle = (AREA.top + AREA.bottom) / 2;
  return [
    ...y.ticks.flatMap(({ value, label }) => {
      const at = rounded(place.y(value));
      return [
        element('path', { class: 'grid', d: `M${AREA.left} ${at}H${AREA.right}` }),
        element('text', { x: AREA.left - 8, y: at + 4.5, 'text-anchor': 'end' }, escaped(label)),
      ];
    }),
    ...x.ticks.flatMap(({ value, label }) => {
      const at = rounded(place.x(value));
      return [
        element('path', { class: 'grid', d: `M${at} ${AREA.bottom}v5` }),
        element('text', { x: at, y: AREA.bottom + 20, 'text-anchor': 'middle' }, escaped(label)),
      ];
    }),
    element('path', { class: 'grid', d: `M${AREA.left} ${AREA.bottom}H${AREA.right}` }),
    element('text', { x: (AREA.left + AREA.right) / 2, y: HEIGHT - 14, 'text-anchor': 'middle' }, escaped(x.title)),
    element('text', { transform: `translate(18 ${middle}) rotate(-90)`, 'text-anchor': 'middle' }, escaped(y.title)),
  ];
}

function lineOf({ points, marked = true }: Series, index: number, place: Placing): string[] {
  if (points.length === 0) return [];
  const { dash, marker } = LOOKS[index] as (typeof LOOKS)[number];
  const at = points.map((point) => ({ point, x: rounded(place.x(point.x)), y: rounded(place.y(point.y)) }));
  const line = {
    class: `line s${index}`,
    d: `M${at.map(({ x, y }) => `${x} ${y}`).join('L')}`,
    ...(dash === '' ? {} : { 'stroke-dasharray': dash }),
  };
  const bars = at.flatMap(({ point, x }) =>
    point.low === undefined || point.high === undefined
      ? []
      : [
          element('path', {
            class: `bar s${index}`,
            d: `M${x} ${rounded(place.y(point.low))}V${rounded(place.y(point.high))}`,
          }),
        ],
  );
  const marks = marked
    ? at.map(({ x, y }) => element('path', { class: `m${index}`, d: markerPath(marker, x, y) }))
    : [];
  return [element('path', line), ...bars, ...marks];
}

function markerPath(marker: Marker, x: number, y: number): string {
  switch (marker) {
    case 'circle':
      return `M${rounded(x - 4)} ${y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`;
    case 'square':
      return `M${rounded(x - 3.5)} ${rounded(y - 3.5)}h7v7h-7z`;
    case 'triangle':
      return `M${x} ${rounded(y - 4.5)}l4.5 8h-9z`;
    case 'diamond':
      return `M${x} ${rounded(y - 5)}l5 5l-5 5l-5-5z`;
  }
}

/** Each beside the end of its line, and where these are close together, one below the other. */
function names(series: readonly Series[], place: Placing): string[] {
  const ends = series.flatMap(({ name, points }, index) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, index, y: place.y(last.y) }];
  });
  const heights = spread(
    ends.map(({ y }) => y),
    NAME_HEIGHT,
    AREA.bottom,
  );
  return ends.map(({ name, index }, i) =>
    element('text', { class: `m${index}`, x: AREA.right + 12, y: (heights[i] as number) + 4.5 }, escaped(name)),
  );
}

/**
 * Moves heights apart until any two have `distance` between them, as little as it takes downwards from the topmost; all
 * move up together when the lowest would be below `lowest`. Their order stays.
 */
export function spread(heights: readonly number[], distance: number, lowest: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => (heights[a] as number) - (heights[b] as number));
  const moved = [...heights];
  let above = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    above = Math.max(moved[i] as number, above + distance);
    moved[i] = above;
  }
  const excess = Math.max(0, above - lowest);
  return moved.map((height) => height - excess);
}
