import { expect } from 'chai';
import { acceptKey, isValidKey } from '#moorage/protocol/handshake/accept-key.js';

describe('The handshake key (RFC 6455 §4.2.2)', () => {
  it('is answered as the example of RFC 6455 §1.3 says', () => {
    expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).to.equal('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  for (const key of ['dGhlIHNhbXBsZSBub25jZQ==', 'AAAAAAAAAAAAAAAAAAAAAA==', '+/+/+/+/+/+/+/+/+/+/+w==']) {
    it(`may be ${key}`, () => {
      expect(isValidKey(key)).to.equal(true);
    });
  }

  it('may have bits behind its sixteenth byte that decode to nothing', () => {
    expect(isValidKey('AAAAAAAAAAAAAAAAAAAAAB==')).to.equal(true);
  });

  for (const [what, key] of [
    ['empty', ''],
    ['15 bytes long', 'AAAAAAAAAAAAAAAAAAAA'],
    ['17 bytes long', 'AAAAAAAAAAAAAAAAAAAAAAA='],
    ['18 bytes long', 'AAAAAAAAAAAAAAAAAAAAAAAA'],
    ['without its padding', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['padded within', 'AAAAAAAAAAAAAAAAAAAAA==='],
    ['of the base64url alphabet', '-_AAAAAAAAAAAAAAAAAAAA=='],
    ['with a space in it', 'AAAA AAAAAAAAAAAAAAAAA=='],
    ['with a character beyond ASCII', 'AAAAéAAAAAAAAAAAAAAAAA=='],
    ['two keys in a list', 'AAAAAAAAAAAAAAAAAAAAAA==, AAAAAAAAAAAAAAAAAAAAAA=='],
  ] as const) {
    it(`may not be ${what}`, () => {
      expect(isValidKey(key)).to.equal(false);
    });
  }
});
