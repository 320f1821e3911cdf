import { expect } from 'chai';
import { drawSweep, type SweepFigures } from '#bench/plots/figures.js';
import { allSweeps } from '#bench/plots/sweeps.js';

const SWEEP: SweepFigures = {
  name: 'size',
  title: 'Cost of an echo by message size',
  subtitle: 'binary',
  x: 'payload',
  y: 'µs of server CPU per message',
  steps: [
    { x: 64, label: '64 B', cpu: { moorage: [12, 10, 11], ws: [20] } },
    { x: 1024, label: '1 KiB', cpu: { moorage: [14, 13, 0], ws: [] } },
  ],
};

describe('The plots of the bench', () => {
  it('differ in one quantity alone from step to step', () => {
    for (const { name, steps } of allSweeps(20_000)) {
      const quantity = (
        { size: 'size', connections: 'connections', 'in-flight': 'depth', members: 'connections' } as const
      )[name];
      const rest = steps.map(({ test }) => ({ ...test, name: '', title: '', [quantity as string]: 0 }));
      expect(steps.length, name).to.be.at.least(4);
      for (const one of rest) expect(one, name).to.deep.equal(rest[0]);
      expect(
        steps.map(({ x }) => x),
        name,
      ).to.deep.equal(steps.map(({ test }) => test[quantity as 'size']));
    }
  });

  it('stay within what the machine allows', () => {
    const connections = allSweeps(1024).flatMap(({ steps }) => steps.map(({ test }) => test.connections));
    expect(Math.max(...connections)).to.equal(100);
  });

  it('show the median of the rounds and their range, of those servers that were measured', () => {
    const svg = drawSweep(SWEEP, { rounds: 3 });
    expect(svg).to.include('moorage: from 11 at 64 B to 13.5 at 1 KiB; ws: from 20 at 64 B to 20 at 64 B.');
    expect(svg).to.include('binary; log axes; median and range of 3 rounds');
    expect(svg.match(/class="bar s0"/g)).to.have.length(2);
    for (const label of ['>64 B<', '>1 KiB<']) expect(svg).to.include(label);
  });
});
