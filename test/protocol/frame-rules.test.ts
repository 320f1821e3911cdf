import { expect } from 'chai';
import { ROLES } from '../support/engine.js';
import { expectFailure, parse } from '../support/parsing.js';
import { header, RFC_KEY, Wire } from '../support/wire.js';

for (const role of ROLES) {
  const peer = Wire.peerOf(role);
  const { key } = peer;

  describe(`RFC 6455 §5: frame rules of a ${role}`, () => {
    it('§5.1: knows from two bytes that the mask is wrong', () => {
      const wrong = header({ opcode: 1, length: 5n, key: role === 'server' ? undefined : RFC_KEY });
      expectFailure(
        { role },
        wrong.subarray(0, 2),
        role === 'server' ? 'MOORAGE_MASK_REQUIRED 1002' : 'MOORAGE_MASK_FORBIDDEN 1002',
      );
    });

    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      it(`§5.2: refuses the reserved opcode ${opcode}`, () => {
        expectFailure({ role }, header({ opcode, length: 0n, key }).subarray(0, 2), 'MOORAGE_INVALID_OPCODE 1002');
      });
    }

    for (const opcode of [0, 1, 2, 8, 9, 10]) {
      it(`§5.2: refuses each RSV bit on opcode ${opcode} without an extension`, () => {
        for (let rsv = 1; rsv < 8; rsv++) {
          expectFailure(
            { role },
            header({ opcode, length: 1n, rsv, key }).subarray(0, 2),
            'MOORAGE_RESERVED_BITS 1002',
          );
        }
      });
    }

    it('§5.2: lets RSV bits pass where an extension claims them, and only there', () => {
      const options = { role, rsv: { first: 4, continuation: 2 } };
      const message = [peer.text('a', { fin: false, rsv: 4 }), peer.continuation('b', { rsv: 2 })];
      expect(parse(options, ...message).frames.map(({ rsv }) => rsv)).to.deep.equal([4, 2]);
      expect(parse(options, peer.text('a', { rsv: 2 })).failure).to.equal('MOORAGE_RESERVED_BITS 1002');
      expect(parse(options, peer.text('a', { fin: false }), peer.continuation('b', { rsv: 4 })).failure).to.equal(
        'MOORAGE_RESERVED_BITS 1002',
      );
      for (const opcode of [8, 9, 10]) {
        expect(parse(options, peer.frame(opcode, '', { rsv: 4 })).failure).to.equal('MOORAGE_RESERVED_BITS 1002');
      }
    });

    for (const opcode of [8, 9, 10]) {
      it(`§5.5: refuses a control frame ${opcode} that is fragmented or over 125 bytes, from two bytes`, () => {
        expectFailure(
          { role },
          header({ opcode, length: 0n, fin: false, key }).subarray(0, 2),
          'MOORAGE_FRAGMENTED_CONTROL 1002',
        );
        expectFailure({ role }, header({ opcode, length: 126n, key }).subarray(0, 2), 'MOORAGE_CONTROL_TOO_LARGE 1002');
        expectFailure(
          { role },
          header({ opcode, length: 65536n, key }).subarray(0, 2),
          'MOORAGE_CONTROL_TOO_LARGE 1002',
        );
      });

      it(`§5.5: takes a control frame ${opcode} of 0 and of 125 bytes, whole however it is cut`, () => {
        for (const length of [0, 125]) {
          const bytes = peer.frame(opcode, Buffer.alloc(length, 'x'));
          const cut = [...bytes].map((byte) => Uint8Array.of(byte));
          expect(parse({ role }, ...cut)).to.deep.equal(parse({ role }, bytes));
          expect(parse({ role }, bytes).frames).to.have.length(1);
        }
      });
    }

    it('gives the frames before a violation in the same chunk', () => {
      const { frames, failure } = parse({ role }, Buffer.concat([peer.text('one'), peer.ping(), peer.frame(3)]));
      expect(frames.map(({ opcode }) => opcode)).to.deep.equal([1, 9]);
      expect(failure).to.equal('MOORAGE_INVALID_OPCODE 1002');
    });
  });

  describe(`RFC 6455 §5.4: fragmentation, received by a ${role}`, () => {
    const begun = peer.text('a', { fin: false });

    it('takes text and binary in fragments, with control frames between', () => {
      const stream = [
        begun,
        peer.ping('p'),
        peer.continuation('b', { fin: false }),
        peer.pong(),
        peer.continuation('c'),
        peer.binary('x', { fin: false }),
        peer.continuation(''),
      ];
      const { frames, failure } = parse({ role }, Buffer.concat(stream));
      expect(failure).to.equal(undefined);
      expect(frames.map(({ opcode, fin }) => `${opcode}${fin ? '' : '+'}`).join(' ')).to.equal('1+ 9 0+ 10 0 2+ 0');
    });

    it('refuses a continuation without a message', () => {
      expect(parse({ role }, peer.continuation('b')).failure).to.equal('MOORAGE_UNEXPECTED_CONTINUATION 1002');
      expect(parse({ role }, peer.text('a'), peer.continuation('b')).failure).to.equal(
        'MOORAGE_UNEXPECTED_CONTINUATION 1002',
      );
      expect(parse({ role }, begun, peer.continuation('b'), peer.continuation('c')).failure).to.equal(
        'MOORAGE_UNEXPECTED_CONTINUATION 1002',
      );
    });

    it('refuses a new message inside an unfinished one', () => {
      expect(parse({ role }, begun, peer.text('b')).failure).to.equal('MOORAGE_EXPECTED_CONTINUATION 1002');
      expect(parse({ role }, begun, peer.binary('b')).failure).to.equal('MOORAGE_EXPECTED_CONTINUATION 1002');
    });
  });

  describe(`limits, kept by a ${role} at the header`, () => {
    const limits = { maxTextMessageSize: 10, maxBinaryMessageSize: 20, maxFrameSize: 15, maxFragments: 3 };
    const options = { role, limits };
    const announced = (opcode: number, length: bigint, fin = true): Buffer => header({ opcode, length, fin, key });

    it('takes a message of exactly the limit and refuses one byte more, by kind', () => {
      expect(parse(options, peer.text('0123456789')).failure).to.equal(undefined);
      expectFailure(options, announced(1, 11n), 'MOORAGE_MESSAGE_TOO_LARGE 1009');
      expect(parse(options, peer.binary(Buffer.alloc(15))).failure).to.equal(undefined);
      expectFailure(options, announced(2, 16n), 'MOORAGE_FRAME_TOO_LARGE 1009');
    });

    it('counts the fragments of a message together', () => {
      const begun = peer.text('01234', { fin: false });
      expect(parse(options, begun, peer.continuation('56789')).failure).to.equal(undefined);
      expect(parse(options, begun, announced(0, 6n)).failure).to.equal('MOORAGE_MESSAGE_TOO_LARGE 1009');
      expect(parse(options, peer.binary(Buffer.alloc(15), { fin: false }), announced(0, 6n)).failure).to.equal(
        'MOORAGE_MESSAGE_TOO_LARGE 1009',
      );
    });

    it('begins anew with the next message', () => {
      const message = [peer.text('01234', { fin: false }), peer.continuation('56789')];
      expect(parse(options, ...message, ...message, peer.text('0123456789')).failure).to.equal(undefined);
    });

    it('counts fragments, empty ones included', () => {
      const empty = peer.continuation('', { fin: false });
      expect(parse(options, peer.text('', { fin: false }), empty, peer.continuation('')).failure).to.equal(undefined);
      expect(parse(options, peer.text('', { fin: false }), empty, empty, peer.continuation('')).failure).to.equal(
        'MOORAGE_TOO_MANY_FRAGMENTS 1008',
      );
    });

    it('leaves control frames out of the count', () => {
      const bytes = [peer.text('01234', { fin: false }), peer.ping('0123456789abcdef'), peer.continuation('56789')];
      expect(parse(options, ...bytes).failure).to.equal(undefined);
    });
  });
}
