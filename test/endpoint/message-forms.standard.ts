import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { json, OnWebSocketError, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import { answer, type Chat, chatSchema, type Move, moveSchema, read } from './form-log.js';

// The classes of message-forms.ts with everything written out. This file is compiled with standard decorators, and once
// more with legacy ones as tsx would (message-forms.test.ts).

@WebSocket
export class Parts {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('text-partial') onText(session: Session, part: string, last: boolean) {
    this.log.push(['text', session, part, last]);
  }
  @OnWebSocketMessage('binary-partial') onBinary(part: Buffer, last: boolean) {
    this.log.push(['binary', part, last]);
    return last ? 'all of it' : undefined;
  }
}

@WebSocket
export class PlainParts {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('binary-partial') onBinary(session: Session, part: Uint8Array, last: boolean) {
    this.log.push([session, part, last]);
  }
}

@WebSocket
export class Streams {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('text-stream') async onText(session: Session, text: Readable) {
    this.log.push(['text', session, ...(await read(text))]);
  }
  @OnWebSocketMessage('binary-stream') async onBinary(_session: Session, data: Readable) {
    this.log.push(['binary', ...(await read(data))]);
    return 'read';
  }
}

@WebSocket
export class WebStreams {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('text-web-stream') async onText(text: ReadableStream<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  @OnWebSocketMessage('binary-web-stream') async onBinary(data: ReadableStream<Uint8Array>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

@WebSocket
export class Iterables {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('text-iterable') async onText(text: AsyncIterable<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  @OnWebSocketMessage({ as: 'binary-iterable' }) async onBinary(data: AsyncIterable<Buffer>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

@WebSocket
export class Decoded {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('decoded') onMessage(session: Session, message: { readonly type: string }) {
    this.log.push(['decoded', session, message]);
    return message;
  }
}

@WebSocket({ decoders: [json(moveSchema)] })
export class Orders {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('decoded') onOrder(session: Session, order: Move) {
    this.log.push(['order', session, order]);
  }
  @OnWebSocketMessage('binary') onOther(session: Session, data: Buffer) {
    this.log.push(['binary', session, data]);
  }
  @OnWebSocketError onError(cause: Error) {
    this.log.push(['failed', cause]);
  }
}

@WebSocket
export class Routed {
  readonly log: unknown[] = [];
  @OnWebSocketMessage(json(moveSchema), { when: { type: 'move' } }) onMove(session: Session, move: Move) {
    this.log.push(['move', session, move]);
    return { moved: move.x };
  }
  @OnWebSocketMessage({ as: json(chatSchema), when: { type: 'chat' } }) onChat(chat: Chat) {
    this.log.push(['chat', chat]);
  }
  @OnWebSocketMessage({ when: { type: 'bye' } }) onBye(bye: { readonly type: 'bye' }) {
    this.log.push(['bye', bye]);
  }
  @OnWebSocketMessage({ when: 'error' }) onFault(fault: { readonly error: string }) {
    this.log.push(['error', fault]);
  }
  @OnWebSocketMessage({ when: (message) => Array.isArray(message) }) onList(list: readonly unknown[]) {
    this.log.push(['list', list]);
  }
  @OnWebSocketError onError(cause: Error) {
    this.log.push(['failed', cause]);
  }
}

@WebSocket({
  encoders: [
    { name: 'date', willEncode: (value) => value instanceof Date, encode: (date) => (date as Date).toISOString() },
    json(),
  ],
})
export class Answers {
  @OnWebSocketMessage('text') onText(text: string): ReturnType<typeof answer> {
    return answer(text);
  }
}
