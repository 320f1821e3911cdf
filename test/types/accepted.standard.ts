// Standard decorators: the kind written out, the arguments in Jetty's order. This must compile.
import {
  Frame,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
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
