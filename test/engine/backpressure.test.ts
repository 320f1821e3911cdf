import { expect } from 'chai';
import { SessionClosedError } from '#moorage/protocol/errors.js';
import { expectEvents, expectWire, open, type Rig, ROLES, settled } from '../support/engine.js';
import { readFrames, Wire } from '../support/wire.js';

const MARKS = { writeHighWater: 1_000, writeLowWater: 500, maxQueuedBytes: 10_000 };
const KILO = Buffer.alloc(1_000);

/** The state of a promise, as far as it can be known now. */
async function stateOf(settling: void | Promise<void>): Promise<string> {
  if (settling === undefined) return 'none';
  const pending = settled().then(() => 'pending');
  return Promise.race([
    settling.then(
      () => 'resolved',
      (cause: Error) => cause.constructor.name,
    ),
    pending,
  ]);
}

/** A connection whose peer has taken one frame and reads no more. */
async function stalled(role: (typeof ROLES)[number], settings: object = MARKS): Promise<Rig> {
  const rig = open(role, { settings });
  rig.transport.stall();
  void rig.connection.sendText('on the wire');
  await settled();
  return rig;
}

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`sends of a ${role} to a peer that reads too slowly`, () => {
    it('settle at once below the high-water mark, and with what the transport takes at once', async () => {
      const rig = open(role, { settings: MARKS });
      for (let round = 0; round < 20; round++) {
        expect(rig.connection.sendBinary(KILO)).to.equal(undefined);
      }
      await settled();
      expect(rig.connection.queuedBytes).to.equal(0);
    });

    it('wait above the high-water mark and settle at the low one', async () => {
      const rig = await stalled(role);
      expect(rig.connection.sendBinary(KILO.subarray(0, 400))).to.equal(undefined);
      const waiting = rig.connection.sendBinary(KILO.subarray(0, 700));
      expect(rig.connection.queuedBytes).to.be.greaterThan(1_100);
      expect(await stateOf(waiting)).to.equal('pending');
      rig.transport.acknowledge();
      expect(await stateOf(waiting)).to.equal('pending');
      rig.transport.acknowledge();
      expect(await stateOf(waiting)).to.equal('resolved');
      expect(rig.connection.queuedBytes).to.equal(0);
    });

    it('can be waited for without one: from the high-water mark until the low one', async () => {
      const rig = await stalled(role);
      expect(rig.connection.drained()).to.equal(undefined);
      void rig.connection.sendBinary(KILO.subarray(0, 400));
      expect(rig.connection.drained()).to.equal(undefined);
      const sending = rig.connection.sendBinary(KILO.subarray(0, 700));
      expect(rig.connection.drained()).to.equal(sending);
      rig.transport.acknowledge();
      expect(await stateOf(rig.connection.drained())).to.equal('pending');
      rig.transport.acknowledge();
      expect(await stateOf(sending)).to.equal('resolved');
      expect(rig.connection.drained()).to.equal(undefined);
    });

    it('reject when the connection is lost first, harmlessly where nobody listens', async () => {
      const rig = await stalled(role);
      const waiting = rig.connection.sendBinary(KILO);
      rig.transport.reset();
      expect(await stateOf(waiting)).to.equal(SessionClosedError.name);
      expect(rig.connection.queuedBytes).to.equal(0);
    });

    it('reject when what they queued is dropped for a Close after a failure', async () => {
      const rig = await stalled(role);
      const waiting = rig.connection.sendBinary(KILO);
      rig.transport.deliver(peer.frame(3));
      expect(await stateOf(waiting)).to.equal(SessionClosedError.name);
      rig.transport.unstall();
      await settled();
      expectWire(rig, 'text on the wire', 'close 1002 Protocol error');
    });

    it('go out in full before an orderly Close', async () => {
      const rig = await stalled(role);
      void rig.connection.sendText('second');
      rig.connection.close(1000, '');
      rig.transport.unstall();
      await settled();
      expectWire(rig, 'text on the wire', 'text second', 'close 1000');
    });

    it('past the cap end the connection: error, 1008, destroyed, memory returned', async () => {
      const rig = await stalled(role);
      const waiting = Array.from({ length: 12 }, () => rig.connection.sendBinary(KILO));
      await settled();
      expectEvents(rig, 'connect', 'error MOORAGE_SLOW_CONSUMER', 'close 1008 Policy violation');
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.connection.queuedBytes).to.equal(0);
      expect(await stateOf(waiting[3])).to.equal(SessionClosedError.name);
      expectWire(rig, 'text on the wire');
    });

    it('keep their order, and frames whole, however the transport takes them', async () => {
      const rig = await stalled(role, { ...MARKS, maxQueuedBytes: 1_000_000 });
      const expected = ['text on the wire'];
      for (let at = 0; at < 200; at++) {
        const text = `${at} ${'x'.repeat((at * 37) % 300)}`;
        expected.push(`text ${text}`.trimEnd());
        void rig.connection.sendText(text);
        if (at % 7 === 0) {
          rig.transport.acknowledge();
          await settled();
        }
      }
      for (const write of rig.transport.writes) readFrames(write);
      rig.transport.unstall();
      await settled();
      expectWire(rig, ...expected);
    });

    it('hold no memory that other connections share while they wait', async () => {
      const rig = await stalled(role, { ...MARKS, writeHighWater: 100_000 });
      const slab = rig.environment.slab;
      const before = slab.position;
      for (let at = 0; at < 100; at++) void rig.connection.sendText('waiting');
      expect(slab.position).to.equal(before);
      rig.transport.unstall();
      await settled();
      expectWire(rig, 'text on the wire', ...Array.from({ length: 100 }, () => 'text waiting'));
    });
  });

  describe(`control frames of a ${role} to a peer that reads too slowly`, () => {
    it('pass the data that isn’t on the wire, and split no frame', async () => {
      const rig = await stalled(role);
      void rig.connection.sendPartialText('a', false);
      void rig.connection.sendBinary(Buffer.of(1));
      void rig.connection.sendPartialText('b', true);
      void rig.connection.sendPing(Buffer.from('p'));
      rig.transport.deliver(peer.ping('q'));
      await settled();
      rig.transport.unstall();
      await settled();
      expectWire(rig, 'text on the wire', 'ping p', 'pong q', 'text+ a', 'continuation b');
    });

    it('keep only the newest pong above the high-water mark, and every ping', async () => {
      const rig = await stalled(role);
      void rig.connection.sendPing(Buffer.from('mine'));
      void rig.connection.sendBinary(KILO);
      rig.transport.deliver(Buffer.concat([peer.ping('1'), peer.ping('2'), peer.ping('3')]));
      await settled();
      rig.transport.unstall();
      await settled();
      expectWire(rig, 'text on the wire', 'ping mine', 'pong 3', `binary ${KILO.toString('hex')}`);
    });

    it('answer a flood of pings in bounded memory', async () => {
      const rig = await stalled(role);
      const flood = Buffer.concat(Array.from({ length: 200 }, (_, at) => peer.ping(`${at} ${'x'.repeat(100)}`)));
      for (let round = 0; round < 20; round++) {
        rig.transport.deliver(flood);
        await settled();
      }
      expect(rig.connection.queuedBytes).to.be.lessThan(2_000);
      expectEvents(rig, 'connect');
    });
  });
}
