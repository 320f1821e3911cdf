import { expect } from 'chai';
import { Turn } from '#moorage/engine/turn.js';
import { expectWire, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`what one turn produces leaves in one write, from a ${role}`, () => {
    it('the replies to one read', async () => {
      const rig = open(role, { behaviour: { data: (channel, frame) => channel.sendText(`${frame.payload}`) } });
      await settled();
      rig.transport.deliver(Buffer.concat([peer.text('a'), peer.ping('p'), peer.text('b')]));
      expectWire(rig, 'text a', 'pong p', 'text b');
      expect(rig.transport.writes).to.have.length(1);
    });

    it('a burst of sends of every kind', async () => {
      const rig = open(role);
      void rig.connection.sendText('a');
      void rig.connection.sendBinary(Buffer.of(0, 255));
      void rig.connection.sendPing(Buffer.from('p'));
      void rig.connection.sendPartialText('b', false);
      void rig.connection.sendPartialText('c', true);
      rig.connection.close(1000, '');
      expect(rig.transport.writes).to.have.length(0);
      await settled();
      expectWire(rig, 'text a', 'binary 00ff', 'ping p', 'text+ b', 'continuation c', 'close 1000');
      expect(rig.transport.writes).to.have.length(1);
    });

    it('the sends of an asynchronous handler between two waits', async () => {
      const data = async (channel: { sendText(text: string): unknown }): Promise<void> => {
        channel.sendText('a');
        await Promise.resolve();
        channel.sendText('b');
        channel.sendText('c');
      };
      const rig = open(role, { behaviour: { data } });
      rig.transport.deliver(peer.text('go'));
      await settled();
      expectWire(rig, 'text a', 'text b', 'text c');
      expect(rig.transport.writes).to.have.length.at.most(2);
    });

    it('frames that lie apart, small and large, in one gathered write', async () => {
      const rig = open(role);
      void rig.connection.sendText('a');
      void rig.connection.sendBinary(Buffer.alloc(20_000));
      void rig.connection.sendText('b');
      await settled();
      expectWire(rig, 'text a', `binary ${'00'.repeat(20_000)}`, 'text b');
      expect(rig.transport.writes).to.have.length(1);
    });
  });
}

describe('a turn', () => {
  it('flushes at its outermost end, in the order in which output came up, and what comes up meanwhile too', () => {
    const turn = new Turn();
    const flushed: string[] = [];
    const item = (name: string, then?: () => void) => ({
      flush: () => {
        flushed.push(name);
        then?.();
      },
    });
    turn.enter();
    turn.add(item('a', () => turn.add(item('c'))));
    turn.enter();
    turn.add(item('b'));
    turn.leave();
    expect(flushed).to.deep.equal([]);
    turn.leave();
    expect(flushed).to.deep.equal(['a', 'b', 'c']);
  });

  it('takes what a flush brings back at once, over a transport that delivers within the write, after the rest', () => {
    const turn = new Turn();
    const flushed: string[] = [];
    const answer = { flush: () => flushed.push('answer') };
    const read = (): void => {
      turn.enter();
      turn.add(answer);
      turn.leave();
    };
    turn.enter();
    turn.add({ flush: () => [flushed.push('a'), read()] });
    turn.add({ flush: () => flushed.push('b') });
    turn.leave();
    expect(flushed).to.deep.equal(['a', 'b', 'answer']);
  });

  it('outside of a read ends with the tick, after the promises that follow from it at once', async () => {
    const turn = new Turn();
    let flushes = 0;
    turn.add({ flush: () => flushes++ });
    expect(flushes).to.equal(0);
    await settled();
    expect(flushes).to.equal(1);
  });
});
