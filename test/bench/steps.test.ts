import { expect } from 'chai';
import { COMPRESSION } from '#bench/steps/compression.js';
import { CONNECTIONS } from '#bench/steps/connections.js';
import { HANDLERS } from '#bench/steps/handlers.js';
import { INCOMING } from '#bench/steps/incoming.js';
import { measure } from '#bench/steps/measure.js';
import { OUTGOING } from '#bench/steps/outgoing.js';
import type { HeldStep, Step, TimedStep } from '#bench/steps/step.js';
import { startWriting, type Writing } from '#bench/steps/writing.js';

describe('The steps of the bench', () => {
  let writing: Writing;
  let steps: readonly Step[];

  before(async () => {
    writing = await startWriting();
    steps = [...INCOMING, ...HANDLERS, ...OUTGOING, ...writing.steps, ...CONNECTIONS, ...COMPRESSION];
  });

  after(() => writing.stop());

  it('have names of their own', () => {
    const names = steps.map(({ name }) => name);
    expect(names).to.have.lengthOf(new Set(names).size);
  });

  for (const step of [...INCOMING, ...HANDLERS, ...OUTGOING, ...COMPRESSION]) {
    const { kept, plain } = step;
    if (kept.result === undefined || plain.result === undefined) continue;
    it(`come to the same by either way: ${step.name}`, () => {
      expect(kept.result?.()).to.deep.equal(plain.result?.());
    });
  }

  it('run both ways, whether there is a result to compare or not', async () => {
    const failed: unknown[] = [];
    for (const step of steps) {
      if (step.measure === 'memory') continue;
      for (const variant of [step.kept, step.plain]) {
        await Promise.resolve(variant.run(2)).catch((error: unknown) => failed.push(step.name, variant.title, error));
      }
    }
    expect(failed).to.deep.equal([]);
  });

  it('are measured in rounds, each side once in each', async () => {
    const order: string[] = [];
    const side = (title: string) => ({
      title,
      run(times: number) {
        const until = process.cpuUsage().user + 1000 * times;
        while (process.cpuUsage().user < until) order.push(title);
      },
    });
    const step: TimedStep = { measure: 'time', name: 'x', title: 'x', kept: side('kept'), plain: side('plain') };
    const pairs = await measure(step, 3);
    expect(pairs).to.have.lengthOf(3);
    for (const { kept, plain } of pairs) {
      expect(kept).to.be.at.least(1_000_000);
      expect(plain).to.be.at.least(1_000_000);
    }
    const turns = order.filter((title, i) => title !== order[i - 1]);
    expect(turns.slice(-4)).to.deep.equal(['kept', 'plain', 'kept', 'plain']);
  });

  it('have what is held released after each reading', async () => {
    const made = new Set<object>();
    const holding = {
      title: 'x',
      make() {
        const one = {};
        made.add(one);
        return one;
      },
      release: (one: unknown) => made.delete(one as object),
    };
    const step: HeldStep = { measure: 'memory', name: 'x', title: 'x', count: 5, kept: holding, plain: holding };
    expect(await measure(step, 2)).to.have.lengthOf(2);
    expect(made.size).to.equal(0);
  });
});
