import { expect } from 'chai';
import { heldLines, heldOf } from '#bench/scale/held.js';

const OUTPUT = {
  open: 15_000,
  still_open: 15_000,
  hold_s: 120,
  hold_srv_cpu_s: 1.2,
  pings: 72_000,
  bytes_per_connection: 4321.4,
};

describe('Held connections', () => {
  it('cost CPU in percent of a core, and in microseconds for each ping', () => {
    const { cpu, perPing } = heldOf('moorage', OUTPUT);
    expect(cpu).to.be.closeTo(1, 1e-9);
    expect(perPing).to.be.closeTo(16.67, 0.01);
  });

  it('are told in a line when all are alive', () => {
    expect(heldLines(heldOf('moorage', OUTPUT), 15_000)).to.deep.equal([
      'moorage  15,000 of 15,000 alive after 120 s, 72,000 pings answered: 1.00 % of a core, 16.7 µs per ping and pong, 4,321 B resident each',
    ]);
  });

  it('are told with those that were not opened, those that were lost, and the first error', () => {
    const held = heldOf('net', { ...OUTPUT, open: 14_990, still_open: 14_000, first_error: 'recv: reset' });
    expect(heldLines(held, 15_000).slice(1)).to.deep.equal([
      '  ! 10 were not opened, 990 were lost',
      '  ! recv: reset',
    ]);
  });
});
