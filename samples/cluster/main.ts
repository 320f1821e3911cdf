import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { run } from '../support/run.js';
import { ClusterBroker } from './cluster-broker.js';
import { createWorker } from './server.js';
import { supervise } from './supervisor.js';

if (cluster.isPrimary) {
  cluster.setupPrimary({ serialization: 'advanced' });
  supervise(cluster, workersFrom(process.env['WORKERS']));
} else {
  // Ctrl+C reaches every process of a terminal; the primary alone decides, and sends SIGTERM.
  process.on('SIGINT', () => undefined);
  run(`Worker ${process.pid}`, createWorker(new ClusterBroker()), ['SIGTERM']);
}

/** One for each core, and two at least, for else there is nothing to see. */
function workersFrom(text: string | undefined): number {
  if (text === undefined || text === '') return Math.max(2, availableParallelism());
  const workers = Number(text);
  if (/^\d+$/.test(text) && workers >= 1 && workers <= 64) return workers;
  console.error(`WORKERS is "${text}"; it must be a whole number from 1 to 64. For instance: WORKERS=4`);
  process.exit(1);
}
