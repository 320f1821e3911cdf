/** What is watched, and what it may grow by. */
import type { Sample } from './subject/messages.js';

const MiB = 1024 * 1024;

export interface Quantity {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Undefined where this system doesn't tell, or the sample wasn't taken after a collection and this is about what stays. */
  read(sample: Sample): number | undefined;
  /** How much of it is certain to have come in the second half before that is a trend. Undefined: drawn, not judged. */
  readonly mayGrow?: number;
  readonly decimals: number;
}

/** In MiB, of what is left when all garbage has been collected. */
const kept = (read: (sample: Sample) => number | undefined) => (sample: Sample) => {
  const bytes = sample.collected ? read(sample) : undefined;
  return bytes === undefined ? undefined : bytes / MiB;
};

export const QUANTITIES: readonly Quantity[] = [
  {
    name: 'heap',
    title: 'Heap in use after a collection',
    unit: 'MiB',
    read: kept(({ heap }) => heap),
    mayGrow: 1,
    decimals: 2,
  },
  {
    name: 'external',
    title: 'Memory outside of the heap (buffers, zlib) after a collection',
    unit: 'MiB',
    read: kept(({ external }) => external),
    mayGrow: 1,
    decimals: 2,
  },
  {
    name: 'resident',
    title: 'Resident memory after a collection',
    unit: 'MiB',
    read: kept(({ resident }) => resident),
    mayGrow: 8,
    decimals: 1,
  },
  {
    name: 'live-heap',
    title: 'Heap in use, garbage included',
    unit: 'MiB',
    read: ({ heap, collected }) => (collected ? undefined : heap / MiB),
    decimals: 1,
  },
  {
    name: 'sessions',
    title: 'Open sessions',
    unit: 'sessions',
    read: ({ sessions }) => sessions,
    mayGrow: 10,
    decimals: 0,
  },
  {
    name: 'descriptors',
    title: 'File descriptors',
    unit: 'descriptors',
    read: ({ descriptors }) => descriptors,
    mayGrow: 10,
    decimals: 0,
  },
  {
    name: 'handles',
    title: 'Resources that keep the event loop alive',
    unit: 'handles',
    read: ({ handles }) => handles,
    mayGrow: 10,
    decimals: 0,
  },
  {
    name: 'delay',
    title: 'Delay of the event loop, 99th percentile',
    unit: 'ms',
    read: ({ delay, collected }) => (collected ? undefined : delay),
    mayGrow: 20,
    decimals: 1,
  },
  {
    name: 'cpu',
    title: 'CPU of the server',
    unit: '% of a core',
    read: ({ cpu }) => cpu,
    decimals: 0,
  },
];
