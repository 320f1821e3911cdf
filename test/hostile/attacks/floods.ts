/** Much of what is allowed once: pings, fragments, bombs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { frameBytes, type RawPeer } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import { KiB, MiB } from '../sizes.js';
import { expectClose, expectEnd, expectGrowth, expectPeak, mebibytes, pour } from './means.js';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

/** A compressed message of zeros, as one frame (RFC 7692 §7.2.1: without the last four bytes of the flush). */
function bomb(length: number): Buffer {
  const data = deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_SYNC_FLUSH, level: 9 });
  return frameBytes({ opcode: 2, rsv: 4, payload: data.subarray(0, -4) });
}

function many(bytes: Uint8Array, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes));
}

/** A message in so many fragments and a last one, all alike. */
function fragments(count: number, payload: string): Buffer {
  const first = frameBytes({ opcode: 1, fin: false, payload });
  return Buffer.concat([first, many(frameBytes({ opcode: 0, fin: false, payload }), count - 1)]);
}

export const FLOODS: readonly ServerAttack[] = [
  {
    name: 'decompression bomb',
    rows: [
      'figure: decompression bomb of 100 MiB: 8 MiB',
      'frames: permessage-deflate',
      'figure: hostile frame to FIN within 1 s',
    ],
    demand: '100 MiB of zeros in one message: 1009, FIN within 1 s, at most 8 MiB more at any time',
    async run(field, watch, before) {
      const peer = await field.open('/compressed', OFFER);
      const bytes = bomb(100 * MiB);
      peer.send(bytes);
      const milliseconds = await expectClose(peer, 1009);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 8 * MiB);
      return `${kib(bytes)} sent; 1009 and FIN after ${Math.round(milliseconds)} ms`;
    },
  },
  {
    name: 'twenty decompression bombs',
    rows: ['frames: permessage-deflate', 'life: over a limit'],
    demand:
      '100 MiB of zeros each, at the same time: 1009 each, at most 20 messages of the limit (1 MiB) and 8 MiB more',
    async run(field, watch, before) {
      const peers = await Promise.all(Array.from({ length: 20 }, () => field.open('/compressed', OFFER)));
      const bytes = bomb(100 * MiB);
      for (const peer of peers) peer.send(bytes);
      const times = await Promise.all(peers.map((peer) => expectClose(peer, 1009)));
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 28 * MiB);
      return `1009 and FIN each, the last after ${Math.round(Math.max(...times))} ms`;
    },
  },
  {
    name: 'small bombs by the hundred',
    rows: ['frames: permessage-deflate'],
    demand: '300 messages of 1 KiB that inflate to 1 MiB and are echoed to nobody: the garbage stays below 64 MiB',
    async run(field, watch, before) {
      const peer = await field.open('/compressed', OFFER);
      peer.pause();
      const bytes = bomb(1 * MiB);
      const { end } = await pour(peer, bytes, 300 * bytes.length, 500);
      await sleep(1_000);
      await watch();
      expectPeak(before, field.peak(), 64 * MiB);
      return `${kib(bytes)} a message; ${end === 'all' ? 'all were taken' : end}`;
    },
  },
  {
    name: 'ping flood, nothing read',
    rows: [
      'figure: ping flood, nothing read: 8 MiB',
      'life: one pong for each ping, also between fragments and while a handler is busy',
    ],
    demand: '32 MiB of pings with 125 bytes, the pongs never read: closed or blocked, or at most 8 MiB more',
    async run(field, watch, before) {
      const peer = await field.open('/echo');
      peer.pause();
      const pings = many(frameBytes({ opcode: 9, payload: Buffer.alloc(125, 0x70) }), 500);
      const { taken, end } = await pour(peer, pings, 32 * MiB);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 16 * MiB);
      return `${mebibytes(taken)} taken, then ${end === 'all' ? 'no more sent' : end}`;
    },
  },
  {
    name: 'ping flood while the handler is busy',
    rows: [
      'figure: ping flood, nothing read: 8 MiB',
      'life: one pong for each ping, also between fragments and while a handler is busy',
    ],
    demand: '32 MiB of empty pings, the pongs never read: closed or blocked, or at most 8 MiB more',
    async run(field, watch, before) {
      const peer = await field.open('/never');
      peer.sendText('be busy');
      peer.pause();
      const { taken, end } = await pour(peer, many(frameBytes({ opcode: 9 }), 5_000), 32 * MiB);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 16 * MiB);
      return `${mebibytes(taken)} taken, then ${end === 'all' ? 'no more sent' : end}`;
    },
  },
  {
    name: 'pong flood',
    rows: ['life: one pong for each ping, also between fragments and while a handler is busy'],
    demand: '32 MiB of pongs nobody asked for: at most 8 MiB more',
    async run(field, watch, before) {
      const peer = await field.open('/echo');
      const { taken } = await pour(peer, many(frameBytes({ opcode: 10 }), 5_000), 32 * MiB);
      expectGrowth(before, await watch(), 8 * MiB);
      peer.sendText('still here');
      expect(await peer.readText()).to.equal('still here');
      return `${mebibytes(taken)} taken, the connection works`;
    },
  },
  {
    name: 'one-byte fragments',
    rows: ['figure: 130,000 one-byte fragments: 8 MiB', 'life: too many fragments'],
    demand: '130,000 in one message: closed with 1008, at most 8 MiB more',
    run: async (field, watch, before) => {
      const peer = await field.open('/echo');
      return flood(peer, fragments(130_000, 'x'), async () => expectGrowth(before, await watch(), 8 * MiB));
    },
  },
  {
    name: 'empty fragments',
    rows: [
      'figure: 300,000 empty fragments: 8 MiB',
      'frames: empty messages and fragments',
      'life: too many fragments',
    ],
    demand: '300,000 in one message: closed with 1008, at most 8 MiB more',
    run: async (field, watch, before) => {
      const peer = await field.open('/echo');
      return flood(peer, fragments(300_000, ''), async () => expectGrowth(before, await watch(), 8 * MiB));
    },
  },
  {
    name: 'empty messages',
    rows: ['frames: empty messages and fragments'],
    demand:
      '2 million, echoed to nobody: the sender is blocked or closed, or at most 8 MiB more; peak at most the queue cap and 8 MiB',
    async run(field, watch, before) {
      const peer = await field.open('/echo');
      peer.pause();
      const { taken, end } = await pour(peer, many(frameBytes({ opcode: 1 }), 10_000), 12 * MiB);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 24 * MiB);
      return `${mebibytes(taken)} taken, then ${end === 'all' ? 'no more sent' : end}`;
    },
  },
  {
    name: 'empty fragments while the handler is busy',
    rows: ['figure: 300,000 empty fragments: 8 MiB'],
    demand: '300,000 behind a handler that never settles: at most 8 MiB more',
    async run(field, watch, before) {
      const peer = await field.open('/never');
      peer.sendText('be busy');
      const { taken, end } = await pour(peer, fragments(300_000, ''), 1);
      expectGrowth(before, await watch(), 8 * MiB);
      return `${mebibytes(taken)} taken, ${end}`;
    },
  },
];

/** Sends bytes that the server doesn't take to their end: it closes with 1008, or resets what it didn't read. */
async function flood(peer: RawPeer, bytes: Buffer, measure: () => Promise<void>): Promise<string> {
  peer.send(bytes);
  const close = await peer.readClose().catch(() => undefined);
  const milliseconds = await expectEnd(peer);
  await measure();
  if (close !== undefined) expect(close.code).to.equal(1008);
  return `${close === undefined ? 'reset' : `1008 "${close.reason}"`}, ended ${Math.round(milliseconds)} ms later`;
}

function kib(bytes: Buffer): string {
  return `${(bytes.length / KiB).toFixed(1)} KiB`;
}
