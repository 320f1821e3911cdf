import { createHash } from 'node:crypto';

/** What RFC 6455 §1.3 appends to the key. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

let keys = 0n;

/** A key that no other peer of this process has: 16 bytes of base64. */
export function newKey(): string {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(++keys, 8);
  return bytes.toString('base64');
}

/** Header fields of a request by name: a list repeats the field, `undefined` leaves out what would be sent by itself. */
export type PeerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An upgrade request as bytes; `headers` replace and add. */
export function requestText(path: string, fields: PeerHeaders, headers: PeerHeaders): string {
  const merged = new Map<string, [name: string, value: string | readonly string[] | undefined]>();
  for (const [name, value] of [...Object.entries(fields), ...Object.entries(headers)]) {
    merged.set(name.toLowerCase(), [name, value]);
  }
  const lines = [...merged.values()].flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.map((each) => `${name}: ${each}\r\n`);
  });
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The server's answer to an opening handshake. */
export interface Answer {
  readonly statusCode: number;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Takes the answer from the beginning of what the server sends. */
export class AnswerReader {
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;

  /** What came after the answer. */
  get rest(): Buffer {
    return this.#bytes;
  }

  push(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** No more comes. */
  end(): void {
    this.#ended = true;
  }

  /** The answer, once it is there whole. */
  read(): Answer | undefined {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const [start = '', ...fields] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    const rawHeaders = fields.flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const statusCode = Number(start.split(' ')[1]);
    const length = statusCode === 101 ? 0 : Number(field(rawHeaders, 'content-length') ?? Infinity);
    const after = this.#bytes.subarray(end + 4);
    if (after.length < length && !this.#ended) return undefined;
    this.#bytes = after.subarray(length === Infinity ? after.length : length);
    return { statusCode, rawHeaders, body: after.toString('utf8', 0, Math.min(length, after.length)) };
  }
}

/** A header field by its lower-case name. */
export function field(rawHeaders: readonly string[], name: string): string | undefined {
  const at = rawHeaders.findIndex((each, i) => i % 2 === 0 && each.toLowerCase() === name);
  return at === -1 ? undefined : rawHeaders[at + 1];
}

/** What `Sec-WebSocket-Accept` must be for a key. */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}
