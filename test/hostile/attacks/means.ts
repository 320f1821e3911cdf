/** What attacks have in common. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { RawPeer } from '../../support/raw-peer.js';
import type { Standing } from '../field.js';
import { KiB, MiB } from '../sizes.js';
import { timed } from '../waiting.js';

/** Milliseconds from a hostile frame to the server's FIN: twice the figure of 1 s, since the machine may be busy. */
const FIN_WITHIN = 2_000;
/** Resident memory isn't measured to the page: what the collector and the allocator may keep. */
const NOISE = 1.5 * MiB;

export interface Poured {
  /** Bytes that the operating system took. */
  readonly taken: number;
  /** `blocked`: for `stall` milliseconds it took no more. */
  readonly end: 'all' | 'blocked' | 'ended';
}

/** Writes a chunk again and again until `total` bytes are sent, the other side takes no more, or ends. */
export async function pour(peer: RawPeer, chunk: Uint8Array, total: number, stall = 1_500): Promise<Poured> {
  const { socket } = peer;
  const taken = () => socket.bytesWritten - socket.writableLength;
  for (let given = 0; given < total; given += chunk.length) {
    if (socket.destroyed || !socket.writable) return { taken: taken(), end: 'ended' };
    if (!socket.write(chunk)) {
      const given = new AbortController();
      const { signal } = given;
      const event = Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
      const outcome = await Promise.race([
        event.then(
          () => 'goes on',
          () => 'goes on',
        ),
        stalled(taken, stall),
      ]);
      given.abort();
      if (outcome === 'blocked') return { taken: taken(), end: 'blocked' };
    }
  }
  return { taken: taken(), end: socket.destroyed ? 'ended' : 'all' };
}

async function stalled(taken: () => number, stall: number): Promise<'blocked'> {
  for (let before = -1; before !== taken(); ) {
    before = taken();
    await sleep(stall, undefined, { ref: false });
  }
  return 'blocked';
}

/** The server's Close must have this code, and its FIN must follow. Returns milliseconds. */
export async function expectClose(peer: RawPeer, ...codes: readonly number[]): Promise<number> {
  let code = 0;
  const closing = (async () => {
    ({ code } = await peer.readClose());
    expect(codes, 'close code').to.include(code);
    await peer.readEnd();
  })();
  const milliseconds = await timed(closing);
  expect(milliseconds, 'milliseconds to FIN').to.be.below(FIN_WITHIN);
  return milliseconds;
}

/** The server has to end the connection, no matter how. Returns milliseconds. */
export async function expectEnd(peer: RawPeer, limit = FIN_WITHIN): Promise<number> {
  const milliseconds = await timed(peer.readEnd());
  expect(milliseconds, 'milliseconds to the end').to.be.below(limit);
  return milliseconds;
}

/** The server's resident memory may have grown by so much, noise apart. */
export function expectGrowth(before: Standing, now: Standing, most: number): void {
  expect((now.resident - before.resident) / MiB, 'MiB more resident').to.be.at.most((most + NOISE) / MiB);
}

/** The same of the most it ever was, garbage included. */
export function expectPeak(before: Standing, peak: number, most: number): void {
  expect((peak - before.resident) / MiB, 'MiB more resident at the peak').to.be.at.most((most + NOISE) / MiB);
}

export function mebibytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`;
}

export function kibibytes(bytes: number): string {
  return `${(bytes / KiB).toFixed(1)} KiB`;
}
