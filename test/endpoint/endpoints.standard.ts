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

// The classes of endpoints.ts without types: the kind written out, the arguments in Jetty's order. This file is
// compiled with standard decorators, and once more with legacy ones as tsx would (flavours.test.ts).

@WebSocket('/all/{room}', { idleTimeout: 1_000 })
export class AllEvents {
  readonly log: unknown[] = [];

  @OnWebSocketConnect onConnect(session: Session) {
    this.log.push(['connect', session]);
  }
  @OnWebSocketMessage('text') onText(session: Session, text: string) {
    this.log.push(['text', session, text]);
  }
  @OnWebSocketMessage('binary') onBinary(session: Session, data: Buffer) {
    this.log.push(['binary', session, data]);
  }
  @OnWebSocketPing onPing(session: Session, payload: Buffer) {
    this.log.push(['ping', session, payload]);
  }
  @OnWebSocketPong onPong(session: Session, payload: Buffer) {
    this.log.push(['pong', session, payload]);
  }
  @OnWebSocketError onError(session: Session, cause: Error) {
    this.log.push(['error', session, cause]);
  }
  @OnWebSocketClose onClose(session: Session, statusCode: number, reason: string) {
    this.log.push(['close', session, statusCode, reason]);
  }
}

@WebSocket()
export class WithoutSession {
  readonly log: unknown[] = [];

  @OnWebSocketConnect() onConnect() {
    this.log.push(['connect']);
  }
  @OnWebSocketMessage('text') onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketMessage('binary') onBinary(data: Buffer) {
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

  @OnWebSocketFrame onFrame(session: Session, frame: Frame) {
    this.log.push(['frame', session, frame]);
  }
  @OnWebSocketMessage('text') onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
}

@WebSocket
export class Replies {
  @OnWebSocketMessage('text') onText(text: string): ReturnType<typeof reply> {
    return reply(text);
  }
}

@WebSocket
export class PlainBytes {
  readonly log: unknown[] = [];

  @OnWebSocketMessage('uint8array') onBinary(data: Uint8Array) {
    this.log.push(data);
  }
}

@WebSocket
export class ArrayBuffers {
  readonly log: unknown[] = [];

  @OnWebSocketMessage('arraybuffer') onBinary(data: ArrayBuffer) {
    this.log.push(data);
  }
}

/** Not an endpoint itself, but what it handles is inherited. */
export class Base {
  @OnWebSocketMessage('text') onText(session: Session, text: string) {
    return `base: ${text}, ${session.isOpen}`;
  }
}

@WebSocket
export class Inherits extends Base {}

@WebSocket
export class Overrides extends Base {
  override onText(session: Session, text: string) {
    return `override: ${text}, ${session.isOpen}`;
  }
}

@WebSocket
export class Redecorates extends Base {
  @OnWebSocketMessage('text') override onText(_session: Session, text: string) {
    return `redecorated: ${text}`;
  }
}
