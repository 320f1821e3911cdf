/** What was measured, as it is kept beside the plots, and the plots that are drawn from it. */
import type { ServerName } from '../options.js';
import { linePlot, type Point } from '../plot/line-plot.js';

export interface Figures {
  /** In general terms. */
  readonly machine: string;
  readonly rounds: number;
  /** Share of the runs in which something else used more of the machine than it may, from 0 to 1. */
  readonly disturbed: number;
  readonly sweeps: readonly SweepFigures[];
}

export interface SweepFigures {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly x: string;
  readonly y: string;
  readonly steps: readonly StepFigures[];
}

export interface StepFigures {
  readonly x: number;
  readonly label: string;
  /** Microseconds of server CPU, one for each round. */
  readonly cpu: Readonly<Partial<Record<ServerName, readonly number[]>>>;
}

/** One SVG. The points are the medians of the rounds, and their bars go from the lowest to the highest. */
export function drawSweep(sweep: SweepFigures, { rounds }: Pick<Figures, 'rounds'>): string {
  const { title, subtitle, x, y, steps } = sweep;
  const names = [...new Set(steps.flatMap(({ cpu }) => Object.keys(cpu)))] as ServerName[];
  const labels = new Map(steps.map((step) => [step.x, step.label]));
  return linePlot({
    title,
    subtitle: `${subtitle}; log axes; median and range of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    x: { title: x, scale: 'log', ticks: steps.map((step) => step.x), format: (at) => labels.get(at) ?? String(at) },
    y: { title: y, scale: 'log', format: (value) => String(Number(value.toPrecision(3))) },
    series: names.map((name) => ({
      name,
      points: steps.flatMap((step) => pointOf(step.x, step.cpu[name] ?? [])),
    })),
  });
}

function pointOf(x: number, values: readonly number[]): Point[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return [];
  const middle = sorted.length / 2;
  const y = ((sorted[Math.ceil(middle) - 1] ?? low) + (sorted[Math.floor(middle)] ?? high)) / 2;
  return [{ x, y, low, high }];
}
