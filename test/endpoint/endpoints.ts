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
import { reply } from './endpoint-log.js';

// Legacy decorators with emitted types: no kinds, and arguments in any order. What these classes do is done by those
// of endpoints.standard.ts too, and both go through endpoint-contract.ts.

@WebSocket('/all/{room}', { idleTimeout: 1_000 })
export class AllEvents {
  readonly log: unknown[] = [];

  @OnWebSocketConnect onConnect(session: Session) {
    this.log.push(['connect', session]);
  }
  @OnWebSocketMessage onText(text: string, session: Session) {
    this.log.push(['text', session, text]);
  }
  @OnWebSocketMessage onBinary(data: Buffer, session: Session) {
    this.log.push(['binary', session, data]);
  }
  @OnWebSocketPing onPing(payload: Buffer, session: Session) {
    this.log.push(['ping', session, payload]);
  }
  @OnWebSocketPong onPong(payload: Buffer, session: Session) {
    this.log.push(['pong', session, payload]);
  }
  @OnWebSocketError onError(cause: Error, session: Session) {
    this.log.push(['error', session, cause]);
  }
  @OnWebSocketClose onClose(reason: string, statusCode: number, session: Session) {
    this.log.push(['close', session, statusCode, reason]);
  }
}

@WebSocket()
export class WithoutSession {
  readonly log: unknown[] = [];

  @OnWebSocketConnect() onConnect() {
    this.log.push(['connect']);
  }
  @OnWebSocketMessage() onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketMessage() onBinary(data: Buffer) {
    this.log.push(['binary', data]);
  }
  @OnWebSocketPing() onPing() {
    this.log.push(['ping']);
  }
  @OnWebSocketPong() onPong() {
    this.log.push(['pong']);
  }
  @OnWebSocketError() onError(cause: Error) {
    this.log.push(['error', cause]);
  }
  @OnWebSocketClose() onClose() {
    this.log.push(['close']);
  }
}

@WebSocket
export class Frames {
  readonly log: unknown[] = [];

  @OnWebSocketFrame onFrame(frame: Frame, session: Session) {
    this.log.push(['frame', session, frame]);
  }
  @OnWebSocketMessage onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
}

@WebSocket
export class Replies {
  @OnWebSocketMessage onText(text: string): ReturnType<typeof reply> {
    return reply(text);
  }
}

@WebSocket
export class PlainBytes {
  readonly log: unknown[] = [];

  @OnWebSocketMessage onBinary(data: Uint8Array) {
    this.log.push(data);
  }
}

@WebSocket
export class ArrayBuffers {
  readonly log: unknown[] = [];

  @OnWebSocketMessage onBinary(data: ArrayBuffer) {
    this.log.push(data);
  }
}

/** Not an endpoint itself, but what it handles is inherited. */
export class Base {
  @OnWebSocketMessage onText(text: string, session: Session) {
    return `base: ${text}, ${session.isOpen}`;
  }
}

@WebSocket
export class Inherits extends Base {}

@WebSocket
export class Overrides extends Base {
  override onText(text: string, session: Session) {
    return `override: ${text}, ${session.isOpen}`;
  }
}

@WebSocket
export class Redecorates extends Base {
  @OnWebSocketMessage override onText(text: string) {
    return `redecorated: ${text}`;
  }
}
