import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { Fifo } from '#moorage/engine/fifo.js';
import { settled } from '../support/engine.js';

describe('a queue', () => {
  it('gives what it was given, in order, as an array would', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer())), (steps) => {
        const queue = new Fifo<number>();
        const model: number[] = [];
        for (const step of steps) {
          if (step === null) {
            expect(queue.shift()).to.equal(model.shift());
          } else {
            queue.push(step);
            model.push(step);
          }
          expect(queue.isEmpty).to.equal(model.length === 0);
        }
      }),
    );
  });

  it('lets go of what it gave, though it never runs empty', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const queue = new Fifo<object>();
    const given: WeakRef<object>[] = [];
    for (let at = 0; at < 100; at++) {
      queue.push({ at });
      if (at > 2) given.push(new WeakRef(queue.shift()!));
    }
    await settled();
    collect();
    expect(given.filter((reference) => reference.deref() !== undefined)).to.have.length(0);
  });
});
