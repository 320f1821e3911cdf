import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { cut } from '../support/cuts.js';
import { expectEvents, expectWire, gate, open, Rig, ROLES, settled } from '../support/engine.js';
import { memoryPair } from '../support/memory-transport.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`the order of calls to the handler of a ${role}`, () => {
    it('never overlaps, whatever the cuts and however long each call takes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(12), { maxLength: 20 }),
          fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }),
          async (sizes, rounds) => {
            let calls = 0;
            const work = (): void | Promise<void> => {
              const waits = rounds[calls++ % rounds.length]!;
              return waits === 0 ? undefined : wait(waits);
            };
            const rig = open(role, {
              control: true,
              behaviour: { connect: work, data: work, control: work, error: work, close: work },
            });
            const stream = [
              peer.text('a'),
              peer.ping('b'),
              peer.text('c', { fin: false }),
              peer.pong('d'),
              peer.continuation('e'),
              peer.binary('f'),
              peer.close(1000),
            ];
            for (const chunk of cut(Buffer.concat(stream), sizes)) {
              if (chunk.length > 0) rig.transport.deliver(chunk);
              await Promise.resolve();
            }
            for (let round = 0; round < 12; round++) await settled();
            expectEvents(
              rig,
              'connect',
              'text a',
              'ping b',
              'text+ c',
              'pong d',
              'continuation e',
              'binary 66',
              'close-frame 1000',
              'close 1000',
            );
            expectWire(rig, 'pong b', 'close 1000');
          },
        ),
        { numRuns: 60 },
      );
    });

    it('holds the next message until the promise of the last has settled', async () => {
      const gates = [gate(), gate()];
      let calls = 0;
      const rig = open(role, { behaviour: { data: () => gates[calls++]?.promise } });
      rig.transport.deliver(peer.text('a'), peer.text('b'), peer.text('c'));
      await settled();
      expectEvents(rig, 'connect', 'text a');
      gates[0]?.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b');
      gates[1]?.open();
      await settled();
      expectEvents(rig, 'connect', 'text a', 'text b', 'text c');
    });

    it('gives pieces as TCP brought them to a handler that takes pieces', async () => {
      const pieces: string[] = [];
      const data = (_channel: unknown, frame: { payload: Buffer; endsMessage: boolean }) =>
        void pieces.push(`${frame.payload}${frame.endsMessage ? '.' : ''}`);
      const rig = open(role, { whole: false, behaviour: { data } });
      const bytes = peer.text('abcdef');
      rig.transport.deliver(bytes.subarray(0, -3), bytes.subarray(-3));
      await settled();
      expect(pieces).to.deep.equal(['abc', 'def.']);
    });

    it('holds over a transport that delivers within a write', async () => {
      const [near, far] = duplexPair();
      const data = (channel: { sendBinary(bytes: Uint8Array): unknown }) =>
        void channel.sendBinary(Buffer.alloc(100_000));
      const rig = new Rig(role, near, { behaviour: { data } });
      let answers = 0;
      far.on('data', () => {
        if (answers++ < 3) far.write(peer.text(`answer ${answers}`));
      });
      await settled();
      far.write(peer.text('first'));
      await settled();
      expectEvents(rig, 'connect', 'text first', 'text answer 1', 'text answer 2', 'text answer 3');
    });
  });
}

describe('a server and a client, engine to engine', () => {
  for (const size of [1, 7, 1000, Infinity]) {
    it(`talk and close over a transport cut into ${size} bytes`, async () => {
      const [left, right] = memoryPair(size);
      const echo = new Rig('server', left, {
        behaviour: { data: (channel, frame) => channel.sendText(`re: ${frame.payload}`) },
      });
      const client = new Rig('client', right, { behaviour: { connect: (channel) => void channel.sendText('hello') } });
      await until(() => client.events.length > 1);
      client.connection.close(1000, 'bye');
      await until(() => left.destroyed && right.destroyed);
      expectEvents(echo, 'connect', 'text hello', 'close 1000 bye');
      expectEvents(client, 'connect', 'text re: hello', 'close 1000 bye');
    });
  }
});

async function wait(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1_000 && !condition(); round++) {
    await wait(1);
  }
  expect(condition()).to.equal(true);
}
