import { ByteGatherer } from './byte-gatherer.js';
import { MessageTooLargeError, ProtocolError } from './errors.js';
import { checkMessageSize, FrameSequence } from './frame-sequence.js';
import { IncomingFrame } from './incoming-frame.js';
import { DEFAULT_LIMITS, type MessageLimits } from './limits.js';
import { applyMask, WORDS_FROM } from './mask.js';
import { isControl, isDefined, Opcode } from './opcode.js';

/** Which side this is; it decides who must mask (RFC 6455 §5.1). */
export type Role = 'server' | 'client';

export interface FrameParserOptions {
  readonly role: Role;
  /** Default: `DEFAULT_LIMITS`. */
  readonly limits?: MessageLimits;
  /** RSV bits that the negotiated extensions claim on the first frame of a message or on every one. Default: none. */
  readonly rsv?: RsvClaims;
  /** Hand out data frames whole, gathering those that TCP has cut. Default: false, in pieces as they come. */
  readonly wholeFrames?: boolean;
}

/** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
export interface RsvClaims {
  /** Bits allowed on a Text or Binary frame. */
  readonly first: number;
  /** Bits allowed on a Continuation. */
  readonly continuation: number;
}

const EMPTY = Buffer.alloc(0);
const NO_CLAIMS: RsvClaims = Object.freeze({ first: 0, continuation: 0 });
const LONGEST_HEADER = 14;
const MAX_CONTROL_LENGTH = 125;
/** Bytes left in a chunk from which on a view of it saves more than it costs. */
const VIEW_FROM = 256;
const TWO_TO_32 = 0x1_0000_0000;
/** `#remaining` between frames. */
const NO_FRAME = -1;

/**
 * Bytes in, frames out, one at a time and only when asked: `push` a chunk, then call `next` until it gives `null`.
 * The result never depends on how the stream was cut into chunks, except for the pieces of data frames.
 *
 * Payloads are unmasked in place, in the chunk that was pushed: the parser owns it from then on. Every rule that the
 * header decides is enforced at the header, before a byte of the payload is looked at; after an error the parser must
 * not be used again.
 *
 * @example
 * const parser = new FrameParser({ role: 'server' });
 * parser.push(chunk);
 * for (let frame = parser.next(); frame !== null; frame = parser.next()) handle(frame);
 */
export class FrameParser {
  /** The bounds now in force; a change holds from the next header on. */
  limits: MessageLimits;

  readonly #masked: boolean;
  readonly #wholeFrames: boolean;
  readonly #rsv: RsvClaims;
  /** Made for the first fragmented message. */
  #sequence: FrameSequence | null = null;

  #chunk: Buffer = EMPTY;
  /** Of the chunk, once there are short frames enough in it to be worth it. */
  #view: DataView | null = null;
  #position = 0;
  /** Bytes of a header or of a short frame that a chunk's end has cut. */
  #carry: Buffer | null = null;
  #carried = 0;

  // The frame whose header has been read.
  #remaining = NO_FRAME;
  #first = 0;
  #length = 0;
  #mask = 0;
  /** Pieces of a frame that must come whole, until its last byte is there. */
  #gathered: ByteGatherer | null = null;

  constructor(options: FrameParserOptions) {
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.#masked = options.role === 'server';
    this.#wholeFrames = options.wholeFrames ?? false;
    this.#rsv = options.rsv ?? NO_CLAIMS;
  }

  /** Whether bytes are held that no call of `next` has given out: the stream must not end here (RFC 6455 §7.1.1). */
  get pending(): boolean {
    return this.#position < this.#chunk.length || this.#carried > 0 || this.#remaining !== NO_FRAME;
  }

  /** Bytes pushed and not parsed yet. */
  get unparsed(): number {
    return this.#chunk.length - this.#position;
  }

  /** Bytes held of a frame that has to come whole and hasn't. */
  get gathered(): number {
    return this.#gathered?.length ?? 0;
  }

  /** Takes the next bytes of the stream. What `next` hasn't parsed yet is kept in front of them. */
  push(chunk: Buffer): void {
    this.#chunk =
      this.#position < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#position), chunk]) : chunk;
    this.#position = 0;
    this.#view = null;
  }

  /**
   * The next frame, or piece of a data frame, or `null` when more bytes are needed.
   *
   * @throws ProtocolError (1002), MessageTooLargeError (1009) or PolicyViolationError (1008).
   */
  next(): IncomingFrame | null {
    if (this.#remaining === NO_FRAME && !this.#readHeader()) {
      this.#release();
      return null;
    }
    const frame = isControl(this.#first & 0xf) || this.#wholeFrames ? this.#readWhole() : this.#readPiece();
    if (frame === null) {
      this.#release();
    }
    return frame;
  }

  /** An idle connection keeps no chunk alive. */
  #release(): void {
    this.#chunk = EMPTY;
    this.#position = 0;
    this.#view = null;
  }

  #readHeader(): boolean {
    if (this.#carried > 0) {
      return this.#readCutHeader();
    }
    const size = this.#parseHeader(this.#chunk, this.#position, this.#chunk.length);
    if (size === 0) {
      this.#carried = this.#chunk.length - this.#position;
      if (this.#carried > 0) {
        this.#carry ??= Buffer.allocUnsafe(LONGEST_HEADER);
        this.#chunk.copy(this.#carry, 0, this.#position);
      }
      return false;
    }
    this.#position += size;
    return true;
  }

  /** A header that began in an earlier chunk: completed in the carry, parsed there. */
  #readCutHeader(): boolean {
    const carry = this.#carry!;
    const before = this.#carried;
    const taken = this.#chunk.copy(carry, before, this.#position, this.#position + LONGEST_HEADER - before);
    const size = this.#parseHeader(carry, 0, before + taken);
    if (size === 0) {
      this.#carried += taken;
      return false;
    }
    this.#position += size - before;
    this.#carried = 0;
    this.#carry = null;
    return true;
  }

  /** Reads and checks the header at `at`. Returns its size, or 0 when `end` cuts it; what is there has been checked all the same. */
  #parseHeader(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) {
      return 0;
    }
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    this.#checkFirstBytes(first, second);
    const short = second & 0x7f;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const size = 2 + lengthBytes + (this.#masked ? 4 : 0);
    if (end - at < 2 + lengthBytes) {
      return 0;
    }
    const length = lengthBytes === 0 ? short : this.#readLength(bytes, at + 2, lengthBytes);
    if (end - at < size) {
      return 0;
    }
    this.#checkLength(first, length);
    this.#first = first;
    this.#length = length;
    this.#remaining = length;
    if (this.#masked) {
      const key = at + size - 4;
      this.#mask = bytes[key]! | (bytes[key + 1]! << 8) | (bytes[key + 2]! << 16) | (bytes[key + 3]! << 24);
    }
    return size;
  }

  #checkFirstBytes(first: number, second: number): void {
    const opcode = first & 0x0f;
    if (!isDefined(opcode)) {
      throw new ProtocolError(
        'MOORAGE_INVALID_OPCODE',
        `Frame with the reserved opcode 0x${opcode.toString(16)} (RFC 6455 §5.2).`,
      );
    }
    const rsv = (first >>> 4) & 0x7;
    if (rsv !== 0) {
      const claimed = isControl(opcode) ? 0 : opcode === Opcode.Continuation ? this.#rsv.continuation : this.#rsv.first;
      if ((rsv & ~claimed) !== 0) {
        throw new ProtocolError(
          'MOORAGE_RESERVED_BITS',
          `Frame with RSV bits 0b${rsv.toString(2).padStart(3, '0')} that no negotiated extension claims (RFC 6455 §5.2).`,
        );
      }
    }
    if (second >= 0x80 !== this.#masked) {
      throw this.#masked
        ? new ProtocolError('MOORAGE_MASK_REQUIRED', 'Frame of a client without a mask (RFC 6455 §5.1).')
        : new ProtocolError('MOORAGE_MASK_FORBIDDEN', 'Frame of a server with a mask (RFC 6455 §5.1).');
    }
    if (isControl(opcode)) {
      if (first < 0x80) {
        throw new ProtocolError(
          'MOORAGE_FRAGMENTED_CONTROL',
          'Control frame without FIN: control frames are never fragmented (RFC 6455 §5.5).',
        );
      }
      if ((second & 0x7f) > MAX_CONTROL_LENGTH) {
        throw new ProtocolError(
          'MOORAGE_CONTROL_TOO_LARGE',
          `Control frame of more than ${MAX_CONTROL_LENGTH} bytes (RFC 6455 §5.5).`,
        );
      }
    }
  }

  #readLength(bytes: Buffer, at: number, lengthBytes: number): number {
    if (lengthBytes === 2) {
      const length = (bytes[at]! << 8) | bytes[at + 1]!;
      if (length < 126) {
        throw notMinimal(length, 2);
      }
      return length;
    }
    const high = bytes.readUInt32BE(at);
    if (high >= 0x8000_0000) {
      throw new ProtocolError(
        'MOORAGE_INVALID_LENGTH',
        'Frame length with its most significant bit set: lengths have 63 bits (RFC 6455 §5.2).',
      );
    }
    // Above 2^53 the product is rounded; it is far over any limit then, and Infinity as a limit is caught in #checkLength.
    const length = high * TWO_TO_32 + bytes.readUInt32BE(at + 4);
    if (length <= 0xffff) {
      throw notMinimal(length, 8);
    }
    return length;
  }

  #checkLength(first: number, length: number): void {
    const opcode = first & 0x0f;
    if (isControl(opcode)) {
      return;
    }
    const limit = Math.min(this.limits.maxFrameSize, Number.MAX_SAFE_INTEGER);
    if (length > limit) {
      throw new MessageTooLargeError(
        'MOORAGE_FRAME_TOO_LARGE',
        `Frame of ${length} bytes, over the limit of ${limit}. Raise maxFrameSize if peers may send so much.`,
      );
    }
    const fin = first >= 0x80;
    if (this.#sequence === null) {
      if (fin && opcode !== Opcode.Continuation) {
        checkMessageSize(opcode, length, this.#isCompressed(first), this.limits);
        return;
      }
      this.#sequence = new FrameSequence();
    }
    this.#sequence.accept(opcode, fin, length, this.#isCompressed(first), this.limits);
  }

  /** A first frame with a claimed RSV bit holds encoded data, whose length is not the message's. */
  #isCompressed(first: number): boolean {
    return ((first >>> 4) & this.#rsv.first) !== 0;
  }

  /** A data frame as far as it has come. Asks for more when not a byte of it is there. */
  #readPiece(): IncomingFrame | null {
    const start = this.#position;
    const remaining = this.#remaining;
    const end = Math.min(start + remaining, this.#chunk.length);
    const left = remaining - (end - start);
    if (end === start && left > 0) {
      return null;
    }
    const starts = remaining === this.#length;
    const ascii = this.#unmask(start, end);
    this.#position = end;
    this.#remaining = left === 0 ? NO_FRAME : left;
    return this.#frame(this.#chunk, start, end, starts, left === 0, ascii);
  }

  /** A frame once its last byte is there. What comes before is gathered, in memory that follows what has come. */
  #readWhole(): IncomingFrame | null {
    const start = this.#position;
    const end = Math.min(start + this.#remaining, this.#chunk.length);
    const left = this.#remaining - (end - start);
    const ascii = this.#unmask(start, end);
    this.#position = end;
    if (left > 0) {
      this.#remaining = left;
      if (end > start) {
        this.#gathered ??= new ByteGatherer();
        this.#gathered.append(this.#chunk, start, end);
      }
      return null;
    }
    this.#remaining = NO_FRAME;
    if (this.#gathered === null) {
      return this.#frame(this.#chunk, start, end, true, true, ascii);
    }
    this.#gathered.append(this.#chunk, start, end);
    const whole = this.#gathered.finish();
    this.#gathered = null;
    return this.#frame(whole, 0, whole.length, true, true, false);
  }

  #unmask(start: number, end: number): boolean {
    if (!this.#masked) {
      return false;
    }
    const chunk = this.#chunk;
    if (this.#view === null && end - start < WORDS_FROM && chunk.length - start >= VIEW_FROM) {
      this.#view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    }
    return applyMask(chunk, start, end, this.#mask, this.#length - this.#remaining, this.#view);
  }

  #frame(buffer: Buffer, start: number, end: number, starts: boolean, ends: boolean, ascii: boolean): IncomingFrame {
    const first = this.#first;
    return new IncomingFrame(
      (first & 0x0f) as Opcode,
      first >= 0x80,
      (first >>> 4) & 0x7,
      buffer,
      start,
      end,
      starts,
      ends,
      ascii,
    );
  }
}

function notMinimal(length: number, lengthBytes: number): ProtocolError {
  return new ProtocolError(
    'MOORAGE_INVALID_LENGTH',
    `Frame length ${length} written in ${lengthBytes} bytes: the shortest form must be used (RFC 6455 §5.2).`,
  );
}
