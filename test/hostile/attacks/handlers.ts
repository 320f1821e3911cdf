/** What our own users get wrong, with a peer that makes the most of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Attack } from '../attack.js';
import { type Battlefield, MiB, within } from '../battlefield.js';
import { expectClose, expectEnd, expectGrowth } from './means.js';

/** A text on each of 200 connections, which all must be closed with 1011. */
async function allFail(field: Battlefield, path: string): Promise<string> {
  const peers = await field.openMany(200, path);
  for (const peer of peers) peer.sendText('go');
  const times = await Promise.all(peers.map((peer) => expectClose(peer, 1011)));
  return `1011 each, the last FIN after ${Math.round(Math.max(...times))} ms`;
}

export const HANDLERS: readonly Attack[] = [
  {
    name: 'handlers that throw',
    demand: '200 connections: 1011 and FIN within 1 s',
    run: (field) => allFail(field, '/throws'),
  },
  {
    name: 'handlers that reject',
    demand: '200 connections: 1011 and FIN within 1 s',
    run: (field) => allFail(field, '/rejects'),
  },
  {
    name: 'connect handlers that throw',
    demand: '200 connections: 1011 and FIN within 1 s',
    async run(field) {
      const peers = await field.openMany(200, '/throws-at-connect');
      const times = await Promise.all(peers.map((peer) => expectClose(peer, 1011)));
      return `1011 each, the last FIN after ${Math.round(Math.max(...times))} ms`;
    },
  },
  {
    name: 'close handlers that throw',
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
    name: 'a handler that holds the thread',
    demand: 'for a second, twice: the others wait, and then go on',
    blocks: true,
    async run(field) {
      const peer = await field.open('/blocks');
      peer.sendText('one');
      peer.sendText('two');
      peer.sendClose(1000);
      const milliseconds = await expectEnd(peer, 6_000);
      expect(milliseconds).to.be.above(1_900);
      return `Close after ${Math.round(milliseconds)} ms`;
    },
  },
];
