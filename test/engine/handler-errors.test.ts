import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { CloseError } from '#moorage/protocol/errors.js';
import { expectEvents, expectWire, gate, open, ROLES, settled } from '../support/engine.js';
import { Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);

  describe(`a handler that fails, of a ${role}`, () => {
    const failure = new Error('secret');

    for (const how of ['throws', 'rejects'] as const) {
      const fail = (cause: unknown) => {
        if (how === 'throws') throw cause;
        return Promise.reject(cause);
      };

      it(`${how} from a message: error, then 1011, and none of its text on the wire`, async () => {
        const rig = open(role, { behaviour: { data: () => fail(failure) } });
        rig.transport.deliver(Buffer.concat([peer.text('a'), peer.text('b')]));
        await settled();
        expectEvents(rig, 'connect', 'text a', 'error secret', 'close 1011 Internal error');
        expectWire(rig, 'close 1011 Internal error');
        expect(rig.handler.errors[0]).to.equal(failure);
      });

      it(`${how} from a ping or pong`, async () => {
        const rig = open(role, { control: true, behaviour: { control: () => fail(failure) } });
        rig.transport.deliver(peer.ping('p'));
        await settled();
        expectEvents(rig, 'connect', 'ping p', 'error secret', 'close 1011 Internal error');
        expectWire(rig, 'pong p', 'close 1011 Internal error');
      });

      it(`${how} an error with a close code of its own`, async () => {
        const rig = open(role, { behaviour: { data: () => fail(new CloseError(4001, 'Not a member')) } });
        rig.transport.deliver(peer.text('a'));
        await settled();
        expectEvents(rig, 'connect', 'text a', 'error MOORAGE_CLOSED_BY_HANDLER', 'close 4001 Not a member');
        expectWire(rig, 'close 4001 Not a member');
      });

      it(`${how} from error and from close: reported, and nothing else changes`, async () => {
        const late = [new Error('in error'), new Error('in close')];
        const rig = open(role, {
          behaviour: { data: () => fail(failure), error: () => fail(late[0]), close: () => fail(late[1]) },
        });
        rig.transport.deliver(peer.text('a'));
        await settled();
        expectEvents(rig, 'connect', 'text a', 'error secret', 'close 1011 Internal error');
        expectWire(rig, 'close 1011 Internal error');
        expect(rig.handler.unhandled).to.deep.equal([
          [late[0], 'error'],
          [late[1], 'close'],
        ]);
      });

      it(`${how} what is not an Error`, async () => {
        for (const [thrown, text] of [
          ['oops', 'threw the string oops'],
          [undefined, 'threw the undefined undefined'],
          [null, 'threw the value null'],
          [{ a: 1 }, 'threw an object'],
          [Symbol('s'), 'threw the symbol Symbol(s)'],
        ] as const) {
          const rig = open(role, { behaviour: { data: () => fail(thrown) } });
          rig.transport.deliver(peer.text('a'));
          await settled();
          expectEvents(rig, 'connect', 'text a', 'error MOORAGE_NON_ERROR_THROWN', 'close 1011 Internal error');
          expect(rig.handler.errors[0]?.message).to.contain(text);
          expect(rig.handler.errors[0]?.cause).to.equal(thrown);
        }
      });
    }

    it('with a close code that may not be sent, or a reason that does not fit, keeps what is sound', async () => {
      for (const [properties, wire] of [
        [{ closeCode: 1005 }, 'close 1011 Internal error'],
        [{ closeCode: 70_000 }, 'close 1011 Internal error'],
        [{ closeCode: '4000' }, 'close 1011 Internal error'],
        [{ closeCode: 4000, closeReason: 'x'.repeat(200) }, 'close 4000'],
        [{ closeCode: 4000, closeReason: 7 }, 'close 4000'],
        [
          {
            get closeCode() {
              throw new Error('trap');
            },
          },
          'close 1011 Internal error',
        ],
      ] as const) {
        const cause = Object.defineProperties(new Error('odd'), Object.getOwnPropertyDescriptors(properties));
        const rig = open(role, {
          behaviour: {
            data: () => {
              throw cause;
            },
          },
        });
        rig.transport.deliver(peer.text('a'));
        await settled();
        expectWire(rig, wire);
      }
    });

    it('throws an Error of another realm, which stays what it is', async () => {
      const foreign: unknown = runInNewContext('new TypeError("elsewhere")');
      const rig = open(role, {
        behaviour: {
          data: () => {
            throw foreign;
          },
        },
      });
      rig.transport.deliver(peer.text('a'));
      await settled();
      expect(rig.handler.errors[0]).to.equal(foreign);
    });

    it('after the end was known still has its error told', async () => {
      const busy = gate();
      const rig = open(role, { behaviour: { data: () => busy.promise } });
      rig.transport.deliver(peer.text('a'));
      rig.transport.finish();
      await settled();
      busy.fail(failure);
      await settled();
      expect(rig.events).to.include('error secret');
      expect(rig.events.filter((event) => event.startsWith('close'))).to.have.length(1);
    });

    it('of a connection that it has ended itself still has its error told', async () => {
      for (const how of ['throws', 'rejects']) {
        const data = (channel: { disconnect(): void }) => {
          channel.disconnect();
          if (how === 'throws') throw failure;
          return Promise.reject(failure);
        };
        const rig = open(role, { behaviour: { data } });
        rig.transport.deliver(peer.text('a'));
        await settled();
        expectEvents(rig, 'connect', 'text a', 'error secret', 'close 1006');
      }
    });

    it('at the raw frame of a Close has its error told, and the peer its own code back', async () => {
      const control = () => {
        throw failure;
      };
      const rig = open(role, { control: true, behaviour: { control } });
      rig.transport.deliver(peer.close(4000));
      await settled();
      expectEvents(rig, 'connect', 'close-frame 4000', 'error secret', 'close 4000');
      expectWire(rig, 'close 4000');
    });

    it('that never settles holds nothing up once the peer has ended TCP', async () => {
      const rig = open(role, {
        behaviour: { data: () => new Promise<void>(() => {}) },
        settings: { closeTimeout: 5_000 },
      });
      rig.transport.deliver(peer.text('a'));
      rig.transport.finish();
      await settled();
      rig.clock.advance(5_300);
      await settled();
      expect(rig.transport.destroyed).to.equal(true);
      expect(rig.handler.endedAfter).to.equal(2);
      expectEvents(rig, 'connect', 'text a');
      expect(rig.clock.timers).to.equal(0);
    });

    it('that never settles in error lets the Close go at closeTimeout, and nothing after it', async () => {
      const behaviour = { data: () => Promise.reject(failure), error: () => new Promise<void>(() => {}) };
      const rig = open(role, { behaviour, settings: { closeTimeout: 5_000 } });
      rig.transport.deliver(peer.text('a'));
      await settled();
      expect(rig.connection.isOpen).to.equal(true);
      rig.clock.advance(5_300);
      void rig.connection.sendPing(Buffer.alloc(0));
      void rig.connection.sendText('late');
      await settled();
      expectWire(rig, 'close 1011 Internal error');
      rig.clock.advance(1_200);
      expect(rig.transport.destroyed).to.equal(true);
    });

    it('that never settles holds nothing up once this side has closed', async () => {
      const rig = open(role, {
        behaviour: { data: () => new Promise<void>(() => {}) },
        settings: { closeTimeout: 5_000 },
      });
      rig.transport.deliver(peer.text('a'));
      rig.connection.close(1001, '');
      await settled();
      rig.clock.advance(5_300);
      await settled();
      expect(rig.transport.destroyed).to.equal(true);
    });
  });
}
