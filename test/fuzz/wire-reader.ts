/** What a peer of another make sees of a connection's output. */
import { isUtf8 } from 'node:buffer';
import type { ParsedFrame } from '../support/parsing.js';
import { referenceInflate } from '../support/reference-inflate.js';
import { referenceParse } from '../support/reference-parser.js';
import { must } from './target.js';

const NO_LIMITS = {
  maxTextMessageSize: Infinity,
  maxBinaryMessageSize: Infinity,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
};
const MOST = 1_000_000;

export interface Agreed {
  readonly rsv: { readonly first: number; readonly continuation: number };
  readonly text: string;
}

/** All frames; a peer must find nothing wrong with them, and nothing cut off. */
export function readOutput(wire: Buffer, masked: boolean, { rsv }: Agreed): readonly ParsedFrame[] {
  const read = referenceParse(wire, { masked, limits: NO_LIMITS, rsv });
  must(read.failures.length === 0, 'output that breaks RFC 6455', () => read.failures.join());
  must(read.complete, 'output that ends inside a frame');
  return read.frames;
}

/** RFC 6455 §5.5.1: no data after a Close, and no second one. Pongs may still come. */
export function checkAfterClose(frames: readonly ParsedFrame[]): void {
  const closing = frames.findIndex(({ opcode }) => opcode === 8);
  const after = closing === -1 ? [] : frames.slice(closing + 1).filter(({ opcode }) => opcode !== 10);
  must(after.length === 0, 'output after a Close', () => after);
}

/** The text messages, decompressed by whatever was agreed; what there is of the last may not be all of it. */
export function readTexts(frames: readonly ParsedFrame[], { text }: Agreed): { texts: string[]; unfinished: string } {
  const perMessage = text.includes('permessage-deflate');
  const texts: string[] = [];
  let history = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let compressed = false;
  const inflated = (data: Buffer): Buffer => {
    const plain = referenceInflate(data, history, MOST);
    history = Buffer.concat([history, plain]).subarray(-32_768);
    return plain;
  };
  for (const frame of frames.filter(({ opcode }) => opcode < 8)) {
    must(frame.opcode < 2, 'binary that was never sent');
    if (frame.opcode === 1) compressed = perMessage && frame.rsv === 4;
    const payload = Buffer.from(frame.payload, 'hex');
    parts.push(!perMessage && frame.rsv === 4 ? inflated(payload) : payload);
    if (frame.fin) {
      const whole = Buffer.concat(parts);
      const plain = compressed ? inflated(whole) : whole;
      must(isUtf8(plain), 'text that is not UTF-8', () => plain.toString('hex'));
      texts.push(plain.toString());
      parts = [];
    }
  }
  return { texts, unfinished: compressed ? '' : Buffer.concat(parts).toString() };
}
