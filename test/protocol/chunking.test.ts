import { expect } from 'chai';
import fc from 'fast-check';
import { cut } from '../support/cuts.js';
import { ROLES } from '../support/engine.js';
import { parse } from '../support/parsing.js';
import { header, masked, Wire } from '../support/wire.js';

const LIMITS = { maxTextMessageSize: 400, maxBinaryMessageSize: 500, maxFrameSize: 450, maxFragments: 4 };

/** Frames, mostly in sequence and valid, with any header now and then. */
function streams(peer: Wire): fc.Arbitrary<Buffer> {
  const key = peer.key;
  const payload = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 60, maxLength: 300 }));
  const small = fc.uint8Array({ maxLength: 125 });
  const sound = fc.oneof(
    payload.map((bytes) => peer.text(bytes)),
    payload.map((bytes) => peer.binary(bytes)),
    small.map((bytes) => peer.ping(bytes)),
    fc
      .tuple(payload, small, payload)
      .map(([a, b, c]) => Buffer.concat([peer.text(a, { fin: false }), peer.pong(b), peer.continuation(c)])),
  );
  const any = fc
    .record({
      opcode: fc.nat(15),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 1, 4),
      payload,
      lengthBytes: fc.constantFrom(undefined, 2, 8),
      wrongMask: fc.nat(9),
    })
    .map(({ payload: bytes, lengthBytes, wrongMask, ...fields }) => {
      const form = lengthBytes === undefined ? {} : { lengthBytes: lengthBytes as 2 | 8 };
      const head = header({ ...fields, ...form, length: BigInt(bytes.length), key: wrongMask === 0 ? undefined : key });
      return Buffer.concat([head, key === undefined ? bytes : masked(bytes, key)]);
    });
  const parts = fc.oneof(
    { weight: 6, arbitrary: sound },
    { weight: 1, arbitrary: any },
    { weight: 1, arbitrary: small.map(Buffer.from) },
  );
  return fc.array(parts, { maxLength: 8 }).map((frames) => Buffer.concat(frames));
}

const sizes = fc.oneof(fc.array(fc.nat(5), { maxLength: 60 }), fc.array(fc.nat(200), { maxLength: 20 }));

for (const role of ROLES) {
  describe(`how TCP cuts a stream, to a ${role}`, () => {
    const peer = Wire.peerOf(role);

    it('changes neither the frames nor the failure', () => {
      fc.assert(
        fc.property(streams(peer), sizes, (bytes, at) => {
          const options = { role, limits: LIMITS };
          const whole = parse(options, bytes);
          expect(parse(options, ...cut(bytes, at))).to.deep.equal(whole);
          expect(parse(options, ...[...bytes].map((byte) => Uint8Array.of(byte)))).to.deep.equal(whole);
        }),
        { numRuns: 300 },
      );
    });

    it('makes no difference between frames in pieces, joined, and whole frames', () => {
      fc.assert(
        fc.property(streams(peer), sizes, (bytes, at) => {
          const pieces = parse({ role, limits: LIMITS }, ...cut(bytes, at));
          const whole = parse({ role, limits: LIMITS, wholeFrames: true }, ...cut(bytes, at));
          expect(whole.frames).to.deep.equal(pieces.frames);
          expect(whole.failure).to.equal(pieces.failure);
          expect(whole.unfinished).to.equal('');
        }),
        { numRuns: 300 },
      );
    });
  });
}
