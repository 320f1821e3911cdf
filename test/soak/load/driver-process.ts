/**
 * The load of a soak, in a process of its own: node driver-process.js PORT PACE SEED. Says that it is there, answers each
 * `LoadRequest`, and ends when it is asked to stop and all have left.
 */
import type { LoadRequest } from '../subject/messages.js';
import { churn, reset } from './passers-by.js';
import { echo, room, upload } from './regulars.js';
import { mischief, pings, refused } from './vandals.js';
import { keepWorking, type Work, Workplace } from './workplace.js';

const [port = 0, pace = 1, seed = 1] = process.argv.slice(2).map(Number);
const place = new Workplace(port, pace);

const CREW: readonly (readonly [name: string, count: number, work: Work])[] = [
  ['echo', 20, echo('echo', '/echo', false, 100)],
  ['deliberate', 5, echo('echo, deliberate', '/deliberate', false, 200)],
  ['compressed', 6, echo('echo, compressed', '/compressed', true, 150)],
  ['takeover', 4, echo('echo, compressed with context', '/takeover', true, 200)],
  ['room', 4, room],
  ['upload', 2, upload],
  ['churn', 4, churn],
  ['reset', 2, reset],
  ['mischief', 4, mischief],
  ['refused', 2, refused],
  ['pings', 1, pings],
];

const all = CREW.flatMap(([name, count, work]) => Array.from({ length: count }, () => [name, work] as const)).map(
  ([name, work], index) => keepWorking(name, work, place, seed * 1000 + index),
);

process.on('message', (request: LoadRequest) => void answer(request));
process.on('disconnect', () => process.exit());
process.send?.('working');

async function answer({ stop }: LoadRequest): Promise<void> {
  if (stop) {
    place.stop();
    await Promise.all(all);
  }
  process.send?.(place.report());
}
