/**
 * The well-behaved connection: one text after the other, each compared with its echo and timed, in a process of its own,
 * so that what an attack costs the attacker doesn't count. Answers each message of its parent with an `EchoReport`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer } from '../../support/raw-peer.js';
import type { EchoReport } from './messages.js';

const PAUSE = 5;

let times: number[] = [];
let failure: string | undefined;
/** When the echo that is still due was asked for. */
let asked: number | undefined;

process.on('message', () => {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  const waiting = asked === undefined ? 0 : performance.now() - asked;
  const longest = Math.max(sorted.at(-1) ?? 0, waiting);
  process.send?.({ echoes: sorted.length, median: at(0.5), p99: at(0.99), longest, failure } satisfies EchoReport);
  times = [];
});
process.on('disconnect', () => process.exit());

const peer = await RawPeer.open(Number(process.argv[2]), '/echo');
process.send?.('open');

try {
  for (let count = 0; ; count += 1) {
    const text = `echo ${count}`;
    asked = performance.now();
    peer.sendText(text);
    const echo = await peer.readText();
    times.push(performance.now() - asked);
    asked = undefined;
    if (echo !== text) throw new Error(`Expected the echo "${text}", got "${echo}"`);
    await sleep(PAUSE);
  }
} catch (cause) {
  failure = (cause as Error).message;
}
