/**
 * A WebSocket peer on a bare TCP or TLS socket. Requests are written and frames are masked here, by hand, so that a
 * mistake of our own generator or parser can't hide behind its twin. It never answers by itself: no pong, no Close.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The key of RFC 6455 §1.3 and the answer that the RFC gives for it. */
export const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const SAMPLE_ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** The masking key of RFC 6455 §5.7. */
export const SAMPLE_MASK: readonly number[] = [0x37, 0xfa, 0x21, 0x3d];

export interface PeerTarget {
  readonly port: number;
  readonly host?: string;
  /** Speaks TLS and accepts any certificate. */
  readonly secure?: boolean;
}

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  /** Added to the headers of a valid upgrade; replaces those of the same name, `undefined` removes, a list repeats. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Status line and headers as they came. */
  readonly text: string;
}

export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1–3 as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** The masking key; `null` sends the frame unmasked, as only a server may. */
  readonly mask?: readonly number[] | null;
}

export interface RawFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** An upgrade request, valid unless `parts` says otherwise. */
export function upgradeRequest(parts: RequestParts = {}): string {
  const lines: [string, string][] = [
    ['Host', 'localhost'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', SAMPLE_KEY],
    ['Sec-WebSocket-Version', '13'],
  ];
  for (const [name, value] of Object.entries(parts.headers ?? {})) {
    const at = lines.findIndex(([known]) => known.toLowerCase() === name.toLowerCase());
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    lines.splice(at === -1 ? lines.length : at, at === -1 ? 0 : 1, ...values.map((v): [string, string] => [name, v]));
  }
  const start = `${parts.method ?? 'GET'} ${parts.path ?? '/'} ${parts.version ?? 'HTTP/1.1'}`;
  return `${[start, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`;
}

/** One frame as a client sends it: RFC 6455 §5.2, masked. */
export function frameBytes(parts: FrameParts): Buffer {
  const payload = typeof parts.payload === 'string' ? Buffer.from(parts.payload) : Buffer.from(parts.payload ?? []);
  const mask = parts.mask === undefined ? SAMPLE_MASK : parts.mask;
  const head = [((parts.fin ?? true) ? 0x80 : 0) | ((parts.rsv ?? 0) << 4) | parts.opcode];
  const maskBit = mask === null ? 0 : 0x80;
  if (payload.length < 126) {
    head.push(maskBit | payload.length);
  } else if (payload.length < 65_536) {
    head.push(maskBit | 126, payload.length >> 8, payload.length & 0xff);
  } else {
    head.push(maskBit | 127, 0, 0, 0, 0);
    for (const shift of [24, 16, 8, 0]) head.push((payload.length >>> shift) & 0xff);
  }
  if (mask === null) return Buffer.concat([Buffer.from(head), payload]);
  return Buffer.concat([Buffer.from(head), Buffer.from(mask), payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

export class RawPeer {
  readonly socket: Socket;
  /** What came and was not yet asked for. */
  #unread: Buffer = Buffer.alloc(0);
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
      this.#wake?.();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
    socket.on('error', (error) => {
      this.#failure = error;
      this.#wake?.();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** Connects and sends nothing. The socket is half-open: our side ends when the test says so. */
  static connect(target: number | PeerTarget): Promise<RawPeer> {
    const { port, host = '127.0.0.1', secure = false } = typeof target === 'number' ? { port: target } : target;
    return new Promise((resolve, reject) => {
      const tcp = connectTcp({ port, host, allowHalfOpen: true, noDelay: true });
      const socket: Socket = secure ? connectTls({ socket: tcp, rejectUnauthorized: false }) : tcp;
      socket.once('error', reject);
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        socket.off('error', reject);
        resolve(new RawPeer(socket));
      });
    });
  }

  /** Connects, sends an upgrade request and reads the answer, whatever it is. */
  static async request(
    target: number | PeerTarget,
    parts: RequestParts = {},
  ): Promise<{ peer: RawPeer; response: RawResponse }> {
    const peer = await RawPeer.connect(target);
    peer.send(upgradeRequest(parts));
    return { peer, response: await peer.readResponse() };
  }

  /** Connects and upgrades; fails when the server does not answer 101. */
  static async open(target: number | PeerTarget, path = '/', headers: RequestParts['headers'] = {}): Promise<RawPeer> {
    const { peer, response } = await RawPeer.request(target, { path, headers });
    if (response.status !== 101) {
      peer.destroy();
      throw new Error(`Expected 101 for ${path}, got: ${response.text}`);
    }
    return peer;
  }

  /** Writes bytes (or the UTF-8 of a text) as they stand. */
  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  /** Settles when the system has taken everything sent so far, or can take no more of it. */
  async flush(): Promise<void> {
    if (this.socket.writableLength > 0 && !this.socket.destroyed) {
      await new Promise<void>((resolve) => this.socket.write('', () => resolve()));
    }
  }

  sendFrame(parts: FrameParts): void {
    this.send(frameBytes(parts));
  }

  sendText(text: string): void {
    this.sendFrame({ opcode: 1, payload: text });
  }

  sendBinary(payload: Uint8Array): void {
    this.sendFrame({ opcode: 2, payload });
  }

  sendPing(payload: Uint8Array | string = ''): void {
    this.sendFrame({ opcode: 9, payload });
  }

  sendPong(payload: Uint8Array | string = ''): void {
    this.sendFrame({ opcode: 10, payload });
  }

  /** Sends a Close frame; without a code, an empty one. */
  sendClose(code?: number, reason = ''): void {
    this.sendFrame({ opcode: 8, payload: code === undefined ? '' : closePayload(code, reason) });
  }

  /** The next status line and headers. What follows them stays unread. */
  async readResponse(): Promise<RawResponse> {
    let end = this.#unread.indexOf('\r\n\r\n');
    while (end === -1) {
      await this.#more('the head of an HTTP response');
      end = this.#unread.indexOf('\r\n\r\n');
    }
    const text = this.#take(end + 4)
      .toString('latin1')
      .trimEnd();
    const [statusLine = '', ...lines] = text.split('\r\n');
    const match = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine);
    if (match === null) throw new Error(`Not a status line: ${statusLine}`);
    const headers: Record<string, string> = Object.create(null);
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
    return { status: Number(match[1]), reason: match[2] ?? '', headers, text };
  }

  /** The next frame. Fails when the stream ends first. */
  async readFrame(): Promise<RawFrame> {
    const [first = 0, second = 0] = await this.readBytes(2);
    let length = second & 0x7f;
    if (length === 126) length = (await this.readBytes(2)).readUInt16BE();
    else if (length === 127) length = Number((await this.readBytes(8)).readBigUInt64BE());
    const masked = (second & 0x80) !== 0;
    const mask = masked ? await this.readBytes(4) : undefined;
    const payload = await this.readBytes(length);
    return {
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0xf,
      masked,
      payload: mask === undefined ? payload : Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))),
    };
  }

  /** The next message, gathered over its fragments; control frames between them are skipped. */
  async readMessage(): Promise<{ readonly opcode: number; readonly payload: Buffer }> {
    const pieces: Buffer[] = [];
    let opcode = 0;
    for (;;) {
      const frame = await this.readFrame();
      if (frame.opcode === 8) throw new Error(`Expected a message, got Close ${describeClose(frame.payload)}`);
      if (frame.opcode > 8) continue;
      if (frame.opcode !== 0) opcode = frame.opcode;
      pieces.push(frame.payload);
      if (frame.fin) return { opcode, payload: Buffer.concat(pieces) };
    }
  }

  /** The next message, which must be a text. */
  async readText(): Promise<string> {
    const { opcode, payload } = await this.readMessage();
    if (opcode !== 1) throw new Error(`Expected a text message, got opcode ${opcode}`);
    return payload.toString();
  }

  /** The Close frame, after skipping everything before it. An empty one reads as 1005. */
  async readClose(): Promise<{ readonly code: number; readonly reason: string }> {
    for (;;) {
      const { opcode, payload } = await this.readFrame();
      if (opcode !== 8) continue;
      if (payload.length === 0) return { code: 1005, reason: '' };
      return { code: payload.readUInt16BE(), reason: payload.toString('utf8', 2) };
    }
  }

  /** Exactly so many bytes. */
  async readBytes(count: number): Promise<Buffer> {
    while (this.#unread.length < count) await this.#more(`${count} bytes`);
    return this.#take(count);
  }

  /** Everything until the other side ends, be it with a FIN or a reset. */
  async readToEnd(): Promise<Buffer> {
    while (!this.#ended && this.#failure === undefined) await this.#wakeUp();
    return this.#take(this.#unread.length);
  }

  /** Settles when the other side has ended (`'fin'`) or reset (`'reset'`) the connection; bytes before that are dropped. */
  async readEnd(): Promise<'fin' | 'reset'> {
    await this.readToEnd();
    return this.#failure === undefined ? 'fin' : 'reset';
  }

  /** Sends FIN and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Closes without ceremony. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Ends the TCP connection with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Stops taking bytes from the socket, so that the other side's buffers fill; `resume` goes on. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  #take(count: number): Buffer {
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }

  async #more(wanted: string): Promise<void> {
    const before = this.#unread.length;
    while (this.#unread.length === before) {
      if (this.#failure !== undefined)
        throw new Error(`Expected ${wanted}, but the connection failed`, { cause: this.#failure });
      if (this.#ended)
        throw new Error(
          `Expected ${wanted}, but the stream ended with ${JSON.stringify(this.#unread.toString('latin1'))}`,
        );
      await this.#wakeUp();
    }
  }

  #wakeUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function describeClose(payload: Buffer): string {
  return payload.length < 2 ? '(no code)' : `${payload.readUInt16BE()} "${payload.toString('utf8', 2)}"`;
}
