import { expect } from 'chai';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`a transport that ends, under a ${role}`, () => {
    it('with a FIN tells close 1006 and no error', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.text('a'));
      rig.transport.finish();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'close 1006');
      expectWire(rig);
      expect(rig.transport.destroyed).to.equal(true);
    });

    it('with a FIN inside a frame tells close 1006', async () => {
      const rig = open(role, { whole: false });
      rig.transport.deliver(peer.text('abc', { fin: false }), peer.continuation('def').subarray(0, -1));
      rig.transport.finish();
      await settled();
      expect(rig.events.at(-1)).to.equal('close 1006');
      expect(rig.handler.errors).to.deep.equal([]);
    });

    it('with an RST tells the error, then close 1006', async () => {
      const rig = open(role);
      rig.transport.reset();
      await settled();
      expectEvents(rig, 'connect', 'error ECONNRESET', 'close 1006');
    });

    it('with a failed write tells the error, then close 1006', async () => {
      const rig = open(role);
      rig.transport.failWrites(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      void rig.connection.sendText('x');
      await settled();
      expectEvents(rig, 'connect', 'error EPIPE', 'close 1006');
    });

    it('is told after the messages that came before, once a busy handler has settled', async () => {
      for (const end of ['finish', 'reset'] as const) {
        const busy = gate();
        const rig = open(role, { behaviour: { data: () => busy.promise } });
        rig.transport.deliver(peer.text('a'), peer.text('b'));
        await settled();
        rig.transport[end]();
        await settled();
        expectEvents(rig, 'connect', 'text a');
        busy.open();
        await settled();
        expectEvents(
          rig,
          'connect',
          'text a',
          'text b',
          ...(end === 'reset' ? ['error ECONNRESET'] : []),
          'close 1006',
        );
      }
    });

    it('after a FIN held up by a close handler is destroyed at closeTimeout, without a Close', async () => {
      const rig = open(role, { behaviour: { close: () => new Promise<void>(() => {}) } });
      rig.transport.finish();
      await settled();
      rig.clock.advance(5_300);
      await settled();
      expectWire(rig);
      expect(rig.transport.destroyed).to.equal(true);
    });
  });
}
