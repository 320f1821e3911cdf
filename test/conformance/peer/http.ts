/** The opening handshake of RFC 6455 §4 as text, on the suite's side of it. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';

export interface Head {
  /** Request or status line. */
  readonly start: string;
  /** By lower-case name; a repeated one is joined with commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** What came behind the head. */
  readonly rest: Buffer;
}

const LONGEST_HEAD = 64 * 1024;

/** Reads up to the empty line, and leaves the socket without a listener of its own. */
export function readHead(socket: Socket, milliseconds: number): Promise<Head> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = () => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', onError);
    };
    const fail = (cause: Error) => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(cause);
    };
    const timer = setTimeout(() => fail(new Error('no opening handshake in time')), milliseconds);
    const onClose = () => fail(new Error('the connection ended inside the opening handshake'));
    const onError = (cause: Error) => fail(cause);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        settle();
        socket.pause();
        resolve(parseHead(bytes.toString('latin1', 0, end), bytes.subarray(end + 4)));
      } else if (bytes.length > LONGEST_HEAD) {
        fail(new Error('an opening handshake without end'));
      }
    };
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('error', onError);
  });
}

function parseHead(text: string, rest: Buffer): Head {
  const [start = '', ...lines] = text.split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { start, headers, rest };
}

/** RFC 6455 §4.2.2, 5.4. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
