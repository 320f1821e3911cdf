import { Codecs, sharedCodecs } from '#moorage/protocol/extensions/codecs.js';
import { syncZlib } from '#moorage/protocol/extensions/sync-zlib.js';

/** Everything that may do the work: what is told to users must hold for each. */
export const CODECS: readonly (readonly [how: string, codecs: Codecs])[] = [
  ['by those of the process', sharedCodecs()],
  ["by Node's public functions alone", new Codecs(null)],
  ['with one compressor to lend', new Codecs(syncZlib(), 128 * 1024)],
  ['with none to lend', new Codecs(syncZlib(), 0)],
];
