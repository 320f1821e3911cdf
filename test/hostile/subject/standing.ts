import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import type { SelfReport } from './messages.js';

/** Collects this process's garbage, for which it needs `--expose-gc`, and says how it stands. */
export async function standing(counts: Omit<SelfReport, 'heap'>): Promise<SelfReport> {
  // Finalizers run between turns, and what they free goes with the next collection.
  for (let round = 0; round < 3; round += 1) {
    await nextTurn();
    global.gc?.();
  }
  // Not `process.memoryUsage()`, which needs a file descriptor, and there may be none left.
  return { heap: getHeapStatistics().used_heap_size, ...counts };
}
