import { expect } from 'chai';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`connecting, as a ${role}`, () => {
    it('runs the connect handler first, then reads', async () => {
      const rig = open(role);
      expectEvents(rig, 'connect');
      rig.transport.deliver(peer.text('hello'), peer.close(1000, 'bye'));
      await settled();
      expectEvents(rig, 'connect', 'text hello', 'close 1000 bye');
      expectWire(rig, 'close 1000 bye');
    });

    it('reads nothing before an asynchronous connect handler has settled', async () => {
      const connecting = gate();
      const rig = open(role, { behaviour: { connect: () => connecting.promise } });
      rig.transport.deliver(peer.ping('early'), peer.text('hello'));
      await settled();
      expect(rig.transport.isPaused()).to.equal(true);
      expectEvents(rig, 'connect');
      expectWire(rig);
      connecting.open();
      await settled();
      expectEvents(rig, 'connect', 'text hello');
      expectWire(rig, 'pong early');
    });

    it('sends from within the connect handler', async () => {
      const connecting = gate();
      const connect = (channel: { sendText(text: string): unknown }) => {
        channel.sendText('welcome');
        return connecting.promise;
      };
      const rig = open(role, { behaviour: { connect } });
      await settled();
      expectWire(rig, 'text welcome');
      connecting.open();
    });

    it('takes what came with the handshake, cut frames included, ahead of what comes later', async () => {
      const second = peer.text('second');
      const head = Buffer.concat([peer.text('first'), second.subarray(0, 3)]);
      const rig = open(role, { head });
      rig.transport.deliver(second.subarray(3), peer.text('third'));
      await settled();
      expectEvents(rig, 'connect', 'text first', 'text second', 'text third');
    });

    it('keeps what came with the handshake until connect has settled', async () => {
      const connecting = gate();
      const rig = open(role, { head: peer.text('first'), behaviour: { connect: () => connecting.promise } });
      await settled();
      expectEvents(rig, 'connect');
      connecting.open();
      await settled();
      expectEvents(rig, 'connect', 'text first');
    });

    it('closes in the connect handler with the code given, and still hears the peer out', async () => {
      const rig = open(role, { behaviour: { connect: (channel) => channel.close(4000, 'not today') } });
      await settled();
      expectWire(rig, 'close 4000 not today');
      rig.transport.deliver(peer.text('oh'), peer.close(4000));
      await settled();
      expectEvents(rig, 'connect', 'text oh', 'close 4000');
    });

    for (const [how, fail] of [
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
    ] as const) {
      it(`ends with 1011 when the connect handler ${how}, and reads nothing`, async () => {
        const rig = open(role, { head: peer.text('unread'), behaviour: { connect: fail } });
        rig.transport.deliver(peer.text('unread'));
        await settled();
        expectEvents(rig, 'connect', 'error no', 'close 1011 Internal error');
        expectWire(rig, 'close 1011 Internal error');
      });
    }

    it('tells of a connection lost during connect after connect', async () => {
      const connecting = gate();
      const rig = open(role, { behaviour: { connect: () => connecting.promise } });
      rig.transport.reset();
      await settled();
      expectEvents(rig, 'connect');
      expect(rig.handler.endedAfter).to.equal(1);
      expect(rig.connection.isOpen).to.equal(false);
      connecting.open();
      await settled();
      expectEvents(rig, 'connect', 'error ECONNRESET', 'close 1006');
    });
  });
}
