/** CPU time and resident set of a process, from /proc; undefined on systems without it. */
import { readFileSync } from 'node:fs';

/** Clock ticks per second of /proc: 100 on every Linux of today. */
const TICKS = 100;

export interface Usage {
  /** Seconds, user and system, of all threads. */
  readonly cpu: number;
  readonly residentKb: number;
}

export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may hold spaces and parentheses; what follows the last one is fields from the third on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / TICKS,
      residentKb: Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? Number.NaN),
    };
  } catch {
    return undefined;
  }
}
