import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { json, type ListenerOptions, type Session, type WebSocketListener } from 'moorage';
import { answer, type Move, moveSchema, read } from './form-log.js';

// Listeners that do what the classes of message-forms.ts do, and go through message-forms-contract.ts with them. Their
// options stand beside their methods.

export class Parts implements WebSocketListener {
  readonly log: unknown[] = [];
  onWebSocketPartialText(session: Session, part: string, last: boolean) {
    this.log.push(['text', session, part, last]);
  }
  onWebSocketPartialBinary(_session: Session, part: Buffer, last: boolean) {
    this.log.push(['binary', part, last]);
    return last ? 'all of it' : undefined;
  }
}

export class PlainParts implements WebSocketListener {
  readonly log: unknown[] = [];
  onWebSocketPartialBinary(session: Session, part: Uint8Array, last: boolean) {
    this.log.push([session, part, last]);
  }
}

export class Streams implements WebSocketListener {
  readonly log: unknown[] = [];
  async onWebSocketTextStream(session: Session, text: Readable) {
    this.log.push(['text', session, ...(await read(text))]);
  }
  async onWebSocketBinaryStream(_session: Session, data: Readable) {
    this.log.push(['binary', ...(await read(data))]);
    return 'read';
  }
}

export class WebStreams implements WebSocketListener {
  readonly log: unknown[] = [];
  async onWebSocketTextWebStream(_session: Session, text: ReadableStream<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  async onWebSocketBinaryWebStream(_session: Session, data: ReadableStream<Uint8Array>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

export class Iterables implements WebSocketListener {
  readonly log: unknown[] = [];
  async onWebSocketTextStream(_session: Session, text: AsyncIterable<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  async onWebSocketBinaryStream(_session: Session, data: AsyncIterable<Buffer>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

export class Decoded implements WebSocketListener<{ readonly type: string }> {
  readonly log: unknown[] = [];
  onWebSocketDecoded(session: Session, message: { readonly type: string }) {
    this.log.push(['decoded', session, message]);
    return message;
  }
}

export class Orders implements WebSocketListener<Move> {
  static readonly options: ListenerOptions = { decoders: [json(moveSchema)] };
  readonly log: unknown[] = [];
  onWebSocketDecoded(session: Session, order: Move) {
    this.log.push(['order', session, order]);
  }
  onWebSocketBinary(session: Session, data: Buffer) {
    this.log.push(['binary', session, data]);
  }
  onWebSocketError(_session: Session, cause: Error) {
    this.log.push(['failed', cause]);
  }
}

export class Answers implements WebSocketListener {
  static readonly options: ListenerOptions = {
    encoders: [
      { name: 'date', willEncode: (value) => value instanceof Date, encode: (date) => (date as Date).toISOString() },
      json(),
    ],
  };
  onWebSocketText(_session: Session, text: string): ReturnType<typeof answer> {
    return answer(text);
  }
}
