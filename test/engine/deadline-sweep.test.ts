import { expect } from 'chai';
import fc from 'fast-check';
import { type Deadline, DeadlineSweep } from '#moorage/engine/deadline-sweep.js';
import { VirtualClock } from '../support/virtual-clock.js';

class Item implements Deadline {
  heapIndex = -1;
  readonly expired: number[] = [];
  next: (now: number) => number = () => 0;

  expire(now: number): number {
    this.expired.push(now);
    return this.next(now);
  }
}

describe('the sweep of all deadlines', () => {
  it('asks what is due, never early and at most two ticks late', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const items = [150, 1_000, 1_001, 60_000].map((after) => {
      const item = new Item();
      const due = sweep.read() + after;
      sweep.schedule(item, due);
      return { item, due };
    });
    clock.advance(70_000);
    for (const { item, due } of items) {
      expect(item.expired).to.have.length(1);
      expect(item.expired[0]).to.be.within(due, due + 200);
    }
  });

  it('keeps as many deadlines as a naive model, through any course of changes', () => {
    const step = fc.oneof(
      fc.record({ schedule: fc.nat(15), after: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ cancel: fc.nat(15) }),
      fc.record({ advance: fc.integer({ min: 1, max: 400 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const clock = new VirtualClock();
        const sweep = new DeadlineSweep(clock);
        const items = Array.from({ length: 16 }, () => new Item());
        const model = new Map<Item, number>();
        for (const action of steps) {
          if ('schedule' in action) {
            const item = items[action.schedule]!;
            const due = sweep.read() + action.after;
            sweep.schedule(item, due);
            model.set(item, due);
          } else if ('cancel' in action) {
            sweep.cancel(items[action.cancel]!);
            model.delete(items[action.cancel]!);
          } else {
            const before = new Map(items.map((item) => [item, item.expired.length]));
            clock.advance(action.advance);
            const now = sweep.read();
            for (const item of items) {
              const due = model.get(item);
              const rang = item.expired.length > before.get(item)!;
              if (rang) model.delete(item);
              if (rang) expect(due, 'never early').to.be.at.most(now);
              else expect(due ?? Infinity, 'at most two ticks late').to.be.greaterThan(now - 200);
            }
          }
          expect(sweep.size).to.equal(model.size);
          expect(clock.timers).to.equal(model.size === 0 ? 0 : 1);
          for (const item of items) expect(sweep.timeOf(item)).to.equal(model.get(item) ?? 0);
        }
      }),
    );
  });

  it('asks again at the time an item says, and not while it stands later', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const item = new Item();
    item.next = (now) => (item.expired.length < 3 ? now + 1_000 : 0);
    sweep.schedule(item, sweep.read() + 500);
    clock.advance(10_000);
    expect(item.expired.map((time) => Math.floor((time - 1) / 100))).to.deep.equal([5, 15, 25]);
    expect(clock.timers).to.equal(0);
  });

  it('asks an item that says a time already past once per tick, and no more', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const item = new Item();
    item.next = () => 1;
    sweep.schedule(item, sweep.read());
    clock.advance(300);
    expect(item.expired).to.have.length(3);
  });

  it('gives input a tick to be read after the event loop was blocked', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const item = new Item();
    sweep.schedule(item, sweep.read() + 1_000);
    clock.block(5_000);
    expect(item.expired).to.have.length(0);
    clock.advance(100);
    expect(item.expired).to.have.length(1);
  });

  it('judges all the same where the loop is always slow', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const item = new Item();
    sweep.schedule(item, sweep.read() + 1_000);
    clock.block(900);
    clock.block(900);
    clock.block(900);
    expect(item.expired.length).to.be.greaterThan(0);
  });

  it('runs its timer only while a deadline stands', () => {
    const clock = new VirtualClock();
    const sweep = new DeadlineSweep(clock);
    const item = new Item();
    expect(clock.timers).to.equal(0);
    sweep.schedule(item, 1_000);
    sweep.schedule(item, 2_000);
    expect(clock.timers).to.equal(1);
    sweep.cancel(item);
    sweep.cancel(item);
    expect(clock.timers).to.equal(0);
  });
});
