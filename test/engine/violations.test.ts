import { expect } from 'chai';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { header, Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`a violation by the peer of a ${role}`, () => {
    it('is told after the frames before it, and what follows is not parsed', async () => {
      const rig = open(role);
      rig.transport.deliver(Buffer.concat([peer.text('fine'), peer.frame(3), peer.text('late')]));
      rig.transport.deliver(peer.text('later'));
      await settled();
      expectEvents(rig, 'connect', 'text fine', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error');
      expectWire(rig, 'close 1002 Protocol error');
    });

    it('waits for a busy handler, whose messages in waiting come first', async () => {
      const busy = gate();
      const rig = open(role, { behaviour: { data: () => busy.promise } });
      rig.transport.deliver(Buffer.concat([peer.text('a'), peer.text('b'), peer.frame(3)]));
      await settled();
      expectEvents(rig, 'connect', 'text a');
      expectWire(rig);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error');
    });

    it('over a limit is known from the header alone', async () => {
      const rig = open(role);
      rig.transport.deliver(header({ opcode: 1, length: 2n ** 40n, key: peer.key }));
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_MESSAGE_TOO_LARGE', 'close 1009 Message too large');
      expectWire(rig, 'close 1009 Message too large');
    });

    it('of a limit changed for this connection counts from the next header', async () => {
      const rig = open(role);
      rig.connection.limits = { ...rig.connection.limits, maxTextMessageSize: 3 };
      rig.transport.deliver(peer.text('abc'), peer.text('abcd'));
      await settled();
      expectEvents(rig, 'connect', 'text abc', 'error MOORAGE_MESSAGE_TOO_LARGE', 'close 1009 Message too large');
    });

    it('with too many fragments is 1008', async () => {
      const rig = open(role);
      rig.connection.limits = { ...rig.connection.limits, maxFragments: 2 };
      const more = peer.continuation('', { fin: false });
      rig.transport.deliver(peer.text('', { fin: false }), more, more);
      await settled();
      expect(rig.events.slice(-2)).to.deep.equal(['error MOORAGE_TOO_MANY_FRAGMENTS', 'close 1008 Policy violation']);
    });

    it('is read on and thrown away, and TCP ends within a second whatever the peer does', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.frame(3));
      await settled();
      expect(rig.transport.finished).to.equal(true);
      rig.transport.deliver(Buffer.alloc(100_000), Buffer.alloc(100_000));
      await settled();
      expect(rig.transport.readableLength).to.equal(0);
      expect(rig.transport.destroyed).to.equal(false);
      rig.clock.advance(1_200);
      await settled();
      expect(rig.transport.destroyed).to.equal(true);
      expectEvents(rig, 'connect', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error');
      expect(rig.clock.timers).to.equal(0);
    });

    it('can be answered with another code from within error or close', async () => {
      for (const event of ['error', 'close'] as const) {
        const rig = open(role, {
          behaviour: {
            [event]: (channel: { close(code: number, reason: string): void }) => channel.close(4000, 'mine'),
          },
        });
        rig.transport.deliver(peer.frame(3));
        await settled();
        expectWire(rig, 'close 4000 mine');
        expectEvents(rig, 'connect', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error');
      }
    });
  });
}
