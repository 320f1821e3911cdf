import { constants, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { DeflaterPool, type Lease } from '#moorage/protocol/extensions/deflater-pool.js';
import { type DeflaterSettings, type SyncZlib, syncZlib } from '#moorage/protocol/extensions/sync-zlib.js';
import { Workspace } from '#moorage/protocol/extensions/workspace.js';

const SETTINGS: DeflaterSettings = { level: 3, memLevel: 5, windowBits: 12 };
/** One compressor with these settings. */
const ONE = 112 * 1024;

/** A pool for so many compressors, and how many there are. */
function poolFor(compressors: number) {
  const zlib = syncZlib() as SyncZlib;
  const count = { open: 0 };
  const counted: SyncZlib = {
    inflater: () => zlib.inflater(),
    deflater: (settings) => {
      const stream = zlib.deflater(settings);
      count.open += 1;
      return {
        get roomLeft() {
          return stream.roomLeft;
        },
        get inputLeft() {
          return stream.inputLeft;
        },
        write: (...args) => stream.write(...args),
        reset: () => stream.reset(),
        close: () => {
          count.open -= 1;
          stream.close();
        },
      };
    },
  };
  const pool = new DeflaterPool(counted, new Workspace(), compressors * ONE);
  const lend = (settings = SETTINGS): Lease => {
    const lease = pool.lend(settings);
    if (lease === null) throw new Error('None left');
    lease.begin(Buffer.from('history'));
    lease.deflate(Buffer.from('message'));
    return lease;
  };
  return { pool, lend, count };
}

describe('The compressors that connections are lent', () => {
  it('go on from a history, and one message from another', () => {
    const lease = poolFor(1).lend();
    lease.begin(Buffer.from('a history of some length'));
    const parts = [lease.deflate(Buffer.from('some length')), lease.deflate(Buffer.from('a history of some length'))];
    const inflated = inflateRawSync(Buffer.concat(parts), {
      finishFlush: constants.Z_SYNC_FLUSH,
      dictionary: Buffer.from('a history of some length'),
    });
    expect(inflated.toString()).to.equal('some lengtha history of some length');
    expect(parts[1]?.length).to.be.below(14);
  });

  it('forget the history of whom they had before', () => {
    const lease = poolFor(1).lend();
    lease.begin(Buffer.from('a secret of somebody else'));
    lease.begin(Buffer.alloc(0));
    const alone = lease.deflate(Buffer.from('a secret of somebody else'));
    expect(inflateRawSync(alone, { finishFlush: constants.Z_SYNC_FLUSH }).toString()).to.equal(
      'a secret of somebody else',
    );
  });

  it('are as many as there is room for', () => {
    const { pool, lend, count } = poolFor(3);
    const leases = [lend(), lend(), lend()];
    expect(new Set(leases).size).to.equal(3);
    expect(pool.lend(SETTINGS)).to.equal(null);
    expect(count.open).to.equal(3);
  });

  it('go to the next connection when one gives its own back', () => {
    const { lend, count } = poolFor(3);
    const first = lend();
    const { tenant } = first;
    first.giveBack();
    const second = lend();
    expect(second).to.equal(first);
    expect(second.tenant).to.not.equal(tenant);
    expect(count.open).to.equal(1);
  });

  it('stay with those who use them, however often others ask', () => {
    const { pool, lend } = poolFor(2);
    const leases = [lend(), lend()];
    const tenants = leases.map(({ tenant }) => tenant);
    for (let i = 0; i < 100; i++) {
      for (const lease of leases) lease.deflate(Buffer.from('again'));
      expect(pool.lend(SETTINGS)).to.equal(null);
    }
    expect(leases.map(({ tenant }) => tenant)).to.deep.equal(tenants);
  });

  it('leave the one who has not used its own for long', () => {
    const { pool, lend } = poolFor(2);
    const idle = lend();
    const { tenant } = idle;
    const busy = lend();
    let taken: Lease | null = null;
    for (let i = 0; i < 100 && taken === null; i++) {
      busy.deflate(Buffer.from('again'));
      taken = pool.lend(SETTINGS);
    }
    expect(taken).to.equal(idle);
    expect(idle.tenant).to.not.equal(tenant);
  });

  it('leave those who have gone quiet even when nobody uses any', () => {
    const { pool, lend } = poolFor(2);
    lend();
    lend();
    const asked = Array.from({ length: 100 }, () => pool.lend(SETTINGS));
    expect(asked.some((lease) => lease !== null)).to.equal(true);
  });

  it('make room for others with other windows, and never come to more than was given', () => {
    const { pool, lend, count } = poolFor(2);
    const leases = [lend(), lend()];
    for (const lease of leases) lease.giveBack();
    const other = lend({ ...SETTINGS, windowBits: 9, memLevel: 2 });
    expect(leases.includes(other)).to.equal(false);
    expect(count.open).to.equal(2);
    expect(pool.lend({ ...SETTINGS, windowBits: 15, memLevel: 9 })).to.equal(null);
  });
});
