/**
 * Frames as bytes, put together and taken apart by hand after RFC 6455 §5.2: the oracle of the tests, which shares no
 * line with the generator and parser under test.
 */

/** The masking key of RFC 6455 §5.7. */
export const RFC_KEY: readonly number[] = [0x37, 0xfa, 0x21, 0x3d];

export interface HeaderFields {
  readonly opcode: number;
  readonly length: bigint;
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  readonly key?: readonly number[] | undefined;
  /** How many bytes the extended length takes; by default the fewest. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export function header({ opcode, length, fin = true, rsv = 0, key, lengthBytes }: HeaderFields): Buffer {
  const form = lengthBytes ?? (length <= 125n ? 0 : length <= 65535n ? 2 : 8);
  const bytes = [(fin ? 128 : 0) + rsv * 16 + opcode];
  const second = form === 0 ? Number(length) : form === 2 ? 126 : 127;
  bytes.push((key === undefined ? 0 : 128) + second);
  for (let place = form - 1; place >= 0; place--) {
    bytes.push(Number((length / 256n ** BigInt(place)) % 256n));
  }
  return Buffer.from([...bytes, ...(key ?? [])]);
}

/** Byte i XOR key byte i mod 4, as RFC 6455 §5.3 has it. */
export function masked(payload: Uint8Array, key: readonly number[], phase = 0): Buffer {
  return Buffer.from(payload.map((byte, at) => byte ^ (key[(at + phase) % 4] as number)));
}

export interface FrameFields {
  readonly fin?: boolean;
  readonly rsv?: number;
}

/** What one side puts on the wire; a client masks. */
export class Wire {
  readonly key: readonly number[] | undefined;

  constructor(sender: 'client' | 'server') {
    this.key = sender === 'client' ? RFC_KEY : undefined;
  }

  /** The side that talks to an endpoint of this role. */
  static peerOf(role: 'client' | 'server'): Wire {
    return new Wire(role === 'server' ? 'client' : 'server');
  }

  frame(opcode: number, payload: string | Uint8Array = '', fields: FrameFields = {}): Buffer {
    const bytes = Buffer.from(payload as string);
    const head = header({ opcode, length: BigInt(bytes.length), key: this.key, ...fields });
    return Buffer.concat([head, this.key === undefined ? bytes : masked(bytes, this.key)]);
  }

  text(payload: string | Uint8Array, fields?: FrameFields): Buffer {
    return this.frame(0x1, payload, fields);
  }

  binary(payload: Uint8Array | string, fields?: FrameFields): Buffer {
    return this.frame(0x2, payload, fields);
  }

  continuation(payload: string | Uint8Array, fields?: FrameFields): Buffer {
    return this.frame(0x0, payload, fields);
  }

  ping(payload: string | Uint8Array = ''): Buffer {
    return this.frame(0x9, payload);
  }

  pong(payload: string | Uint8Array = ''): Buffer {
    return this.frame(0xa, payload);
  }

  /** A Close; without a code its payload is empty. */
  close(code?: number, reason = ''): Buffer {
    return this.frame(0x8, code === undefined ? '' : Buffer.from([code >> 8, code & 255, ...Buffer.from(reason)]));
  }
}

export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** Takes frames apart as their bytes come, in whatever pieces. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** Bytes of a frame that hasn't come whole. */
  get rest(): number {
    return this.#bytes.length;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** The next frame that is there whole. */
  next(): ReadFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const [first, second] = [...bytes.subarray(0, 2)] as [number, number];
    const form = second % 128;
    const lengthAt = 2;
    const keyAt = lengthAt + (form < 126 ? 0 : form === 126 ? 2 : 8);
    if (bytes.length < keyAt) return undefined;
    const length = form < 126 ? form : Number(BigInt(`0x${bytes.toString('hex', lengthAt, keyAt)}`));
    const bodyAt = keyAt + (second >= 128 ? 4 : 0);
    if (bytes.length < bodyAt + length) return undefined;
    const body = bytes.subarray(bodyAt, bodyAt + length);
    const key = second >= 128 ? [...bytes.subarray(keyAt, bodyAt)] : undefined;
    this.#bytes = bytes.subarray(bodyAt + length);
    const payload = key === undefined ? Buffer.from(body) : masked(body, key);
    return { fin: first >= 128, rsv: (first >> 4) % 8, opcode: first % 16, masked: key !== undefined, payload };
  }
}

/** Takes a whole number of frames apart; throws where the bytes end inside one. */
export function readFrames(bytes: Buffer): ReadFrame[] {
  const reader = new FrameReader();
  reader.push(bytes);
  const frames: ReadFrame[] = [];
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    frames.push(frame);
  }
  if (reader.rest > 0) throw new Error(`The wire ends inside a frame, at byte ${bytes.length}`);
  return frames;
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** `text hello`, `text+ hel` for a fragment that isn't the last, `binary 00ff`, `close 1000 bye`, `close` for an empty one. */
export function describeFrame(frame: Pick<ReadFrame, 'opcode' | 'fin' | 'payload'>): string {
  const { opcode, payload } = frame;
  const name = `${NAMES[opcode] ?? opcode}${frame.fin ? '' : '+'}`;
  if (opcode === 8 && payload.length >= 2) {
    return `${name} ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`.trimEnd();
  }
  return `${name} ${opcode === 2 ? payload.toString('hex') : payload.toString()}`.trimEnd();
}
