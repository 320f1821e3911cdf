import { constants } from 'node:zlib';
import { ByteGatherer } from '../byte-gatherer.js';
import { ENDING, inflatedTooLarge } from './inflate-whole.js';
import type { SyncStream, SyncZlib } from './sync-zlib.js';
import { Workspace } from './workspace.js';

const SMALLEST_INPUT = 16 * 1024;
/** A block of deflate that is not compressed: its kind, its length, and the length's complement (RFC 1951 §3.2.4). */
const STORED_HEADER = 5;

/**
 * One inflater for all connections. A message that refers to those before it gets them in front, as a block that isn't
 * compressed: copying a few kilobytes costs less than setting zlib up, and less memory than an inflater each.
 */
export class KeptInflater {
  readonly #zlib: SyncZlib;
  readonly #workspace: Workspace;
  #stream: SyncStream | null = null;
  #input = Buffer.allocUnsafeSlow(SMALLEST_INPUT);

  constructor(zlib: SyncZlib, workspace: Workspace) {
    this.#zlib = zlib;
    this.#workspace = workspace;
  }

  /**
   * The data of the message `bytes[start, end)`, as it was on the wire; or `null` where it isn't done in one run: bad data,
   * several final blocks, more than `atOnce` bytes. Who is asked next finds out which.
   *
   * @param history what went before in the same stream; at most 32 KiB.
   * @throws MessageTooLargeError over `limit` bytes.
   */
  inflate(
    bytes: Buffer,
    start: number,
    end: number,
    history: Buffer | undefined,
    limit: number,
    atOnce: number,
  ): Buffer | null {
    const before = history === undefined ? 0 : history.length;
    const length = this.#prepare(bytes, start, end, history);
    const most = Math.min(limit, atOnce);
    this.#stream ??= this.#zlib.inflater();
    this.#stream.reset();
    let gathered: ByteGatherer | null = null;
    let from = 0;
    for (let skip = before; ; skip = 0) {
      if (
        !this.#stream.write(
          constants.Z_FINISH,
          this.#input,
          from,
          length - from,
          this.#workspace.output,
          0,
          Workspace.SIZE,
        )
      ) {
        this.#stream = null;
        return null;
      }
      const { roomLeft, inputLeft } = this.#stream;
      const produced = Workspace.SIZE - roomLeft;
      if ((gathered === null ? 0 : gathered.length) + produced - skip > most) {
        if (most === limit) throw inflatedTooLarge(limit);
        return null;
      }
      if (roomLeft > 0 && inputLeft > 0) {
        return null;
      }
      const piece = this.#workspace.keep(skip, produced);
      if (roomLeft > 0 && gathered === null) {
        return piece;
      }
      gathered ??= new ByteGatherer();
      gathered.append(piece, 0, piece.length);
      if (roomLeft > 0) {
        return gathered.finish();
      }
      from = length - inputLeft;
    }
  }

  /** Puts all of it side by side; returns its length. */
  #prepare(bytes: Buffer, start: number, end: number, history: Buffer | undefined): number {
    const stored = history === undefined ? 0 : STORED_HEADER + history.length;
    const length = stored + (end - start) + ENDING.length;
    if (length > this.#input.length) {
      this.#input = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
    }
    const input = this.#input;
    if (history !== undefined) {
      input[0] = 0;
      input.writeUInt16LE(history.length, 1);
      input.writeUInt16LE(0xffff - history.length, 3);
      history.copy(input, STORED_HEADER);
    }
    bytes.copy(input, stored, start, end);
    ENDING.copy(input, length - ENDING.length);
    return length;
  }
}
