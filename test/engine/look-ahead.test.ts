import { expect } from 'chai';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`RFC 6455 §5.5.2: pings, to a ${role}`, () => {
    it('are answered with what they carry, one pong each, without a ping handler', async () => {
      const rig = open(role);
      rig.transport.deliver(Buffer.concat([peer.ping('a'), peer.ping(), peer.ping(Buffer.alloc(125, 'x'))]));
      await settled();
      expectEvents(rig, 'connect');
      expectWire(rig, 'pong a', 'pong', `pong ${'x'.repeat(125)}`);
    });

    it('are answered and handed up, pongs only handed up, where a handler wants them', async () => {
      const rig = open(role, { control: true });
      rig.transport.deliver(peer.ping('a'), peer.pong('b'));
      await settled();
      expectEvents(rig, 'connect', 'ping a', 'pong b');
      expectWire(rig, 'pong a');
    });

    it('are answered between fragments', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.text('a', { fin: false }), peer.ping('p'));
      await settled();
      expectWire(rig, 'pong p');
    });

    it('are answered while a handler is busy, and handed up in their order', async () => {
      const busy = gate();
      const rig = open(role, { control: true, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'), peer.text('b'), peer.ping('p'));
      await settled();
      expectEvents(rig, 'connect', 'text a');
      expectWire(rig, 'pong p');
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b', 'ping p');
    });

    it('that overflow the queue end the connection, and nothing behind them is delivered', async () => {
      const rig = open(role, { control: true, settings: { maxQueuedBytes: 300, writeHighWater: 1_000 } });
      rig.transport.stall();
      void rig.connection.sendBinary(Buffer.alloc(250));
      await settled();
      rig.transport.deliver(Buffer.concat([peer.ping(Buffer.alloc(100)), peer.text('late'), peer.close(1000)]));
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_SLOW_CONSUMER', 'close 1008 Policy violation');
      expect(rig.transport.destroyed).to.equal(true);
    });
  });

  describe(`reading ahead of a busy handler, as a ${role}`, () => {
    const SETTINGS = { lookAheadMessages: 3, lookAheadBytes: 10_000 };

    for (const [bound, frames] of [
      ['messages', Array.from({ length: 3 }, (_, at) => peer.text(`m${at}`))],
      ['bytes', [peer.binary(Buffer.alloc(9_990), { fin: false })]],
      ['bytes of an unfinished frame', [peer.binary(Buffer.alloc(20_000)).subarray(0, 11_000)]],
      [
        'empty fragments',
        [peer.text('', { fin: false }), ...Array.from({ length: 100 }, () => peer.continuation('', { fin: false }))],
      ],
    ] as const) {
      it(`stops at its bound on ${bound}, pauses the transport, and goes on afterwards`, async () => {
        const busy = gate();
        const rig = open(role, { settings: SETTINGS, behaviour: { data: () => busy.promise } });
        rig.transport.deliver(peer.text('first'));
        await settled();
        expect(rig.transport.isPaused()).to.equal(false);
        rig.transport.deliver(...frames);
        await settled();
        expect(rig.transport.isPaused()).to.equal(true);
        rig.transport.deliver(peer.ping('unread'));
        await settled();
        expectWire(rig);
        busy.open();
        await settled();
        expect(rig.transport.isPaused()).to.equal(false);
        expect(rig.handler.violations).to.deep.equal([]);
      });
    }

    it('stops at its bound also on what came with the handshake', async () => {
      const busy = gate();
      const head = Buffer.concat(Array.from({ length: 4 }, (_, at) => peer.text(`m${at}`)));
      const rig = open(role, { head, settings: SETTINGS, behaviour: { data: () => busy.promise } });
      await settled();
      expect(rig.transport.isPaused()).to.equal(true);
      busy.open();
      await settled();
      expect(rig.transport.isPaused()).to.equal(false);
      expectEvents(rig, 'connect', 'text m0', 'text m1', 'text m2', 'text m3');
    });

    it('stops at a flood of pings that a handler wants to see', async () => {
      const busy = gate();
      const rig = open(role, {
        control: true,
        settings: { ...SETTINGS, lookAheadMessages: Infinity },
        behaviour: { data: () => busy.promise },
      });
      rig.transport.deliver(peer.text('first'), Buffer.concat(Array.from({ length: 1_000 }, () => peer.ping())));
      await settled();
      expect(rig.transport.isPaused()).to.equal(true);
      busy.open();
      await settled();
      expect(rig.events).to.have.length(1_002);
    });

    it('does not stop for pings that nobody wants: they are answered and gone', async () => {
      const busy = gate();
      const rig = open(role, { settings: SETTINGS, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('first'), Buffer.concat(Array.from({ length: 1_000 }, () => peer.ping())));
      await settled();
      expect(rig.transport.isPaused()).to.equal(false);
      busy.open();
    });

    it('delivers everything in order under a steady load', async () => {
      const total = 500;
      const rig = open(role, {
        settings: SETTINGS,
        behaviour: { data: () => new Promise((resolve) => setImmediate(resolve)) },
      });
      const expected = Array.from({ length: total }, (_, at) => `text ${at}`);
      rig.transport.deliver(Buffer.concat(expected.map((event) => peer.text(event.slice(5)))));
      while (rig.events.length <= total) await settled();
      expectEvents(rig, 'connect', ...expected);
    });
  });
}
