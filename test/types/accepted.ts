// Legacy decorators with emitted types: every form that a handler may have, in any order. This must compile.
import { Readable } from 'node:stream';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import {
  type BinaryMessageDecoder,
  Frame,
  type Infer,
  json,
  listener,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  type StandardSchema,
  type TextMessageDecoder,
  WebSocket,
  type WebSocketListener,
} from 'moorage';

class AppError extends Error {
  readonly detail = 1;
}

@WebSocket
export class Bare {
  @OnWebSocketConnect onConnect() {}
  @OnWebSocketMessage onText(text: string) {
    return text;
  }
  @OnWebSocketMessage onBinary(data: Buffer) {
    return data;
  }
  @OnWebSocketFrame onFrame(frame: Frame) {
    return frame.opcode;
  }
  @OnWebSocketPing onPing() {}
  @OnWebSocketPong onPong(payload: Buffer) {
    return payload.length;
  }
  @OnWebSocketError onError(cause: Error) {
    return cause.message;
  }
  @OnWebSocketClose onClose() {}
}

@WebSocket()
export class Called {
  @OnWebSocketConnect() onConnect(session: Session) {
    return session.id;
  }
  @OnWebSocketMessage() async onText(session: Session, text: string) {
    await session.sendText(text);
  }
  @OnWebSocketMessage() onBinary(session: Session, data: ArrayBuffer) {
    return session.sendBinary(data);
  }
  @OnWebSocketFrame() onFrame(session: Session, frame: Frame) {
    return [session, frame];
  }
  @OnWebSocketPing() onPing(session: Session, payload: Buffer) {
    return session.sendPong(payload);
  }
  @OnWebSocketPong() onPong(session: Session) {
    return session.id;
  }
  @OnWebSocketError() onError(session: Session, cause: AppError) {
    return [session, cause.detail];
  }
  @OnWebSocketClose() onClose(session: Session, statusCode: number, reason: string) {
    return [session, statusCode, reason];
  }
}

@WebSocket('/chat/{room}', { idleTimeout: 60_000 })
export class AnyOrder {
  @OnWebSocketConnect async onConnect(session: Session<'/chat/{room}'>) {
    const room: string = session.pathParameters.room;
    await session.sendText(room);
  }
  @OnWebSocketMessage async onText(text: string, session: Session<'/chat/{room}'>): Promise<string | undefined> {
    return session.isOpen ? text : undefined;
  }
  @OnWebSocketMessage onBinary(data: Uint8Array, _session: Session): ArrayBuffer | null {
    return data.length > 0 ? new ArrayBuffer(data.length) : null;
  }
  @OnWebSocketFrame onFrame(frame: Frame, _session: Session) {
    return frame.payload;
  }
  @OnWebSocketPing onPing(payload: ArrayBuffer, _session: Session) {
    return payload.byteLength;
  }
  @OnWebSocketError onError(cause: unknown, _session: Session) {
    return cause;
  }
  @OnWebSocketClose onClose(reason: string, session: Session, statusCode: number) {
    return [session, statusCode, reason];
  }
}

@WebSocket({ path: '/kinds', stateless: true, keepAlive: { interval: 10_000 }, subprotocols: ['v1'] })
export class Kinds {
  @OnWebSocketMessage('text') onText(session: Session, text: string) {
    return session.sendText(text);
  }
  @OnWebSocketMessage('uint8array') onBinary(data: Uint8Array) {
    return data;
  }
  @OnWebSocketClose onClose(reason: string, statusCode: number) {
    return [statusCode, reason];
  }
}

@WebSocket({ keepAlive: false })
export class WithConstructor extends Bare {
  constructor(readonly greeting: string) {
    super();
  }
  override onText(text: string) {
    return `${this.greeting} ${text}`;
  }
  @OnWebSocketMessage('arraybuffer') onBuffer(data: ArrayBuffer): Promise<ArrayBuffer> | ArrayBuffer {
    return data;
  }
}

export function restOfThePath(
  files: Session<'/{tenant}/files/*'>,
  suffix: Session<'*.ws'>,
  all: Session<'*'>,
  versions: Session<'^/v(?<version>[0-9]+)/(?<room>.+)$'>,
): string[] {
  const { tenant, '*': rest } = files.pathParameters;
  const version: string | undefined = versions.pathParameters.version;
  return [
    tenant,
    rest,
    suffix.pathParameters['*'],
    all.pathParameters['*'],
    version ?? '',
    versions.pathParameters.room ?? '',
  ];
}

declare const moveSchema: StandardSchema<{ x: string }, Move>;
declare const bytesToText: BinaryMessageDecoder<string>;

export class MoveListener implements WebSocketListener<Move> {
  onWebSocketDecoded(session: Session, move: Move) {
    return session.send(move);
  }
}

export const listeners = [
  listener(new MoveListener(), { decoders: [json(moveSchema)] }),
  listener({
    greeting: 'hello',
    onWebSocketConnect(session) {
      return session.sendText('hello');
    },
    onWebSocketText: (session, text) => (session.isOpen ? text.trim() : undefined),
    async onWebSocketBinary(_session, data) {
      return data.subarray(1);
    },
    onWebSocketClose(_session, statusCode, reason) {
      process.exitCode = statusCode + reason.length;
    },
  }),
  listener({
    async onWebSocketTextStream(_session, text) {
      for await (const chunk of text) if (chunk === '') return;
    },
    async *onWebSocketBinaryWebStream(_session, data) {
      for await (const chunk of data) yield chunk.subarray(1);
    },
  }),
  listener({
    onWebSocketTextWebStream: async (_session, text) => text.cancel(),
    onWebSocketBinaryStream: (session, data) => session.sendStream(data),
    onWebSocketPartialText: (session, part, last) => [session.id, part.trim(), last],
  }),
  // What the decoders make is what the method is given.
  listener(
    {
      onWebSocketPartialBinary: (_session, part, last) => (last ? `${part.length}` : undefined),
      onWebSocketDecoded: (session, message) =>
        typeof message === 'string' ? message.toUpperCase() : session.send(message.x.toFixed()),
    },
    { decoders: [json(moveSchema), bytesToText], encoders: [json()] },
  ),
  listener({ onWebSocketDecoded: (_session, message: Move) => [message.x] }, { decoders: [json(moveSchema)] }),
  listener({ onWebSocketDecoded: (_session, trusted: Move) => [trusted.x] }),
  listener(() => ({ onWebSocketDecoded: (_session, move) => [move.x] }), { decoders: [json(moveSchema)] }),
  listener(async (request) => ({ onWebSocketText: () => request.path }), { path: '/x', idleTimeout: 1_000 }),
];

interface Move {
  readonly type: 'move';
  readonly x: number;
}
type Shape = { readonly type: 'circle'; readonly r: number } | { readonly type: 'square'; readonly a: number };

declare const upper: TextMessageDecoder<string>;

@WebSocket({ decoders: [upper, json()], encoders: [json()], onDecodeError: 'ignore' })
export class Parts {
  @OnWebSocketMessage onText(last: boolean, session: Session, part: string) {
    return session.isOpen && last ? { part } : undefined;
  }
  @OnWebSocketMessage onBinary(part: ArrayBuffer, last: boolean) {
    return [part.byteLength, last].values();
  }
}

@WebSocket
export class Streams {
  @OnWebSocketMessage onBinary(stream: Readable, session: Session) {
    return session.sendStream(stream);
  }
  @OnWebSocketMessage('text-web-stream') async *onText(session: Session, stream: NodeReadableStream<string>) {
    for await (const chunk of stream) yield session.id + chunk;
  }
}

@WebSocket
export class WebStreams {
  @OnWebSocketMessage onBinary(stream: ReadableStream<Uint8Array>) {
    return stream;
  }
  @OnWebSocketMessage({ as: 'text-iterable' }) async onText(text: AsyncIterable<string>) {
    for await (const chunk of text) if (chunk === '') return;
  }
}

@WebSocket
export class Decoded {
  @OnWebSocketMessage(json(moveSchema)) onMove(session: Session, move: Infer<typeof moveSchema>) {
    return session.send({ moved: move.x });
  }
  @OnWebSocketMessage(json(moveSchema), { when: { type: 'move' } }) onlyMove(move: Move) {
    return [move.x];
  }
  @OnWebSocketMessage({ as: json<Shape>(), when: { type: 'circle' } }) onShape(shape: Shape) {
    return shape.type;
  }
  @OnWebSocketMessage(upper, { when: (text) => text === 'X' }) onUpper(text: string) {
    return text;
  }
  @OnWebSocketMessage({ when: { type: 'move' } }) onTrusted(session: Session, move: Move) {
    return session.send(move);
  }
  @OnWebSocketMessage({ when: 'error' }) onError(message: { readonly error: string }) {
    return message.error;
  }
  @OnWebSocketMessage({ as: 'decoded', when: (message: Move) => message.x > 1 }) onFar(move: Move) {
    return move;
  }
  @OnWebSocketMessage('decoded') onOther(session: Session, message: unknown) {
    return session.send(message);
  }
}
