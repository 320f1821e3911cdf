import { expect } from 'chai';
import { FrameParser, type FrameParserOptions } from '#moorage/protocol/frame-parser.js';
import type { IncomingFrame } from '#moorage/protocol/incoming-frame.js';

/** A frame with its pieces joined. */
export interface ParsedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  /** In hex, so that a difference can be read. */
  readonly payload: string;
}

export interface Parsed {
  /** The frames that came whole. */
  readonly frames: ParsedFrame[];
  /** What came of the frame that was under way at the end, in hex. */
  readonly unfinished: string;
  /** Code and close code of the failure. */
  readonly failure: string | undefined;
}

/** Pushes each chunk and takes all there is after each, as an engine does. Chunks are copied: parsing unmasks in place. */
export function parse(options: FrameParserOptions, ...chunks: Uint8Array[]): Parsed {
  const parser = new FrameParser(options);
  const frames: ParsedFrame[] = [];
  let pieces: Buffer[] = [];
  let failure: string | undefined;
  try {
    for (const chunk of chunks) {
      parser.push(Buffer.from(chunk));
      for (let frame = parser.next(); frame !== null; frame = parser.next()) {
        checkPiece(frame, pieces.length === 0);
        pieces.push(Buffer.from(frame.payload));
        if (frame.endsFrame) {
          const { opcode, fin, rsv } = frame;
          frames.push({ opcode, fin, rsv, payload: Buffer.concat(pieces).toString('hex') });
          pieces = [];
        }
      }
    }
  } catch (thrown) {
    const { code, closeCode } = thrown as { code: string; closeCode: number };
    failure = `${code} ${closeCode}`;
  }
  return { frames, unfinished: Buffer.concat(pieces).toString('hex'), failure };
}

function checkPiece(frame: IncomingFrame, first: boolean): void {
  expect(frame.startsFrame, 'startsFrame').to.equal(first);
  expect(frame.length).to.equal(frame.payload.length);
  if (frame.ascii) {
    expect(frame.payload.every((byte) => byte < 0x80)).to.equal(true);
  }
}

/** Asserts that exactly these bytes, and not one fewer than `least`, fail the connection with this code and close code. */
export function expectFailure(options: FrameParserOptions, bytes: Buffer, failure: string, least = bytes.length): void {
  expect(parse(options, bytes).failure, bytes.toString('hex')).to.equal(failure);
  expect(parse(options, bytes.subarray(0, least - 1)).failure, 'a byte earlier').to.equal(undefined);
}
