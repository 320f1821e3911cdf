/**
 * Frames as bytes, written from RFC 6455 §5.2 alone: nothing here knows the code under test, so a mistake there can't
 * hide behind its twin. A frame may be as wrong as a case needs it.
 */

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
}

export interface FrameFields {
  readonly fin?: boolean;
  readonly rsv?: number;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export function frame(
  opcode: number,
  payload: Uint8Array | string = '',
  { fin = true, rsv = 0 }: FrameFields = {},
): Frame {
  return { opcode, payload: typeof payload === 'string' ? Buffer.from(payload) : asBuffer(payload), fin, rsv };
}

export const text = (payload: Uint8Array | string, fields?: FrameFields): Frame => frame(OPCODE.text, payload, fields);
export const binary = (payload: Uint8Array, fields?: FrameFields): Frame => frame(OPCODE.binary, payload, fields);
export const ping = (payload?: Uint8Array | string, fields?: FrameFields): Frame => frame(OPCODE.ping, payload, fields);
export const pong = (payload?: Uint8Array | string, fields?: FrameFields): Frame => frame(OPCODE.pong, payload, fields);
export const continuation = (payload: Uint8Array | string, fields?: FrameFields): Frame =>
  frame(OPCODE.continuation, payload, fields);

/** A Close with a code, right or wrong, and a reason; without a code its payload is empty. */
export function close(code?: number, reason: Uint8Array | string = ''): Frame {
  const head = code === undefined ? [] : [code >> 8, code & 255];
  return frame(OPCODE.close, Buffer.concat([Buffer.from(head), asBuffer(reason)]));
}

/** A message as frames of at most `size` bytes. RSV bits stand on the first alone (RFC 7692 §6.1). */
export function fragments(opcode: number, payload: Buffer, size: number, rsv = 0): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const first = at === 0;
    frames.push({
      opcode: first ? opcode : OPCODE.continuation,
      payload: payload.subarray(at, at + size),
      fin: at + size >= payload.length,
      rsv: first ? rsv : 0,
    });
  }
  return frames;
}

/** Frames back to back. `nextMask` gives 32 fresh bits for each frame of a client; a server masks nothing (§5.1). */
export function encodeFrames(frames: readonly Frame[], nextMask: (() => number) | undefined): Buffer {
  const total = frames.reduce((sum, { payload }) => sum + headLength(payload.length, nextMask) + payload.length, 0);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const one of frames) {
    at = writeFrame(bytes, at, one, nextMask);
  }
  return bytes;
}

function writeFrame(bytes: Buffer, at: number, { opcode, payload, fin, rsv }: Frame, nextMask?: () => number): number {
  const { length } = payload;
  const maskBit = nextMask === undefined ? 0 : 0x80;
  bytes[at++] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  if (length < 126) {
    bytes[at++] = maskBit | length;
  } else if (length < 65_536) {
    bytes[at++] = maskBit | 126;
    at = bytes.writeUInt16BE(length, at);
  } else {
    bytes[at++] = maskBit | 127;
    at = bytes.writeBigUInt64BE(BigInt(length), at);
  }
  if (nextMask === undefined) {
    payload.copy(bytes, at);
    return at + length;
  }
  const key = bytes.subarray(at, bytes.writeUInt32BE(nextMask() >>> 0, at));
  at += 4;
  const [k0, k1, k2, k3] = key as unknown as [number, number, number, number];
  let i = 0;
  for (; i + 4 <= length; i += 4, at += 4) {
    bytes[at] = payload[i]! ^ k0;
    bytes[at + 1] = payload[i + 1]! ^ k1;
    bytes[at + 2] = payload[i + 2]! ^ k2;
    bytes[at + 3] = payload[i + 3]! ^ k3;
  }
  for (; i < length; i++, at++) {
    bytes[at] = payload[i]! ^ key[i % 4]!;
  }
  return at;
}

function headLength(length: number, nextMask: unknown): number {
  return 2 + (length < 126 ? 0 : length < 65_536 ? 2 : 8) + (nextMask === undefined ? 0 : 4);
}

function asBuffer(bytes: Uint8Array | string): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
