/** What each plot is made of: one quantity that grows, and cases that differ in nothing else. */
import type { Case } from '../cases.js';

export interface Sweep {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly x: string;
  readonly y: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly x: number;
  readonly label: string;
  readonly test: Case;
}

const SMALL = { type: 'text', size: 64, measures: [] } as const;
const PER_MESSAGE = 'µs of server CPU per message';

/** @param openFiles connections of one process, at most. */
export function allSweeps(openFiles: number): readonly Sweep[] {
  const possible = (counts: readonly number[]) => counts.filter((count) => count <= openFiles - 100);
  return [
    {
      name: 'size',
      title: 'Cost of an echo by message size',
      subtitle: 'binary, 20 connections, 1 message in flight on each',
      x: 'payload',
      y: PER_MESSAGE,
      steps: [64, 1024, 16 * 1024, 256 * 1024, 1024 * 1024].map((size) =>
        step('size', size, sizeLabel(size), {
          mode: 'echo',
          type: 'binary',
          size,
          connections: 20,
          depth: 1,
          measures: [],
        }),
      ),
    },
    {
      name: 'connections',
      title: 'Cost of an echo by connections',
      subtitle: '64 B of text, 1 message in flight on each connection',
      x: 'connections',
      y: PER_MESSAGE,
      steps: possible([1, 10, 100, 1000, 10_000]).map((connections) =>
        step('connections', connections, count(connections), { ...SMALL, mode: 'echo', connections, depth: 1 }),
      ),
    },
    {
      name: 'in-flight',
      title: 'Cost of an echo by messages in flight',
      subtitle: '64 B of text, 100 connections',
      x: 'messages in flight on each connection',
      y: PER_MESSAGE,
      steps: [1, 4, 16, 64].map((depth) =>
        step('in-flight', depth, count(depth), { ...SMALL, mode: 'echo', connections: 100, depth }),
      ),
    },
    {
      name: 'members',
      title: 'Cost of a broadcast by members',
      subtitle: '64 B of text, 1 message on its way at a time',
      x: 'members',
      y: 'µs of server CPU per delivery',
      steps: possible([10, 100, 1000, 10_000]).map((connections) =>
        step('members', connections, count(connections), { ...SMALL, mode: 'broadcast', connections, depth: 1 }),
      ),
    },
  ];
}

function step(sweep: string, x: number, label: string, test: Omit<Case, 'name' | 'title'>): Step {
  return { x, label, test: { ...test, name: `${sweep}-${x}`, title: `${sweep} ${label}` } };
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function sizeLabel(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
