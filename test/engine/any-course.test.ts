import { expect } from 'chai';
import fc from 'fast-check';
import { open, type Rig, ROLES, settled } from '../support/engine.js';
import type { Behaviour } from '../support/recording-handler.js';
import { header, readFrames, Wire } from '../support/wire.js';

const SETTINGS = {
  closeTimeout: 2_000,
  idleTimeout: 8_000,
  keepAliveInterval: 3_000,
  keepAliveTimeout: 2_000,
  maxQueuedBytes: 3_000,
  writeHighWater: 500,
  writeLowWater: 200,
  lookAheadMessages: 2,
};

type Step = (rig: Rig) => void | Promise<void>;

const named = (name: string, step: Step): Step => Object.assign(step, { [fc.toStringMethod]: () => name });

/** What peers, networks, applications and time do. */
function steps(peer: Wire): Step[] {
  const bytes = (name: string, chunk: Buffer): Step =>
    named(name, ({ transport }) => void (transport.destroyed || transport.readableEnded || transport.deliver(chunk)));
  return [
    bytes('text', peer.text('text')),
    bytes('begin', peer.text('a', { fin: false })),
    bytes('end', peer.continuation('b')),
    bytes('ping', peer.ping('p')),
    bytes('pong', peer.pong()),
    bytes('close', peer.close(1000, 'bye')),
    bytes('bad close', peer.frame(8, Buffer.of(1))),
    bytes('half a frame', peer.text('half').subarray(0, 4)),
    bytes('too large', header({ opcode: 2, length: 2n ** 40n, key: peer.key })),
    bytes('noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')),
    named('FIN', ({ transport }) => void (transport.destroyed || transport.readableEnded || transport.finish())),
    named('RST', ({ transport }) => transport.reset()),
    named('stall', ({ transport }) => transport.stall()),
    named('unstall', ({ transport }) => transport.unstall()),
    named('EPIPE', ({ transport }) => transport.failWrites(new Error('EPIPE'))),
    named('send', ({ connection }) => void connection.sendText('x'.repeat(400))),
    named('part', ({ connection }) => void connection.sendPartialText('x', false)),
    named('last', ({ connection }) => void connection.sendPartialText('y', true)),
    named('sendPing', ({ connection }) => void connection.sendPing(Buffer.of(1))),
    named('close()', ({ connection }) => connection.close(4000, 'ours')),
    named('disconnect()', ({ connection }) => connection.disconnect()),
    named('idleTimeout', ({ connection }) => {
      connection.idleTimeout = 5_000;
    }),
    named('time', ({ clock }) => clock.advance(1_100)),
    named('block', ({ clock }) => clock.block(3_000)),
    named('turn', () => settled()),
  ];
}

/** What a handler's calls do, one after the other. */
const ACTS: readonly ((rig: () => Rig) => void | Promise<void>)[] = [
  () => undefined,
  () => undefined,
  () => settled(),
  () => {
    throw new Error('thrown');
  },
  () => settled().then(() => Promise.reject(new Error('rejected'))),
  (rig) => void rig().handler.channel.sendText('reply'),
  (rig) => rig().handler.channel.close(4001, 'inside'),
  (rig) => rig().handler.channel.disconnect(),
];

for (const role of ROLES) {
  describe(`whatever befalls a ${role}`, () => {
    const peer = Wire.peerOf(role);
    const unhandled: unknown[] = [];
    const note = (cause: unknown): void => void unhandled.push(cause);

    before(() => process.on('unhandledRejection', note));
    after(() => process.off('unhandledRejection', note));

    it('connect comes first, close once and last, calls never overlap, and nothing is left behind', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...steps(peer)), { maxLength: 25 }),
          fc.array(fc.nat(ACTS.length - 1), { minLength: 1, maxLength: 6 }),
          fc.boolean(),
          async (course, acts, control) => {
            let calls = 0;
            const act = (channel: unknown): void | Promise<void> =>
              ACTS[acts[calls++ % acts.length]!]!(() => (rig ?? { handler: { channel } }) as Rig);
            const behaviour: Behaviour = { connect: act, data: act, control: act, error: act, close: act };
            let rig: Rig | undefined;
            rig = open(role, { behaviour, control, settings: SETTINGS });
            for (const step of course) await step(rig);
            await settled();
            if (!rig.transport.destroyed) rig.connection.disconnect();
            for (let round = 0; round < 8; round++) await settled();

            const { events, violations } = rig.handler;
            expect(violations).to.deep.equal([]);
            expect(events[0]).to.equal('connect');
            expect(events.at(-1)).to.match(/^close /);
            expect(events.filter((event) => event.startsWith('error '))).to.have.length.at.most(1);
            expect(rig.handler.endedAfter).to.be.greaterThan(0);
            expect(rig.connection.isOpen).to.equal(false);
            expect(rig.connection.queuedBytes).to.equal(0);
            expect(rig.transport.destroyed).to.equal(true);
            expect(rig.clock.timers).to.equal(0);
            const opcodes = readFrames(rig.transport.wire).map(({ opcode }) => opcode);
            const closing = opcodes.indexOf(8);
            expect(closing === -1 ? [] : opcodes.slice(closing + 1).filter((opcode) => opcode !== 10)).to.deep.equal(
              [],
            );
          },
        ),
        { numRuns: 300 },
      );
      expect(unhandled).to.deep.equal([]);
    }).timeout(60_000);
  });
}
