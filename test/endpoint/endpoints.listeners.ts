import type { Frame, Session, WebSocketListener } from 'moorage';
import { reply } from './endpoint-log.js';

// Listeners: no decorators, Jetty's names, arguments in Jetty's order. What these do is done by the classes of
// endpoints.ts too, and all go through endpoint-contract.ts.

export class AllEvents implements WebSocketListener {
  readonly log: unknown[] = [];

  onWebSocketConnect(session: Session) {
    this.log.push(['connect', session]);
  }
  onWebSocketText(session: Session, text: string) {
    this.log.push(['text', session, text]);
  }
  onWebSocketBinary(session: Session, data: Buffer) {
    this.log.push(['binary', session, data]);
  }
  onWebSocketPing(session: Session, payload: Buffer) {
    this.log.push(['ping', session, payload]);
  }
  onWebSocketPong(session: Session, payload: Buffer) {
    this.log.push(['pong', session, payload]);
  }
  onWebSocketError(session: Session, cause: Error) {
    this.log.push(['error', session, cause]);
  }
  onWebSocketClose(session: Session, statusCode: number, reason: string) {
    this.log.push(['close', session, statusCode, reason]);
  }
}

/** The session is always there to be taken; nobody has to. */
export class WithoutSession implements WebSocketListener {
  readonly log: unknown[] = [];

  onWebSocketConnect() {
    this.log.push(['connect']);
  }
  onWebSocketText(_session: Session, text: string) {
    this.log.push(['text', text]);
  }
  onWebSocketBinary(_session: Session, data: Buffer) {
    this.log.push(['binary', data]);
  }
  onWebSocketPing() {
    this.log.push(['ping']);
  }
  onWebSocketPong() {
    this.log.push(['pong']);
  }
  onWebSocketError(_session: Session, cause: Error) {
    this.log.push(['error', cause]);
  }
  onWebSocketClose() {
    this.log.push(['close']);
  }
}

export class Frames implements WebSocketListener {
  readonly log: unknown[] = [];

  onWebSocketFrame(session: Session, frame: Frame) {
    this.log.push(['frame', session, frame]);
  }
  onWebSocketText(_session: Session, text: string) {
    this.log.push(['text', text]);
  }
  onWebSocketPing() {
    this.log.push(['ping']);
  }
}

export class Replies implements WebSocketListener {
  onWebSocketText(_session: Session, text: string): ReturnType<typeof reply> {
    return reply(text);
  }
}

export class Base implements WebSocketListener {
  onWebSocketText(session: Session, text: string) {
    return `base: ${text}, ${session.isOpen}`;
  }
}

export class Inherits extends Base {}

export class Overrides extends Base {
  override onWebSocketText(session: Session, text: string) {
    return `override: ${text}, ${session.isOpen}`;
  }
}

export class Redecorates extends Base {
  override onWebSocketText(_session: Session, text: string) {
    return `redecorated: ${text}`;
  }
}
