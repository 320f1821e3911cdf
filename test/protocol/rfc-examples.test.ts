import { expect } from 'chai';
import { firstByte, generateFrame } from '#moorage/protocol/frame-generator.js';
import type { Role } from '#moorage/protocol/frame-parser.js';
import { parse } from '../support/parsing.js';

const HELLO = Buffer.from('Hello');
const RFC_MASK = 0x3d21fa37;

/** RFC 6455 §5.7, byte for byte. */
const EXAMPLES: readonly [
  name: string,
  receiver: Role,
  bytes: string,
  opcode: number,
  fin: boolean,
  payload: string,
][] = [
  ['a single-frame unmasked text message', 'client', '810548656c6c6f', 1, true, 'Hello'],
  ['a single-frame masked text message', 'server', '818537fa213d7f9f4d5158', 1, true, 'Hello'],
  ['the first fragment of an unmasked text message', 'client', '010348656c', 1, false, 'Hel'],
  ['an unmasked ping', 'client', '890548656c6c6f', 9, true, 'Hello'],
  ['a masked pong', 'server', '8a8537fa213d7f9f4d5158', 10, true, 'Hello'],
];

describe('RFC 6455 §5.7: examples', () => {
  for (const [name, role, bytes, opcode, fin, payload] of EXAMPLES) {
    it(`reads ${name}`, () => {
      const { frames, failure } = parse({ role }, Buffer.from(bytes, 'hex'));
      expect(failure).to.equal(undefined);
      expect(frames).to.deep.equal([{ opcode, fin, rsv: 0, payload: Buffer.from(payload).toString('hex') }]);
    });

    it(`writes ${name}`, () => {
      const frame = generateFrame(
        firstByte(opcode, fin),
        Buffer.from(payload),
        role === 'server' ? RFC_MASK : undefined,
      );
      expect(frame.toString('hex')).to.equal(bytes);
    });
  }

  it('reads a fragmented unmasked text message', () => {
    const { frames } = parse({ role: 'client' }, Buffer.from('010348656c80026c6f', 'hex'));
    expect(frames.map(({ opcode, fin, payload }) => [opcode, fin, payload])).to.deep.equal([
      [1, false, '48656c'],
      [0, true, '6c6f'],
    ]);
  });

  for (const [length, head] of [
    [256, '827e0100'],
    [65536, '827f0000000000010000'],
  ] as const) {
    it(`reads and writes ${length} bytes of binary in a single unmasked frame`, () => {
      const payload = Buffer.alloc(length, 0xa5);
      const bytes = Buffer.concat([Buffer.from(head, 'hex'), payload]);
      expect(parse({ role: 'client' }, bytes).frames).to.deep.equal([
        { opcode: 2, fin: true, rsv: 0, payload: payload.toString('hex') },
      ]);
      expect(generateFrame(firstByte(2, true), payload).equals(bytes)).to.equal(true);
    });
  }

  it('leaves the payload that it masks as it was', () => {
    const payload = Buffer.from(HELLO);
    generateFrame(firstByte(1, true), payload, RFC_MASK);
    expect(payload.equals(HELLO)).to.equal(true);
  });
});
