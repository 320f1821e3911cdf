/** One raw connection of the Node generator. */
import { connect, type Socket } from 'node:net';
import type { UpgradeRequest } from './payloads.js';

/** All sockets read into one buffer, which is done with before the next read: no allocation per read. */
const READ = Buffer.allocUnsafe(256 * 1024);

export class Peer {
  /** What comes after the response head. Set before `open` is called. */
  onBytes: (bytes: Buffer, end: number) => void = () => {};
  readonly #socket: Socket;
  #opened: (() => void) | undefined;
  #failed: (error: Error) => void;
  #head = '';

  constructor(port: number, request: UpgradeRequest, opened: () => void, failed: (error: Error) => void) {
    this.#opened = () => {
      if (!/^HTTP\/1\.1 101 /.test(this.#head)) throw new Error(`not accepted: ${this.#head.split('\r\n', 1)[0]}`);
      if (!this.#head.includes(`: ${request.accept}\r\n`)) throw new Error('Sec-WebSocket-Accept is wrong or missing');
      opened();
    };
    this.#failed = failed;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer: READ, callback: (length) => this.#read(length) },
    });
    this.#socket.write(request.bytes);
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('end', () => this.#failed(new Error('the server ended the connection')));
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Ends without a Close frame; what the server says to that is nobody's concern. */
  drop(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    try {
      if (this.#opened) this.#readHead(length);
      else this.onBytes(READ, length);
    } catch (error) {
      this.#failed(error as Error);
      this.drop();
    }
    return true;
  }

  /** No server here speaks before it is spoken to, so the head ends its read. */
  #readHead(length: number): void {
    this.#head += READ.toString('latin1', 0, length);
    if (!this.#head.endsWith('\r\n\r\n')) return;
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.();
    this.#head = '';
  }
}
