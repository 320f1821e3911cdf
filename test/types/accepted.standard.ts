// Standard decorators: the kind written out, the arguments in Jetty's order. This must compile.
import type { Readable } from 'node:stream';
import {
  Frame,
  type Infer,
  json,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  type StandardSchema,
  WebSocket,
} from 'moorage';

@WebSocket
export class Bare {
  @OnWebSocketConnect onConnect() {}
  @OnWebSocketMessage('text') onText(text: string) {
    return text;
  }
  @OnWebSocketMessage('binary') onBinary(data: Buffer) {
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
  @OnWebSocketClose onClose(statusCode: number, reason: string) {
    return [statusCode, reason];
  }
}

@WebSocket('/chat/{room}', { idleTimeout: 60_000 })
export class Called {
  @OnWebSocketConnect() async onConnect(session: Session<'/chat/{room}'>) {
    await session.sendText(session.pathParameters.room);
  }
  @OnWebSocketMessage('text') async onText(session: Session<'/chat/{room}'>, text: string) {
    return session.isOpen ? text : undefined;
  }
  @OnWebSocketMessage('arraybuffer') onBinary(session: Session, data: ArrayBuffer) {
    return session.sendBinary(data);
  }
  @OnWebSocketFrame() onFrame(session: Session, frame: Frame) {
    return [session, frame];
  }
  @OnWebSocketPing() onPing(session: Session, payload: Uint8Array) {
    return session.sendPong(payload);
  }
  @OnWebSocketPong() onPong() {}
  @OnWebSocketError() onError(session: Session, cause: unknown) {
    return [session, cause];
  }
  @OnWebSocketClose() onClose(session: Session, statusCode: number, reason: string) {
    return [session, statusCode, reason];
  }
}

@WebSocket({ path: '/x', stateless: true })
export class WithConstructor extends Bare {
  constructor(readonly greeting: string) {
    super();
  }
  override onText(text: string) {
    return `${this.greeting} ${text}`;
  }
  @OnWebSocketClose override onClose() {
    return [];
  }
}

interface Move {
  readonly type: 'move';
  readonly x: number;
}

declare const moveSchema: StandardSchema<unknown, Move>;

@WebSocket
export class Forms {
  @OnWebSocketMessage('text-partial') onPart(session: Session, part: string, last: boolean) {
    return session.sendPartialText(part, last);
  }
  @OnWebSocketMessage({ as: 'binary-stream' }) onStream(session: Session, stream: Readable) {
    return session.sendStream(stream);
  }
  @OnWebSocketMessage('binary-web-stream') onWebStream(stream: ReadableStream<Uint8Array>) {
    return stream;
  }
  @OnWebSocketMessage('binary-iterable') onIterable(data: AsyncIterable<Uint8Array>) {
    return data;
  }
  @OnWebSocketMessage(json(moveSchema), { when: { type: 'move' } }) onMove(
    session: Session,
    move: Infer<typeof moveSchema>,
  ) {
    return session.send({ moved: move.x });
  }
  @OnWebSocketMessage({ when: { type: 'move' } }) onTrusted(move: Move) {
    return move;
  }
  @OnWebSocketMessage('decoded') onOther(session: Session, message: Move) {
    return session.send(message);
  }
}
