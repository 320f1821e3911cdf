import { deflateFrame, perFrameDeflateBy, xWebkitDeflateFrame } from '#moorage/protocol/extensions/deflate-frame.js';
import { CODECS } from './codecs.js';
import { itIsDeflateFrame } from './deflate-frame-contract.js';

itIsDeflateFrame('deflate-frame', deflateFrame);
itIsDeflateFrame('x-webkit-deflate-frame', xWebkitDeflateFrame);

for (const [how, codecs] of CODECS) {
  describe(`deflate-frame, ${how}:`, () =>
    itIsDeflateFrame('deflate-frame', (options = {}) => perFrameDeflateBy(codecs, 'deflate-frame', options)));
}
