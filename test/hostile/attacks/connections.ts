/** Many of them, and those that break off anywhere. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { frameBytes, upgradeRequest } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import type { Battlefield } from '../battlefield.js';
import { KiB, MiB } from '../sizes.js';
import { within } from '../waiting.js';
import { expectGrowth, kibibytes, mebibytes } from './means.js';

/** Descriptors of the server in the flood; a few dozen are Node's own. */
const DESCRIPTORS = 256;

export const CONNECTIONS: readonly ServerAttack[] = [
  {
    name: 'idle connections',
    rows: ['figure: idle connection: 10 KiB'],
    demand: 'at most 10 KiB each, from the 1,000th to the 4,000th',
    async run(field, watch) {
      await field.openMany(1_000, '/counted');
      const before = await field.standing();
      await field.openMany(3_000, '/counted');
      const each = ((await watch()).resident - before.resident) / 3_000;
      expect(each / KiB).to.be.below(10);
      return `${kibibytes(each)} each`;
    },
  },
  {
    name: 'opened, used and reset',
    rows: [
      'figure: 5,000 connections opened, used and reset: nothing more',
      'life: error before close, close last and once for each connect',
    ],
    demand:
      '5,000 connections, three times: after the first round nothing more (heap 0.5 MiB, allocator 6 MiB), and every descriptor back',
    async run(field, watch) {
      const descriptors = field.descriptors();
      const residents: number[] = [];
      let first = await field.standing();
      for (let round = 0; round < 3; round += 1) {
        for (let done = 0; done < 5_000; done += 100) await useAndReset(field, 100);
        expect(await within(5_000, () => field.descriptors() <= descriptors), 'descriptors back').to.equal(true);
        const now = await watch();
        residents.push(now.resident);
        if (round === 0) first = now;
        else expectGrowth(first, now, 6 * MiB);
        expect((now.heap - first.heap) / MiB, 'MiB more heap').to.be.below(0.5);
      }
      return `${mebibytes((residents[2] ?? 0) - (residents[0] ?? 0))} more after the third round than after the first`;
    },
  },
  {
    name: 'resets at every byte of the handshake',
    rows: ['handshake: a hook hangs, the request is dripped or silent'],
    demand: 'and FINs: nothing is left of any',
    async run(field, watch, before) {
      const request = upgradeRequest({ path: '/counted' });
      for (let at = 0; at <= request.length; at += 1) {
        const [reset, ended] = await Promise.all([field.connect(), field.connect()]);
        reset.send(request.slice(0, at));
        ended.send(request.slice(0, at));
        await Promise.all([reset.flush(), ended.flush()]);
        reset.reset();
        ended.end();
      }
      const settled = await within(10_000, () => field.descriptors() <= before.descriptors);
      expect(settled, 'descriptors back').to.equal(true);
      expectGrowth(before, await watch(), 4 * MiB);
      return `${2 * (request.length + 1)} broken off`;
    },
  },
  {
    name: 'resets at every byte of a conversation',
    rows: ['life: TCP ends without Close', 'life: error before close, close last and once for each connect'],
    demand:
      'and FINs, over a fragmented message, a ping, a long message and a Close: nothing is left of any, one close for each connect',
    async run(field, watch, before) {
      const conversation = Buffer.concat([
        frameBytes({ opcode: 1, fin: false, payload: 'Hel' }),
        frameBytes({ opcode: 9, payload: 'here?' }),
        frameBytes({ opcode: 0, payload: 'lo' }),
        frameBytes({ opcode: 2, payload: Buffer.alloc(130) }),
        frameBytes({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }),
      ]);
      for (let at = 0; at <= conversation.length; at += 1) {
        const [reset, ended] = await Promise.all([field.open('/counted'), field.open('/counted')]);
        reset.send(conversation.subarray(0, at));
        ended.send(conversation.subarray(0, at));
        await Promise.all([reset.flush(), ended.flush()]);
        reset.reset();
        ended.end();
      }
      const settled = await within(10_000, () => field.descriptors() <= before.descriptors);
      expect(settled, 'descriptors back').to.equal(true);
      const now = await watch();
      expect(now.closes).to.equal(now.connects);
      expectGrowth(before, now, 4 * MiB);
      return `${now.connects} connects, ${now.closes} closes`;
    },
  },
  {
    name: 'connection flood up to the descriptor limit',
    rows: ['handshake: over maxConnections, or closing'],
    demand: `600 connections to a server that may have ${DESCRIPTORS} descriptors: those open go on, the process lives, and new ones get in afterwards`,
    conditions: { descriptorLimit: DESCRIPTORS },
    async run(field, watch, before) {
      const established = await field.open('/counted');
      const tries = await Promise.allSettled(Array.from({ length: 600 }, () => tryToOpen(field)));
      const opened = tries.filter(({ status }) => status === 'fulfilled').length;
      expect(opened).to.be.within(100, DESCRIPTORS);
      await watch();
      established.sendText('still here');
      expect(await established.readText()).to.equal('still here');
      field.clear();
      expect(await within(10_000, () => field.descriptors() <= before.descriptors), 'descriptors back').to.equal(true);
      const late = await field.open('/counted');
      late.sendText('afterwards');
      expect(await late.readText()).to.equal('afterwards');
      return `${opened} got in, ${600 - opened} did not; new ones get in afterwards`;
    },
  },
];

async function useAndReset(field: Battlefield, count: number): Promise<void> {
  const peers = await field.openMany(count, '/counted');
  await Promise.all(
    peers.map(async (peer) => {
      peer.sendText('used');
      await peer.readText();
      peer.reset();
    }),
  );
}

/** A connection, or a rejection where it isn't upgraded within two seconds. */
async function tryToOpen(field: Battlefield): Promise<void> {
  const peer = await field.connect();
  peer.send(upgradeRequest({ path: '/counted' }));
  const { status } = await Promise.race([peer.readResponse(), sleep(2_000, { status: 0 })]);
  if (status !== 101) {
    peer.destroy();
    throw new Error(`Got ${status}`);
  }
}
