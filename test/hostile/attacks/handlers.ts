/** What our own users get wrong, with a peer that makes the most of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { FrameParts } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import type { Battlefield } from '../battlefield.js';
import { MiB } from '../sizes.js';
import { within } from '../waiting.js';
import { expectClose, expectEnd, expectGrowth } from './means.js';

const text: FrameParts = { opcode: 1, payload: 'x' };

/** Which handler holds the thread, for how many seconds, and what makes it. */
const BLOCKING: readonly (readonly [handler: string, seconds: number, frames: readonly FrameParts[]])[] = [
  ['connect', 1, []],
  ['text', 2, [text, text]],
  ['binary', 1, [{ opcode: 2, payload: 'x' }]],
  ['ping', 1, [{ opcode: 9 }]],
  ['error', 1, [{ opcode: 3 }]],
  ['close', 1, []],
];

/** A text on each of 200 connections, which all must be closed with 1011. */
async function allFail(field: Battlefield, path: string): Promise<string> {
  const peers = await field.openMany(200, path);
  for (const peer of peers) peer.sendText('go');
  const times = await Promise.all(peers.map((peer) => expectClose(peer, 1011)));
  return `1011 each, the last FIN after ${Math.round(Math.max(...times))} ms`;
}

export const HANDLERS: readonly ServerAttack[] = [
  {
    name: 'handlers that throw',
    rows: ['life: a handler throws or rejects'],
    demand: '200 connections: 1011 and FIN within 1 s',
    run: (field) => allFail(field, '/throws'),
  },
  {
    name: 'handlers that reject',
    rows: ['life: a handler throws or rejects'],
    demand: '200 connections: 1011 and FIN within 1 s',
    run: (field) => allFail(field, '/rejects'),
  },
  {
    name: 'connect handlers that throw',
    rows: ['life: a handler throws or rejects'],
    demand: '200 connections: 1011 and FIN within 1 s',
    async run(field) {
      const peers = await field.openMany(200, '/throws-at-connect');
      const times = await Promise.all(peers.map((peer) => expectClose(peer, 1011)));
      return `1011 each, the last FIN after ${Math.round(Math.max(...times))} ms`;
    },
  },
  {
    name: 'close handlers that throw',
    rows: ['life: a handler throws or rejects', 'life: Close of the peer'],
    demand: '200 connections closed by the peer: its code comes back, FIN within 1 s',
    async run(field) {
      const peers = await field.openMany(200, '/throws-at-close');
      for (const peer of peers) peer.sendClose(4000, 'bye');
      await Promise.all(peers.map((peer) => expectClose(peer, 4000)));
      return '4000 each';
    },
  },
  {
    name: 'handlers that never settle',
    rows: ['life: TCP ends without Close'],
    demand: '200 connections, reset by the peer: every descriptor back, at most 4 MiB more',
    async run(field, watch, before) {
      const peers = await field.openMany(200, '/never');
      for (const peer of peers) peer.sendText('go');
      await sleep(300);
      for (const peer of peers) peer.reset();
      expect(await within(10_000, () => field.descriptors() <= before.descriptors), 'descriptors back').to.equal(true);
      expectGrowth(before, await watch(), 4 * MiB);
      return 'all gone with their peers';
    },
  },
  {
    name: 'connect handlers that never settle',
    rows: ['life: the connect handler comes first, and nothing is read before it has settled', 'life: keep-alive'],
    demand:
      '200 connections stuffed with messages, and reset: every descriptor back within the keep-alive (1 s, twice)',
    async run(field, watch, before) {
      const peers = await field.openMany(200, '/never-connects');
      for (const peer of peers) peer.sendText('x'.repeat(1_000));
      await watch();
      for (const peer of peers) peer.reset();
      expect(await within(10_000, () => field.descriptors() <= before.descriptors), 'descriptors back').to.equal(true);
      expectGrowth(before, await watch(), 4 * MiB);
      return 'all gone with their peers';
    },
  },
  {
    name: 'handlers that hold the thread',
    rows: ['life: messages one at a time, in order', 'life: our Close, answered'],
    demand: 'each kind of handler for a second, twice where it can: the others wait, and then go on',
    blocks: true,
    async run(field) {
      const times: number[] = [];
      for (const [handler, blocks, provoke] of BLOCKING) {
        const began = performance.now();
        const peer = await field.open(`/blocks/${handler}`);
        for (const frame of provoke) peer.sendFrame(frame);
        peer.sendClose(1000);
        await expectEnd(peer, blocks * 1_000 + 4_000);
        times.push(performance.now() - began);
        expect(performance.now() - began, handler).to.be.above(blocks * 950);
        peer.destroy();
      }
      return `Close after ${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))} ms`;
    },
  },
];
