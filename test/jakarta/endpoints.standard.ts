import { type Frame, type Session as NativeSession, OnWebSocketFrame, OnWebSocketPing } from 'moorage';
import {
  type CloseReason,
  OnClose,
  OnError,
  OnMessage,
  OnOpen,
  type PongMessage,
  ServerEndpoint,
  type Session,
} from 'moorage/jakarta';
import { reply } from '../endpoint/endpoint-log.js';

// Jakarta's annotations as standard decorators: kinds are written out, the session comes first, the path's variables last.

@ServerEndpoint({ value: '/all/{room}', idleTimeout: 1_000 })
export class AllEvents {
  readonly log: unknown[] = [];

  @OnOpen({ pathParams: ['room'] }) onOpen(session: Session, _room: string) {
    this.log.push(['connect', session.unwrap()]);
  }
  @OnMessage('text') onText(session: Session, text: string) {
    this.log.push(['text', session.unwrap(), text]);
  }
  @OnMessage('binary') onBinary(session: Session, data: Buffer) {
    this.log.push(['binary', session.unwrap(), data]);
  }
  @OnWebSocketPing onPing(session: NativeSession, payload: Buffer) {
    this.log.push(['ping', session, payload]);
  }
  @OnMessage('pong') onPong(session: Session, pong: PongMessage) {
    this.log.push(['pong', session.unwrap(), pong.getApplicationData()]);
  }
  @OnError onError(session: Session, cause: Error) {
    this.log.push(['error', session.unwrap(), cause]);
  }
  @OnClose onClose(session: Session, reason: CloseReason) {
    this.log.push(['close', session.unwrap(), reason.getCloseCode(), reason.getReasonPhrase()]);
  }
}

@ServerEndpoint('/without')
export class WithoutSession {
  readonly log: unknown[] = [];

  @OnOpen() onOpen() {
    this.log.push(['connect']);
  }
  @OnMessage('text') onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnMessage({ as: 'binary' }) onBinary(data: Buffer) {
    this.log.push(['binary', data]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
  @OnMessage({ as: 'pong' }) onPong(_pong: PongMessage) {
    this.log.push(['pong']);
  }
  @OnError onError(cause: Error) {
    this.log.push(['error', cause]);
  }
  @OnClose onClose() {
    this.log.push(['close']);
  }
}

@ServerEndpoint('/frames')
export class Frames {
  readonly log: unknown[] = [];

  @OnWebSocketFrame onFrame(session: NativeSession, frame: Frame) {
    this.log.push(['frame', session, frame]);
  }
  @OnMessage('text') onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
}

@ServerEndpoint('/replies')
export class Replies {
  @OnMessage('text') onText(text: string): unknown {
    return reply(text);
  }
}

export class Base {
  @OnMessage('text') onText(session: Session, text: string): string {
    return `base: ${text}, ${session.isOpen()}`;
  }
}

@ServerEndpoint('/inherits')
export class Inherits extends Base {}

@ServerEndpoint('/overrides')
export class Overrides extends Base {
  override onText(session: Session, text: string) {
    return `override: ${text}, ${session.isOpen()}`;
  }
}

@ServerEndpoint('/redecorates')
export class Redecorates extends Base {
  @OnMessage('text') override onText(_session: Session, text: string) {
    return `redecorated: ${text}`;
  }
}
