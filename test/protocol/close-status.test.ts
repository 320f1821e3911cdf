import { expect } from 'chai';
import { isTransmittable } from '#moorage/protocol/close-code.js';
import { encodeClosePayload, parseClosePayload } from '#moorage/protocol/close-status.js';
import { BadPayloadError, ProtocolError } from '#moorage/protocol/errors.js';

/** RFC 6455 §7.4 and the IANA registry. */
const SENDABLE = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const UNSENDABLE = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

const codeBytes = (code: number): number[] => [code >> 8, code & 0xff];

describe('RFC 6455 §5.5.1 and §7.4: the payload of a Close', () => {
  for (const code of SENDABLE) {
    it(`reads and writes ${code}`, () => {
      const payload = Buffer.from([...codeBytes(code), ...Buffer.from('ünd')]);
      expect(parseClosePayload(payload)).to.deep.equal({ code, reason: 'ünd' });
      expect(encodeClosePayload(code, 'ünd').equals(payload)).to.equal(true);
    });
  }

  for (const code of UNSENDABLE) {
    it(`refuses ${code} both ways`, () => {
      expect(() => parseClosePayload(Buffer.from(codeBytes(code))))
        .to.throw(ProtocolError, `code ${code}`)
        .with.property('code', 'MOORAGE_INVALID_CLOSE_CODE');
      expect(() => encodeClosePayload(code, 'x')).to.throw(
        RangeError,
        `Close code ${code} may not be sent. Accepted: 1000–1003`,
      );
    });
  }

  it('knows of every code whether it may be sent', () => {
    const sendable = Array.from({ length: 70_000 }, (_, code) => code).filter(isTransmittable);
    expect(sendable).to.have.length(4 + 8 + 2000);
    expect(SENDABLE.every((code) => sendable.includes(code))).to.equal(true);
    for (const odd of [Number.NaN, Infinity, -1000, 1000.5]) expect(isTransmittable(odd)).to.equal(false);
  });

  it('reads an empty payload as 1005 and writes 1005 as an empty payload', () => {
    expect(parseClosePayload(Buffer.alloc(0))).to.deep.equal({ code: 1005, reason: '' });
    expect(encodeClosePayload(1005, '')).to.have.length(0);
    expect(() => encodeClosePayload(1005, 'why')).to.throw(RangeError);
  });

  it('refuses a payload of one byte', () => {
    expect(() => parseClosePayload(Buffer.of(3)))
      .to.throw(ProtocolError)
      .with.property('code', 'MOORAGE_INVALID_CLOSE_PAYLOAD');
  });

  it('refuses a reason that is not UTF-8, also one cut inside a code point', () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
      expect(() => parseClosePayload(Buffer.from([...codeBytes(1000), ...bytes])))
        .to.throw(BadPayloadError)
        .with.property('code', 'MOORAGE_INVALID_UTF8');
    }
  });

  it('sends a reason of 123 bytes of UTF-8 and refuses one more', () => {
    expect(encodeClosePayload(1000, 'x'.repeat(123))).to.have.length(125);
    expect(encodeClosePayload(1000, '€'.repeat(41))).to.have.length(125);
    expect(() => encodeClosePayload(1000, 'x'.repeat(124))).to.throw(
      RangeError,
      'Close reason of 124 bytes: at most 123',
    );
    expect(() => encodeClosePayload(1000, `${'€'.repeat(41)}x`)).to.throw(RangeError, 'Shorten it');
  });
});
