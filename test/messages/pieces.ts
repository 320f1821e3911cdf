import fc from 'fast-check';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { piece } from '../endpoint/fake-channel.js';

/** A message in pieces, cut after the given numbers of bytes; every other cut ends a frame, too. */
export function cut(kind: 'Text' | 'Binary', bytes: Buffer, lengths: readonly number[]): IncomingFrame[] {
  const pieces: IncomingFrame[] = [];
  let at = 0;
  for (const [index, length] of [...lengths, bytes.length].entries()) {
    const end = Math.min(bytes.length, at + length);
    const last = index === lengths.length;
    const frames = Math.ceil(index / 2);
    pieces.push(
      piece(frames === 0 ? kind : 'Continuation', [...bytes.subarray(at, end)], {
        starts: index % 2 === 1 || index === 0,
        ends: index % 2 === 0 || last,
        fin: last,
      }),
    );
    at = end;
  }
  return pieces;
}

/** Where to cut. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 });
