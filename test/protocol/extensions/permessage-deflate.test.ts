import { perMessageDeflateBy } from '#moorage/protocol/extensions/permessage-deflate.js';
import { CODECS } from './codecs.js';
import { itHandsOnPieces } from './in-pieces-contract.js';
import { itIsPerMessageDeflate } from './permessage-deflate-contract.js';

for (const [how, codecs] of CODECS) {
  describe(`permessage-deflate, ${how}:`, () => {
    itIsPerMessageDeflate(codecs);

    describe('A message that is taken as it comes', () =>
      itHandsOnPieces((options) => perMessageDeflateBy(codecs, { threshold: 0, ...options })));
  });
}
