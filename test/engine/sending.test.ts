import { expect } from 'chai';
import fc from 'fast-check';
import { PartialMessage } from '#moorage/engine/partial-message.js';
import { PreparedMessage } from '#moorage/engine/prepared-message.js';
import { cut } from '../support/cuts.js';
import { expectWire, open, ROLES, settled } from '../support/engine.js';
import { readFrames } from '../support/wire.js';

for (const role of ROLES) {
  describe(`messages from a ${role}`, () => {
    it('are masked by a client, with a key of its own each, and never by a server', async () => {
      const rig = open(role);
      for (let at = 0; at < 20; at++) void rig.connection.sendText('same');
      await settled();
      const frames = readFrames(rig.transport.wire);
      expect(frames.every((frame) => frame.masked === (role === 'client'))).to.equal(true);
      const wire = rig.transport.wire;
      const keys = new Set(frames.map((_, at) => wire.subarray(at * 10 + 2, at * 10 + 6).toString('hex')));
      if (role === 'client') expect(keys.size).to.be.greaterThan(18);
    });

    for (const size of [0, 1, 125, 126, 8_192, 8_193, 16_384, 65_535, 65_536, 200_000]) {
      it(`of ${size} bytes arrive as they were, and the caller’s bytes stay`, async () => {
        const rig = open(role);
        const data = Buffer.alloc(size, 'moorage');
        const copy = Buffer.from(data);
        void rig.connection.sendBinary(data);
        void rig.connection.sendText(data.toString());
        void rig.connection.sendPrepared(PreparedMessage.binary(data));
        await settled();
        expect(data.equals(copy)).to.equal(true);
        const payloads = readFrames(rig.transport.wire).map(({ opcode, payload }) => [opcode, payload.equals(copy)]);
        expect(payloads).to.deep.equal([
          [2, true],
          [1, true],
          [2, true],
        ]);
      });
    }

    it('take any view of bytes', async () => {
      const rig = open(role);
      const memory = Uint8Array.from({ length: 20_000 }, (_, at) => at);
      for (const view of [memory.subarray(3, 7), memory.subarray(5, 15_005)]) {
        void rig.connection.sendBinary(view);
        await settled();
        expect(readFrames(rig.transport.wire).at(-1)?.payload.equals(view)).to.equal(true);
      }
    });

    it('may change small payloads after the call: they are copied', async () => {
      const rig = open(role);
      const data = Buffer.from('before');
      void rig.connection.sendBinary(data);
      data.fill('x');
      await settled();
      expectWire(rig, `binary ${Buffer.from('before').toString('hex')}`);
    });

    it('of a ping or pong over 125 bytes are a RangeError', () => {
      const rig = open(role);
      expect(() => rig.connection.sendPing(Buffer.alloc(126))).to.throw(RangeError, 'at most 125');
      expect(() => rig.connection.sendPong(Buffer.alloc(126))).to.throw(RangeError, 'at most 125');
    });
  });

  describe(`RFC 6455 §5.4: partial messages from a ${role}`, () => {
    it('are fragments, of which the last has FIN', async () => {
      const rig = open(role);
      void rig.connection.sendPartialText('a', false);
      void rig.connection.sendPartialText('', false);
      void rig.connection.sendPartialText('b', true);
      void rig.connection.sendPartialBinary(Buffer.of(1), true);
      await settled();
      expectWire(rig, 'text+ a', 'continuation+', 'continuation b', 'binary 01');
    });

    it('let no other message in before their end, and control frames at any time', async () => {
      const rig = open(role);
      void rig.connection.sendPartialText('a', false);
      const sends = [
        rig.connection.sendText('x'),
        rig.connection.sendBinary(Buffer.of(1)),
        rig.connection.sendPrepared(PreparedMessage.text('x')),
        rig.connection.sendPartialBinary(Buffer.of(1), false),
      ];
      for (const send of sends) {
        const cause = await Promise.resolve(send).catch((thrown: unknown) => thrown);
        expect(cause).to.have.property('code', 'MOORAGE_MESSAGE_IN_PROGRESS');
        expect(cause).to.have.property('message').that.contains('last = true');
      }
      void rig.connection.sendPing(Buffer.from('p'));
      void rig.connection.sendPartialText('b', true);
      void rig.connection.sendText('c');
      await settled();
      expectWire(rig, 'text+ a', 'ping p', 'continuation b', 'text c');
    });
  });

  describe(`prepared messages from a ${role}`, () => {
    it('are encoded once; a server shares the frame, a client masks it anew', async () => {
      const message = PreparedMessage.text('n'.repeat(50_000));
      const rigs = [open(role), open(role)];
      for (const rig of rigs) {
        void rig.connection.sendPrepared(message);
        await settled();
        expect(readFrames(rig.transport.wire).map(({ payload }) => payload.equals(message.payload))).to.deep.equal([
          true,
        ]);
      }
      expect(message.frame).to.equal(message.frame);
      expect(rigs[0]?.transport.wire.equals(rigs[1]?.transport.wire ?? Buffer.alloc(0))).to.equal(role === 'server');
    });

    it('are a copy of the bytes they were made of', async () => {
      const data = Buffer.from([1, 2, 3]);
      const message = PreparedMessage.binary(data);
      data.fill(0);
      const rig = open(role);
      void rig.connection.sendPrepared(message);
      await settled();
      expectWire(rig, 'binary 010203');
    });
  });
}

describe('text in parts', () => {
  it('is the text that was cut, wherever it was cut, and UTF-8 in each part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.nat(4)), (text, sizes) => {
        const units = Uint8Array.from({ length: text.length }, (_, at) => at);
        const parts = cut(units, sizes).map((piece) => [...piece].map((at) => text[at]).join(''));
        const message = new PartialMessage(1);
        const frames = parts.map((part, at) => message.next(part, at === parts.length - 1));
        for (const frame of frames) new TextDecoder('utf-8', { fatal: true }).decode(frame.payload);
        expect(Buffer.concat(frames.map(({ payload }) => payload)).toString()).to.equal(text);
        expect(frames.map(({ opcode }) => opcode)).to.deep.equal(frames.map((_, at) => (at === 0 ? 1 : 0)));
        expect(frames.map(({ fin }) => fin)).to.deep.equal(frames.map((_, at) => at === frames.length - 1));
      }),
    );
  });

  it('that ends in half a pair has U+FFFD there', () => {
    const message = new PartialMessage(1);
    expect(message.next('a\ud83d', false).payload.toString()).to.equal('a');
    expect(message.next('', false).payload.length).to.equal(0);
    expect(message.next('', true).payload.toString()).to.equal('\ufffd');
  });
});
