import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { json } from 'moorage';
import { OnError, OnMessage, ServerEndpoint, type Session } from 'moorage/jakarta';
import { answer, type Chat, chatSchema, type Move, moveSchema, read } from '../endpoint/form-log.js';

// The classes of message-forms.ts with everything written out. This file is compiled with standard decorators, and once
// more by esbuild with either kind (flavours.test.ts).

@ServerEndpoint('/parts')
export class Parts {
  readonly log: unknown[] = [];
  @OnMessage('text-partial') onText(session: Session, part: string, last: boolean) {
    this.log.push(['text', session.unwrap(), part, last]);
  }
  @OnMessage('binary-partial') onBinary(part: Buffer, last: boolean) {
    this.log.push(['binary', part, last]);
    return last ? 'all of it' : undefined;
  }
}

@ServerEndpoint('/plain-parts')
export class PlainParts {
  readonly log: unknown[] = [];
  @OnMessage('binary-partial') onBinary(session: Session, part: Uint8Array, last: boolean) {
    this.log.push([session.unwrap(), part, last]);
  }
}

@ServerEndpoint('/streams')
export class Streams {
  readonly log: unknown[] = [];
  @OnMessage('text-stream') async onText(session: Session, text: Readable) {
    this.log.push(['text', session.unwrap(), ...(await read(text))]);
  }
  @OnMessage('binary-stream') async onBinary(_session: Session, data: Readable) {
    this.log.push(['binary', ...(await read(data))]);
    return 'read';
  }
}

@ServerEndpoint('/web-streams')
export class WebStreams {
  readonly log: unknown[] = [];
  @OnMessage('text-web-stream') async onText(text: ReadableStream<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  @OnMessage('binary-web-stream') async onBinary(data: ReadableStream<Uint8Array>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

@ServerEndpoint('/iterables')
export class Iterables {
  readonly log: unknown[] = [];
  @OnMessage('text-iterable') async onText(text: AsyncIterable<string>) {
    this.log.push(['text', ...(await read(text))]);
  }
  @OnMessage({ as: 'binary-iterable' }) async onBinary(data: AsyncIterable<Buffer>) {
    this.log.push(['binary', ...(await read(data))]);
  }
}

@ServerEndpoint({ value: '/decoded', decoders: [json()], encoders: [json()] })
export class Decoded {
  readonly log: unknown[] = [];
  @OnMessage('decoded') onMessage(session: Session, message: { readonly type: string }) {
    this.log.push(['decoded', session.unwrap(), message]);
    return message;
  }
}

@ServerEndpoint({ value: '/orders', decoders: [json(moveSchema)] })
export class Orders {
  readonly log: unknown[] = [];
  @OnMessage('decoded') onOrder(session: Session, order: Move) {
    this.log.push(['order', session.unwrap(), order]);
  }
  @OnMessage('binary') onOther(session: Session, data: Buffer) {
    this.log.push(['binary', session.unwrap(), data]);
  }
  @OnError onError(cause: Error) {
    this.log.push(['failed', cause]);
  }
}

@ServerEndpoint({ value: '/routed', decoders: [json()], encoders: [json()] })
export class Routed {
  readonly log: unknown[] = [];
  @OnMessage({ as: json(moveSchema), when: { type: 'move' } }) onMove(session: Session, move: Move) {
    this.log.push(['move', session.unwrap(), move]);
    return { moved: move.x };
  }
  @OnMessage({ as: json(chatSchema), when: { type: 'chat' } }) onChat(chat: Chat) {
    this.log.push(['chat', chat]);
  }
  @OnMessage({ when: { type: 'bye' } }) onBye(bye: { readonly type: 'bye' }) {
    this.log.push(['bye', bye]);
  }
  @OnMessage({ when: 'error' }) onFault(fault: { readonly error: string }) {
    this.log.push(['error', fault]);
  }
  @OnMessage({ when: (message) => Array.isArray(message) }) onList(list: readonly unknown[]) {
    this.log.push(['list', list]);
  }
  @OnError onError(cause: Error) {
    this.log.push(['failed', cause]);
  }
}

@ServerEndpoint({
  value: '/answers',
  encoders: [
    {
      name: 'date',
      willEncode: (value) => value instanceof Date,
      encode: (date: unknown) => (date as Date).toISOString(),
    },
    json(),
  ],
})
export class Answers {
  @OnMessage('text') onText(text: string): ReturnType<typeof answer> {
    return answer(text);
  }
}
