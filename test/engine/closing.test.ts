import { expect } from 'chai';
import { SessionClosedError } from '#moorage/protocol/errors.js';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`RFC 6455 §7: a Close from the peer, to a ${role}`, () => {
    it('is told and answered with the same code, and TCP ends', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.close(4321, 'bye'));
      await settled();
      expectEvents(rig, 'connect', 'close 4321 bye');
      expectWire(rig, 'close 4321 bye');
      expect(rig.transport.finished, 'RFC 6455 §7.1.1: the server ends TCP first').to.equal(role === 'server');
      rig.transport.finish();
      await settled();
      expect(rig.transport.finished).to.equal(true);
      expect(rig.transport.destroyed).to.equal(true);
      expectEvents(rig, 'connect', 'close 4321 bye');
      expect(rig.clock.timers, 'timers left').to.equal(0);
    });

    it('is answered, and TCP gone within a second, also when the peer never ends it', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.close(1000));
      await settled();
      rig.clock.advance(1_200);
      expect(rig.transport.destroyed).to.equal(true);
      expectEvents(rig, 'connect', 'close 1000');
    });

    it('is known to a handler at work at once, and what came before it can still be answered', async () => {
      const busy = gate();
      const rig = open(role, { behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('question'), peer.close(4321, 'bye'));
      await settled();
      expect(rig.handler.peerClosingAfter, 'told after connect and the question').to.equal(2);
      expect(rig.connection.isOpen).to.equal(true);
      void rig.connection.sendText('answer');
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text question', 'close 4321 bye');
      expectWire(rig, 'text answer', 'close 4321 bye');
    });

    it('is answered within the close timeout, whatever a handler is at', async () => {
      const busy = gate();
      const rig = open(role, { behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('question'), peer.close(4321, 'bye'));
      await settled();
      rig.clock.advance(5_200);
      await settled();
      expectWire(rig, 'close 4321 bye');
      expect(rig.connection.isOpen).to.equal(false);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text question', 'close 4321 bye');
      rig.clock.advance(1_200);
      expect(rig.transport.destroyed).to.equal(true);
    });

    it('that is empty is 1005, and gets an empty answer', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.close());
      await settled();
      expectEvents(rig, 'connect', 'close 1005');
      expectWire(rig, 'close');
    });

    it('comes after the messages before it, and what follows it is not parsed', async () => {
      const busy = gate();
      const rig = open(role, { behaviour: { data: () => busy.promise } });
      rig.transport.deliver(
        Buffer.concat([peer.text('a'), peer.text('b'), peer.close(1000), peer.frame(3), peer.text('c')]),
      );
      await settled();
      expectEvents(rig, 'connect', 'text a');
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b', 'close 1000');
      expectWire(rig, 'close 1000');
    });

    it('can be answered with another code from within the close handler', async () => {
      const rig = open(role, { behaviour: { close: (channel) => channel.close(4000, 'mine') } });
      rig.transport.deliver(peer.close(1000));
      await settled();
      expectEvents(rig, 'connect', 'close 1000');
      expectWire(rig, 'close 4000 mine');
    });

    it('lets what was sent before go out first, and nothing after', async () => {
      const refused: unknown[] = [];
      const rig = open(role, {
        behaviour: {
          data: (channel) => void channel.sendText('reply'),
          close: (channel) => void Promise.resolve(channel.sendText('too late')).catch((cause) => refused.push(cause)),
        },
      });
      rig.transport.deliver(Buffer.concat([peer.text('a'), peer.close(1000)]));
      await settled();
      expectWire(rig, 'text reply', 'close 1000');
      expect(refused[0]).to.be.instanceOf(SessionClosedError);
    });

    it('is handed to a raw handler before the event', async () => {
      const rig = open(role, { control: true });
      rig.transport.deliver(peer.close(1001, 'x'));
      await settled();
      expectEvents(rig, 'connect', 'close-frame 1001 x', 'close 1001 x');
      expectWire(rig, 'close 1001 x');
    });

    it('that is malformed is a violation, told before close', async () => {
      for (const [payload, error, close] of [
        [Buffer.of(3), 'MOORAGE_INVALID_CLOSE_PAYLOAD', '1002 Protocol error'],
        [Buffer.of(3, 0xed), 'MOORAGE_INVALID_CLOSE_CODE', '1002 Protocol error'],
        [Buffer.of(3, 0xe8, 0xff), 'MOORAGE_INVALID_UTF8', '1007 Invalid payload data'],
      ] as const) {
        const rig = open(role);
        rig.transport.deliver(peer.frame(8, payload));
        await settled();
        expectEvents(rig, 'connect', `error ${error}`, `close ${close}`);
        expectWire(rig, `close ${close}`);
      }
    });

    it('is answered within closeTimeout while a close handler hangs, and TCP ends within a second', async () => {
      for (const options of [
        { behaviour: { close: () => new Promise<void>(() => {}) } },
        { behaviour: { control: () => new Promise<void>(() => {}) }, control: true },
      ]) {
        const rig = open(role, { ...options, settings: { closeTimeout: 5_000, keepAliveInterval: 0, idleTimeout: 0 } });
        rig.transport.deliver(peer.close(1000));
        await settled();
        rig.clock.advance(4_900);
        await settled();
        expectWire(rig);
        rig.clock.advance(300);
        await settled();
        expectWire(rig, 'close 1000');
        rig.clock.advance(1_200);
        expect(rig.transport.destroyed).to.equal(true);
      }
    });
  });

  describe(`RFC 6455 §7: a Close to the peer, from a ${role}`, () => {
    it('leaves the peer its half: messages are delivered until its own Close', async () => {
      const rig = open(role);
      rig.connection.close(4000, 'done');
      expect(rig.connection.isOpen).to.equal(false);
      await settled();
      rig.transport.deliver(peer.text('in flight'), peer.ping('x'));
      await settled();
      rig.transport.deliver(peer.close(4001, 'fine'), peer.text('after'));
      await settled();
      expectEvents(rig, 'connect', 'text in flight', 'close 4001 fine');
      expectWire(rig, 'close 4000 done', 'pong x');
      rig.transport.finish();
      await settled();
      expect(rig.transport.finished).to.equal(true);
    });

    it('is sent once, behind the data before it; a second call changes nothing', async () => {
      const rig = open(role);
      void rig.connection.sendText('last words');
      rig.connection.close(1000, '');
      rig.connection.close(1001, 'again');
      await settled();
      expectWire(rig, 'text last words', 'close 1000');
    });

    it('lets no data follow', async () => {
      const rig = open(role);
      rig.connection.close(1005, '');
      const sends = [
        rig.connection.sendText('x'),
        rig.connection.sendBinary(Buffer.of(1)),
        rig.connection.sendPartialText('x', true),
        rig.connection.sendPing(Buffer.alloc(0)),
      ];
      for (const send of sends) {
        expect(await Promise.resolve(send).catch((cause: unknown) => cause)).to.be.instanceOf(SessionClosedError);
      }
      await settled();
      expectWire(rig, 'close');
    });

    it('with a code that may not be sent, or too long a reason, is a RangeError and changes nothing', async () => {
      const rig = open(role);
      for (const code of [0, 999, 1004, 1006, 1015, 2999, 5000, Number.NaN]) {
        expect(() => rig.connection.close(code, '')).to.throw(RangeError, `${code} may not be sent`);
      }
      expect(() => rig.connection.close(1000, 'x'.repeat(124))).to.throw(RangeError, '124 bytes');
      expect(() => rig.connection.close(1005, 'x')).to.throw(RangeError);
      expect(rig.connection.isOpen).to.equal(true);
      rig.transport.deliver(peer.text('still here'));
      await settled();
      expectEvents(rig, 'connect', 'text still here');
      expectWire(rig);
    });

    it('that is never answered ends after closeTimeout with 1006', async () => {
      const rig = open(role, { settings: { closeTimeout: 5_000 } });
      rig.connection.close(1000, '');
      rig.clock.advance(4_900);
      expectEvents(rig, 'connect');
      rig.clock.advance(300);
      await settled();
      expectEvents(rig, 'connect', 'close 1006');
      expect(rig.transport.destroyed).to.equal(true);
    });

    it('keeps its deadline when the idle timeout is changed meanwhile', async () => {
      const rig = open(role, { settings: { closeTimeout: 5_000 } });
      rig.connection.close(1000, '');
      rig.connection.idleTimeout = 0;
      rig.clock.advance(5_300);
      await settled();
      expectEvents(rig, 'connect', 'close 1006');
    });

    it('from a handler is sent while the handler runs on, and the peer’s answer waits for it', async () => {
      const busy = gate();
      const data = (channel: { close(code: number, reason: string): void }) => {
        channel.close(4000, '');
        return busy.promise;
      };
      const rig = open(role, { behaviour: { data } });
      rig.transport.deliver(peer.text('a'));
      await settled();
      expectWire(rig, 'close 4000');
      rig.transport.deliver(peer.close(4000));
      await settled();
      expectEvents(rig, 'connect', 'text a');
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'close 4000');
    });

    it('crossing the peer’s own is the only one sent', async () => {
      const rig = open(role);
      rig.transport.deliver(peer.close(1001));
      rig.connection.close(4000, '');
      await settled();
      expectEvents(rig, 'connect', 'close 1001');
      expect(rig.transport.writes).to.have.length(1);
    });
  });

  describe(`disconnecting, as a ${role}`, () => {
    it('destroys the transport at once and tells 1006', async () => {
      const rig = open(role);
      rig.connection.disconnect();
      rig.connection.disconnect();
      await settled();
      expectEvents(rig, 'connect', 'close 1006');
      expectWire(rig);
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.clock.timers).to.equal(0);
    });

    it('from within a handler tells close when the handler has settled, and delivers nothing more', async () => {
      const busy = gate();
      const data = (channel: { disconnect(): void }) => {
        channel.disconnect();
        return busy.promise;
      };
      const rig = open(role, { behaviour: { data } });
      rig.transport.deliver(Buffer.concat([peer.text('a'), peer.text('b')]));
      await settled();
      expectEvents(rig, 'connect', 'text a');
      expect(rig.handler.endedAfter).to.equal(2);
      busy.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'close 1006');
    });
  });
}
