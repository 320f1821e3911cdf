import { expect } from 'chai';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

const IDLE = { idleTimeout: 10_000, keepAliveInterval: 0 };
const KEPT = { idleTimeout: 0, keepAliveInterval: 25_000, keepAliveTimeout: 20_000 };

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`the idle timeout of a ${role}`, () => {
    it('closes with 1001 when no frame went either way, and TCP ends within a second', async () => {
      const rig = open(role, { settings: IDLE });
      rig.clock.advance(9_900);
      expectEvents(rig, 'connect');
      rig.clock.advance(300);
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_IDLE_TIMEOUT', 'close 1001 Idle timeout');
      expectWire(rig, 'close 1001 Idle timeout');
      rig.clock.advance(1_200);
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.clock.timers).to.equal(0);
    });

    it('is put off by every frame received and sent', async () => {
      const rig = open(role, { settings: IDLE });
      rig.clock.advance(8_000);
      rig.transport.deliver(peer.text('a'));
      await settled();
      rig.clock.advance(8_000);
      void rig.connection.sendText('b');
      rig.clock.advance(8_000);
      await settled();
      expectEvents(rig, 'connect', 'text a');
      rig.clock.advance(2_300);
      await settled();
      expect(rig.events).to.include('close 1001 Idle timeout');
    });

    it('is changed for one connection, and runs from the change', async () => {
      const rig = open(role, { settings: { idleTimeout: 0, keepAliveInterval: 0 } });
      expect(rig.clock.timers).to.equal(0);
      rig.clock.advance(60_000);
      rig.connection.idleTimeout = 1_000;
      rig.clock.advance(900);
      await settled();
      expectEvents(rig, 'connect');
      rig.clock.advance(300);
      await settled();
      expect(rig.events).to.include('close 1001 Idle timeout');
    });

    it('is switched off by 0 and by Infinity', async () => {
      for (const never of [0, Infinity]) {
        const rig = open(role, { settings: IDLE });
        rig.connection.idleTimeout = never;
        rig.clock.advance(1_000_000);
        await settled();
        expectEvents(rig, 'connect');
      }
    });

    it('does not run against a handler at work', async () => {
      const busy = gate();
      const rig = open(role, { settings: IDLE, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'));
      await settled();
      rig.clock.advance(60_000);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a');
    });

    it('can be answered with another code from within error', async () => {
      const rig = open(role, { settings: IDLE, behaviour: { error: (channel) => channel.close(4000, 'tired') } });
      rig.clock.advance(10_200);
      await settled();
      expectWire(rig, 'close 4000 tired');
    });
  });

  describe(`the keep-alive of a ${role}`, () => {
    it('asks with a ping after the interval, and again after each answer', async () => {
      const rig = open(role, { settings: KEPT });
      for (let round = 1; round <= 3; round++) {
        rig.clock.advance(25_300);
        await settled();
        expect(rig.transport.writes).to.have.length(round);
        rig.transport.deliver(peer.pong());
      }
      expectWire(rig, 'ping', 'ping', 'ping');
      expectEvents(rig, 'connect');
    });

    it('asks after each interval where the timeout is longer', async () => {
      const rig = open(role, { settings: { ...KEPT, keepAliveInterval: 5_000 } });
      for (let round = 1; round <= 10; round++) {
        rig.clock.advance(5_200);
        await settled();
        expect(rig.transport.writes).to.have.length(round);
        rig.transport.deliver(peer.pong());
        await settled();
      }
      expectEvents(rig, 'connect');
    });

    it('gives a silent peer up after the timeout where the interval is shorter', async () => {
      const rig = open(role, { settings: { ...KEPT, keepAliveInterval: 5_000 } });
      rig.clock.advance(24_900);
      await settled();
      expectEvents(rig, 'connect');
      rig.clock.advance(400);
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_KEEP_ALIVE_TIMEOUT', 'close 1006');
      expectWire(rig, 'ping');
    });

    it('gives a silent peer up: error, then 1006, no Close', async () => {
      const rig = open(role, { settings: KEPT });
      rig.clock.advance(44_900);
      await settled();
      expectEvents(rig, 'connect');
      rig.clock.advance(500);
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_KEEP_ALIVE_TIMEOUT', 'close 1006');
      expectWire(rig, 'ping');
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.clock.timers).to.equal(0);
    });

    it('takes any byte for a sign of life: a pong may be stuck behind a large message', async () => {
      const rig = open(role, { settings: KEPT });
      const message = peer.text('0123456789');
      for (const byte of message.subarray(0, -1)) {
        rig.clock.advance(19_000);
        rig.transport.deliver(Buffer.of(byte));
        await settled();
      }
      await settled();
      expectEvents(rig, 'connect');
    });

    it('does not judge a peer that is held back', async () => {
      const busy = gate();
      const rig = open(role, { settings: { ...KEPT, lookAheadMessages: 1 }, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'), peer.text('b'));
      await settled();
      expect(rig.transport.isPaused()).to.equal(true);
      rig.clock.advance(1_000_000);
      await settled();
      expect(rig.transport.destroyed).to.equal(false);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b');
    });

    it('asks a peer that is held back too: only a failing write tells that it is gone', async () => {
      const busy = gate();
      const rig = open(role, { settings: { ...KEPT, lookAheadMessages: 1 }, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'), peer.text('b'));
      await settled();
      rig.clock.advance(51_000);
      await settled();
      expectWire(rig, 'ping', 'ping');
      expect(rig.transport.destroyed).to.equal(false);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b');
    });

    it('finds a dead peer while a handler is at work', async () => {
      const busy = gate();
      const rig = open(role, { settings: KEPT, behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'));
      await settled();
      rig.clock.advance(46_000);
      await settled();
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.handler.endedAfter).to.equal(2);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'error MOORAGE_KEEP_ALIVE_TIMEOUT', 'close 1006');
    });

    it('keeps a quiet connection from going idle', async () => {
      const rig = open(role, { settings: { ...KEPT, idleTimeout: 60_000 } });
      for (let round = 0; round < 10; round++) {
        rig.clock.advance(25_300);
        await settled();
        rig.transport.deliver(peer.pong());
      }
      await settled();
      expectEvents(rig, 'connect');
    });
  });
}
