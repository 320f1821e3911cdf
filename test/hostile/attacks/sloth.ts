/** Those who take their time: reading, sending, shaking hands. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { frameBytes, upgradeRequest } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import { KiB, MiB } from '../sizes.js';
import { SubjectProcess } from '../subject-process.js';
import { timed, within } from '../waiting.js';
import { expectEnd, expectGrowth, expectPeak, kibibytes, mebibytes, pour } from './means.js';

/** Half a second is how late deadlines may be; another second for a busy machine. */
const LATE = 1_500;
/** Of `subject/server-process.ts`. */
const HANDSHAKE_TIMEOUT = 2_000;
/** maxQueuedBytes. */
const QUEUE_CAP = 16 * MiB;

export const SLOTH: readonly ServerAttack[] = [
  {
    name: 'slow consumer of 256 MiB',
    rows: ['figure: slow consumer of 256 MiB: queue cap and 8 MiB, returned within 5 s', 'life: slow consumer'],
    demand:
      'nothing is read of a stream whose sender waits for nothing: ended, at most the queue cap (16 MiB) and 8 MiB more, returned within 5 s',
    async run(field, watch, before) {
      const peer = await field.open('/torrent');
      peer.pause();
      peer.sendText('flood');
      const descriptors = field.descriptors();
      const ended = await within(15_000, () => field.descriptors() < descriptors);
      expect(ended, 'the connection was ended').to.equal(true);
      expectPeak(before, field.peak(), QUEUE_CAP + 8 * MiB);
      const began = performance.now();
      let now = await watch();
      while (now.resident - before.resident > 8 * MiB && performance.now() - began < 5_000) {
        await sleep(100);
        now = await watch();
      }
      expectGrowth(before, now, 8 * MiB);
      return `ended; memory returned within ${Math.round(performance.now() - began)} ms`;
    },
  },
  {
    name: 'slow consumer of a stream with backpressure',
    rows: ['life: sending'],
    demand: 'nothing is read of 256 MiB whose sender awaits each send: at most 8 MiB more',
    async run(field, watch, before) {
      const peer = await field.open('/torrent');
      peer.pause();
      peer.sendText('await');
      await sleep(1_000);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 8 * MiB);
      return 'the sender waits';
    },
  },
  {
    name: 'slow handler, fast sender',
    rows: ['life: messages one at a time, in order'],
    demand: "messages of 16 KiB, a second for each: the sender's socket blocks, at most 8 MiB more",
    async run(field, watch, before) {
      const peer = await field.open('/slow');
      const { taken, end } = await pour(peer, frameBytes({ opcode: 2, payload: Buffer.alloc(16 * KiB) }), 64 * MiB);
      expect(end).to.equal('blocked');
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 8 * MiB);
      return `blocked after ${mebibytes(taken)}, kernel buffers of both sides included`;
    },
  },
  {
    name: 'fifty slow handlers, fast senders',
    rows: ['life: messages one at a time, in order'],
    demand:
      'the same fifty times: every sender blocks; at most the look-ahead (1 MiB) and a chunk (64 KiB) for each and 8 MiB more',
    async run(field, watch, before) {
      const peers = await field.openMany(50, '/slow');
      const frame = frameBytes({ opcode: 2, payload: Buffer.alloc(16 * KiB) });
      const poured = await Promise.all(peers.map((peer) => pour(peer, frame, 16 * MiB)));
      expect(poured.map(({ end }) => end)).to.deep.equal(peers.map(() => 'blocked'));
      expectGrowth(before, await watch(), 50 * (MiB + 64 * KiB) + 8 * MiB);
      return `all blocked, after ${mebibytes(Math.max(...poured.map(({ taken }) => taken)))} at most`;
    },
  },
  {
    name: 'unread echoes, fast sender',
    rows: ['life: slow consumer'],
    demand: "messages of 16 KiB, the echoes never read: the sender's socket blocks, at most 8 MiB more",
    async run(field, watch, before) {
      const peer = await field.open('/echo');
      peer.pause();
      const { taken, end } = await pour(peer, frameBytes({ opcode: 2, payload: Buffer.alloc(16 * KiB) }), 64 * MiB);
      expect(end).to.equal('blocked');
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 8 * MiB);
      return `blocked after ${mebibytes(taken)}, kernel buffers of both sides included`;
    },
  },
  {
    name: 'announced, never sent',
    rows: ['figure: 200 connections that announce 1 MiB: 4 MiB', 'frames: lengths'],
    demand: '200 connections that announce 1 MiB and send nothing: at most 4 MiB more',
    async run(field, watch, before) {
      const peers = await field.openMany(200, '/sink');
      for (const peer of peers) peer.send(frameBytes({ opcode: 2, payload: Buffer.alloc(MiB) }).subarray(0, 14));
      await sleep(300);
      const during = await watch();
      expectGrowth(before, during, 4 * MiB);
      return `${kibibytes((during.resident - before.resident) / 200)} a connection, all told`;
    },
  },
  {
    name: 'handshakes dripped byte by byte',
    rows: ['handshake: a hook hangs, the request is dripped or silent', 'figure: deadlines within half a second'],
    demand:
      '100 connections, a byte every 25 ms: each ended at the handshake timeout (2 s), half a second later at most',
    async run(field, watch, before) {
      const request = Buffer.from(upgradeRequest({ path: '/echo', headers: { 'X-Filler': 'x'.repeat(1_000) } }));
      const peers = await Promise.all(Array.from({ length: 100 }, () => field.connect()));
      let sent = 0;
      const drip = setInterval(() => {
        for (const peer of peers) if (peer.socket.writable) peer.send(request.subarray(sent, sent + 1));
        sent += 1;
      }, 25);
      try {
        const ends = Promise.all(peers.map((peer) => expectEnd(peer, HANDSHAKE_TIMEOUT + LATE)));
        await sleep(1_000);
        expectGrowth(before, await watch(), 4 * MiB);
        return `ended after ${range(await ends)} ms`;
      } finally {
        clearInterval(drip);
      }
    },
  },
  {
    name: 'silent connections',
    rows: ['handshake: a hook hangs, the request is dripped or silent', 'figure: deadlines within half a second'],
    demand: '200 that never send a byte: each ended at the handshake timeout (2 s), half a second later at most',
    async run(field, watch) {
      const peers = await Promise.all(Array.from({ length: 200 }, () => field.connect()));
      const ends = Promise.all(peers.map((peer) => expectEnd(peer, HANDSHAKE_TIMEOUT + LATE)));
      await watch();
      return `ended after ${range(await ends)} ms`;
    },
  },
  {
    name: 'frozen peers',
    rows: ['life: keep-alive', 'figure: deadlines within half a second'],
    demand:
      '50 that read and answer nothing (keep-alive 500 ms and 500 ms): destroyed after 1 s, half a second later at most',
    async run(field, watch) {
      const before = field.descriptors();
      const peers = await field.openMany(50, '/alive');
      for (const peer of peers) peer.pause();
      await watch();
      const milliseconds = await timed(within(10_000, () => field.descriptors() <= before));
      expect(milliseconds).to.be.below(1_000 + LATE);
      return `destroyed ${Math.round(milliseconds)} ms later`;
    },
  },
  {
    name: 'a peer process that is stopped',
    rows: ['life: keep-alive', 'figure: deadlines within half a second'],
    demand:
      'SIGSTOP in the middle of a conversation (keep-alive 500 ms and 500 ms): destroyed after 1 s, half a second later at most',
    async run(field, watch) {
      const before = field.descriptors();
      const { subject: peer } = await SubjectProcess.start('visitor-process', [String(field.port), '/alive']);
      try {
        await sleep(200);
        expect(field.descriptors()).to.be.above(before);
        peer.freeze(true);
        const milliseconds = await timed(within(10_000, () => field.descriptors() <= before));
        expect(milliseconds).to.be.below(1_000 + LATE);
        await watch();
        return `destroyed ${Math.round(milliseconds)} ms later`;
      } finally {
        await peer.end();
      }
    },
  },
  {
    name: 'half-open TCP',
    rows: ['life: TCP ends without Close'],
    demand: '50 that sent FIN in the middle of a message and go on reading: ended within 1 s',
    async run(field) {
      const peers = await field.openMany(50, '/counted');
      for (const peer of peers) {
        peer.send(frameBytes({ opcode: 1, payload: 'never whole' }).subarray(0, 9));
        peer.end();
      }
      return `ended after ${range(await Promise.all(peers.map((peer) => expectEnd(peer))))} ms`;
    },
  },
  {
    name: 'idle, Close never answered',
    rows: ['life: idle timeout', 'life: our Close, never answered', 'figure: deadlines within half a second'],
    demand:
      '50 silent connections (idle timeout 1 s, close timeout 500 ms): 1001, then destroyed; half a second late at most',
    async run(field) {
      const peers = await field.openMany(50, '/idle');
      const times = await Promise.all(
        peers.map(async (peer) => {
          const began = performance.now();
          expect(await peer.readClose()).to.deep.equal({ code: 1001, reason: 'Idle timeout' });
          await peer.readEnd();
          return performance.now() - began;
        }),
      );
      expect(Math.max(...times)).to.be.below(1_500 + LATE);
      return `1001, ended after ${range(times)} ms`;
    },
  },
];

function range(times: readonly number[]): string {
  return `${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))}`;
}
