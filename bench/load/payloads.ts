/** What the Node generator sends, built and masked before the clock starts. */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';

const TEXT = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 {}';

/** Different payloads, each in a frame with a key of its own; a batch of consecutive ones is one slice of `wire`. */
export interface Payloads {
  readonly opcode: 1 | 2;
  readonly size: number;
  readonly count: number;
  readonly plain: readonly Buffer[];
  /** The frames of `depth` messages from payload number `first` on, to be sent in one write. */
  batch(first: number, depth: number): Buffer;
}

/** @param depth the longest batch that will be asked for. */
export function buildPayloads(type: string, size: number, depth: number): Payloads {
  const count = Math.max(4, Math.min(256, Math.floor(524_288 / (size + 14))));
  const opcode = type === 'text' ? 1 : 2;
  const plain = Array.from({ length: count }, () => (opcode === 1 ? randomText(size) : randomBytes(size)));
  const frames = plain.map((payload) => maskedFrame(opcode, payload));
  const length = (frames[0] as Buffer).length;
  // The first messages stand again at the end, so that no batch wraps around.
  const wire = Buffer.concat(Array.from({ length: count + depth }, (_, i) => frames[i % count] as Buffer));
  return {
    opcode,
    size,
    count,
    plain,
    batch: (first, messages) => wire.subarray(first * length, (first + messages) * length),
  };
}

/** RFC 6455 §5.2, written out here so that nothing under test builds its own input. */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(head + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (head === 2 ? length : head === 4 ? 126 : 127);
  if (head === 4) frame.writeUInt16BE(length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  const key = randomFillSync(frame.subarray(head, head + 4));
  for (let i = 0; i < length; i++) frame[head + 4 + i] = (payload[i] as number) ^ (key[i & 3] as number);
  return frame;
}

export interface UpgradeRequest {
  readonly bytes: Buffer;
  /** The one right `Sec-WebSocket-Accept`. */
  readonly accept: string;
}

export function upgradeRequest(port: number, path: string): UpgradeRequest {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head =
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  return { bytes: Buffer.from(head, 'latin1'), accept };
}

function randomText(size: number): Buffer {
  const bytes = randomBytes(size);
  for (let i = 0; i < size; i++) bytes[i] = TEXT.charCodeAt((bytes[i] as number) % TEXT.length);
  return bytes;
}
