import { expect } from 'chai';
import fc from 'fast-check';
import { createEnvironment } from '#moorage/engine/environment.js';
import { PreparedMessage } from '#moorage/engine/prepared-message.js';
import { expectWire, open, ROLES, settled } from '../support/engine.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { readFrames } from '../support/wire.js';

const SETTINGS = { writeHighWater: 20_000, writeLowWater: 10_000, maxQueuedBytes: Infinity };

/** Sent again and again, in any order, to any of the connections. */
const NEWS = ['', 'up', 'down', 'sideways '.repeat(30), 'x'.repeat(9_000)];
const PREPARED = new Map(NEWS.map((text) => [text, PreparedMessage.text(text)]));

/** What one connection does next, or several at once. */
const step = fc.record({
  connection: fc.nat(2),
  action: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ text: fc.oneof(fc.nat(40), fc.nat(6_000)), character: fc.constantFrom('a', 'é', '😀') }),
    },
    { weight: 4, arbitrary: fc.record({ binary: fc.oneof(fc.nat(200), fc.nat(20_000)) }) },
    { weight: 2, arbitrary: fc.record({ prepared: fc.nat(200) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        broadcast: fc.array(fc.constantFrom(...NEWS), { minLength: 1, maxLength: 5 }),
        to: fc.subarray([0, 1, 2], { minLength: 1 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ peer: fc.constantFrom('stall', 'acknowledge', 'unstall') }) },
    { weight: 1, arbitrary: fc.constant({ turn: true }) },
  ),
});

for (const role of ROLES) {
  describe(`connections of one ${role} that share the memory they write from`, () => {
    it('mix up nothing, whatever they send and however their transports stall', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const environment = createEnvironment(role, new VirtualClock());
          const rigs = [0, 1, 2].map(() => ({
            rig: open(role, { environment, settings: SETTINGS }),
            expected: [] as string[],
          }));
          for (const [at, { connection, action }] of steps.entries()) {
            const { rig, expected } = rigs[connection]!;
            if ('turn' in action) {
              await settled();
            } else if ('peer' in action) {
              rig.transport[action.peer]();
            } else if ('broadcast' in action) {
              for (const text of action.broadcast) {
                for (const to of action.to) {
                  rigs[to]!.expected.push(text);
                  void rigs[to]!.rig.connection.sendPrepared(PREPARED.get(text)!);
                }
              }
            } else if ('text' in action) {
              const text = `${at}${action.character.repeat(action.text)}`;
              expected.push(text);
              void rig.connection.sendText(text);
            } else if ('binary' in action) {
              const data = Buffer.alloc(action.binary, `${at}.`);
              expected.push(data.toString());
              void rig.connection.sendBinary(data);
            } else {
              const text = `${at}`.repeat(action.prepared);
              expected.push(text);
              void rig.connection.sendPrepared(PreparedMessage.text(text));
            }
          }
          for (const { rig } of rigs) rig.transport.unstall();
          await settled();
          for (const { rig, expected } of rigs) {
            expect(readFrames(rig.transport.wire).map(({ payload }) => payload.toString())).to.deep.equal(expected);
            expect(rig.connection.queuedBytes).to.equal(0);
          }
        }),
        { numRuns: 60 },
      );
    }).timeout(30_000);

    it('go on when a block is used up', async () => {
      const rig = open(role);
      const texts = Array.from({ length: 40 }, (_, at) => `${at} ${'x'.repeat(4_000)}`);
      for (const text of texts) {
        void rig.connection.sendText(text);
        await Promise.resolve();
      }
      await settled();
      expectWire(rig, ...texts.map((text) => `text ${text}`));
    });
  });
}
