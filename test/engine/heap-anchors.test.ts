import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { anchor } from '#moorage/engine/heap-anchors.js';

const KIB = 1024;
/** From one anchor to the next, in chunks of 64 KiB. */
const CHUNKS = 32;

describe('The chunks that keep the heap from shrinking', () => {
  /** Lets so many chunks come in, which nobody else holds on to. */
  function receive(count: number): WeakRef<Buffer>[] {
    return Array.from({ length: count }, () => {
      const chunk = Buffer.allocUnsafeSlow(64 * KIB);
      anchor(chunk);
      return new WeakRef(chunk);
    });
  }

  async function collect(): Promise<void> {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    await new Promise((resolve) => setImmediate(resolve)); // A WeakRef is good for the turn in which it was made.
    gc();
  }

  const held = (chunks: readonly WeakRef<Buffer>[]) => chunks.filter((chunk) => chunk.deref() !== undefined).length;

  it('are one for every 2 MiB that come in, and the last sixteen of them', async () => {
    const first = receive(16 * CHUNKS);
    await collect();
    expect(held(first)).to.equal(16);
    const second = receive(16 * CHUNKS);
    await collect();
    expect(held(first)).to.equal(0);
    expect(held(second)).to.equal(16);
  });
});
