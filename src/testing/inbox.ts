import { isUtf8 } from 'node:buffer';
import { hex, inALine, quoted } from './journal.js';
import type { PeerCompression } from './peer-compression.js';
import { describeFrame, FrameReader, type ReadFrame } from './wire.js';

/** What a test takes from a connection, in the order of the wire. */
export type Received =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'end'; readonly how: ConnectionEnd }
  | { readonly kind: 'violation'; readonly what: string };

/** How the server ended the transport: in good order, or by destroying it. */
export type ConnectionEnd = 'fin' | 'destroyed';

const NO_STATUS = 1005;

/** Makes messages of the server's frames, with nothing of the parser under test. Pings and pongs wait beside them. */
export class Inbox {
  readonly queue: Received[] = [];
  readonly pings: Buffer[] = [];
  readonly pongs: Buffer[] = [];
  readonly frames: ReadFrame[] = [];
  readonly #reader = new FrameReader();
  readonly #compression: PeerCompression | undefined;
  #fragments: ReadFrame[] = [];

  constructor(compression: PeerCompression | undefined) {
    this.#compression = compression;
  }

  /** Takes bytes, and gives the frames that they complete. */
  push(bytes: Uint8Array): ReadFrame[] {
    this.#reader.push(bytes);
    const came: ReadFrame[] = [];
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      came.push(frame);
      this.frames.push(frame);
      this.#take(frame);
    }
    return came;
  }

  ended(how: ConnectionEnd): void {
    if (this.#reader.rest > 0) {
      this.#violated(`The connection ended inside a frame, ${this.#reader.rest} bytes after its beginning`);
    }
    this.queue.push({ kind: 'end', how });
  }

  #take(frame: ReadFrame): void {
    const { opcode, payload } = frame;
    if (frame.masked) {
      this.#violated(`The server masked a frame (RFC 6455 §5.1): ${describeFrame(frame)}`);
    }
    if (opcode === 0x8) {
      const [code, reason] =
        payload.length < 2 ? [NO_STATUS, ''] : [payload.readUInt16BE(0), payload.toString('utf8', 2)];
      this.queue.push({ kind: 'close', code, reason });
    } else if (opcode === 0x9) {
      this.pings.push(payload);
    } else if (opcode === 0xa) {
      this.pongs.push(payload);
    } else if (opcode > 0x2) {
      this.#violated(`The server sent the reserved opcode ${opcode} (RFC 6455 §5.2)`);
    } else {
      this.#gather(frame);
    }
  }

  #gather(frame: ReadFrame): void {
    const begins = frame.opcode !== 0;
    if (begins !== (this.#fragments.length === 0)) {
      this.#violated(`The server sent ${describeFrame(frame)} out of sequence (RFC 6455 §5.4)`);
    }
    this.#fragments.push(frame);
    if (frame.fin) {
      const fragments = this.#fragments;
      this.#fragments = [];
      this.#message(fragments);
    }
  }

  #message(fragments: readonly ReadFrame[]): void {
    const { opcode, rsv } = fragments[0] as ReadFrame;
    let bytes: Buffer = Buffer.concat(fragments.map(({ payload }) => payload));
    if (rsv !== 0) {
      if (rsv !== 4 || this.#compression === undefined) {
        this.#violated(`The server set RSV bits that no extension claims: ${rsv.toString(2).padStart(3, '0')}`);
        return;
      }
      try {
        bytes = this.#compression.inflate(bytes);
      } catch (cause) {
        this.#violated(`The server sent what can't be inflated: ${inALine(cause)}`);
        return;
      }
    }
    if (opcode !== 0x1) {
      this.queue.push({ kind: 'binary', bytes });
    } else if (isUtf8(bytes)) {
      this.queue.push({ kind: 'text', text: bytes.toString() });
    } else {
      this.#violated(`The server sent a text that is no UTF-8 (RFC 6455 §8.1): ${hex(bytes)}`);
    }
  }

  #violated(what: string): void {
    this.queue.push({ kind: 'violation', what });
  }
}

/** What was received, in a line. */
export function describeReceived(received: Received): string {
  switch (received.kind) {
    case 'text':
      return `text ${quoted(received.text)}`;
    case 'binary':
      return `binary ${hex(received.bytes)}`;
    case 'close':
      return describeClose(received.code, received.reason);
    case 'end':
      return received.how === 'fin' ? 'the end of the connection (FIN)' : 'the connection destroyed';
    case 'violation':
      return `a violation of the protocol. ${received.what}`;
  }
}

export function describeClose(code: number, reason = ''): string {
  return code === NO_STATUS ? 'an empty Close' : `Close ${code}${reason === '' ? '' : ` ${quoted(reason)}`}`;
}
