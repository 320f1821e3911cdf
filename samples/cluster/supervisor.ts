import type { Cluster, Worker } from 'node:cluster';
import { isPublished } from './cluster-broker.js';

/** A worker that ends sooner than this after its start would end again at once; its place is taken after a rest. */
const SHORT_LIFE = 2_000;

/**
 * The primary's work: it keeps so many workers running, brings what one publishes to all others, and has them end
 * properly when it is asked to. It serves nobody itself, so what a worker does to itself stays there.
 */
export function supervise(cluster: Cluster, workers: number): void {
  const startedAt = new Map<Worker, number>();
  let ending = false;

  const start = (): void => {
    startedAt.set(cluster.fork(), Date.now());
  };

  cluster.on('message', (from, message: unknown) => {
    if (!isPublished(message)) return;
    for (const worker of Object.values(cluster.workers ?? {})) {
      // One that has just died: the callback, rather than an `error` event, is told.
      if (worker !== undefined && worker !== from && worker.isConnected()) worker.send(message, () => undefined);
    }
  });

  cluster.on('exit', (worker, code, signal) => {
    const age = Date.now() - (startedAt.get(worker) ?? 0);
    startedAt.delete(worker);
    if (ending) return; // The last one's end is ours: nothing is left to do.
    console.log(`Worker ${worker.process.pid} has ended (${signal ?? code}). Another takes its place.`);
    if (age > SHORT_LIFE) start();
    else setTimeout(() => ending || start(), SHORT_LIFE);
  });

  const end = (): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(ending ? 'SIGKILL' : 'SIGTERM');
    ending = true; // asked twice: at once
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);

  for (let count = 0; count < workers; count++) start();
}
