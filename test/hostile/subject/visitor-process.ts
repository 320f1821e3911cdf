/**
 * The well-behaved connection: one text after the other, each compared with its echo and timed, in a process of its own,
 * so that what an attack costs the attacker doesn't count.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer } from '../../support/raw-peer.js';
import { answerQuestions, sayReady } from './answering.js';
import { EchoTimes } from './echo-times.js';

const PAUSE = 5;

const times = new EchoTimes();
answerQuestions({ echoes: () => times.report() });

const peer = await RawPeer.open(Number(process.argv[2]), process.argv[3] ?? '/echo');
sayReady();

try {
  for (let count = 0; ; count += 1) {
    const text = `echo ${count}`;
    times.asked();
    peer.sendText(text);
    const echo = await peer.readText();
    times.answered();
    if (echo !== text) throw new Error(`Expected the echo "${text}", got "${echo}"`);
    await sleep(PAUSE);
  }
} catch (cause) {
  times.failed(cause);
}
