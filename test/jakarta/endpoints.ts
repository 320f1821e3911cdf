import { Frame, type Session as NativeSession, OnWebSocketFrame, OnWebSocketPing } from 'moorage';
import {
  CloseReason,
  OnClose,
  OnError,
  OnMessage,
  OnOpen,
  PathParam,
  PongMessage,
  ServerEndpoint,
  Session,
} from 'moorage/jakarta';
import { reply } from '../endpoint/endpoint-log.js';

// Jakarta's annotations with legacy decorators and emitted types. What these classes do is done by those of the other
// flavours too, and all go through endpoint-contract.ts. What Jakarta has no annotation for comes with Moorage's own.

@ServerEndpoint({ value: '/all/{room}', idleTimeout: 1_000 })
export class AllEvents {
  readonly log: unknown[] = [];

  @OnOpen onOpen(@PathParam('room') _room: string, session: Session) {
    this.log.push(['connect', session.unwrap()]);
  }
  @OnMessage onText(text: string, session: Session) {
    this.log.push(['text', session.unwrap(), text]);
  }
  @OnMessage onBinary(session: Session, data: Buffer) {
    this.log.push(['binary', session.unwrap(), data]);
  }
  @OnWebSocketPing() onPing(session: NativeSession, payload: Buffer) {
    this.log.push(['ping', session, payload]);
  }
  @OnMessage onPong(pong: PongMessage, session: Session) {
    this.log.push(['pong', session.unwrap(), pong.getApplicationData()]);
  }
  @OnError onError(session: Session, cause: Error) {
    this.log.push(['error', session.unwrap(), cause]);
  }
  @OnClose onClose(reason: CloseReason, session: Session) {
    this.log.push(['close', session.unwrap(), reason.getCloseCode(), reason.getReasonPhrase()]);
  }
}

@ServerEndpoint('/without')
export class WithoutSession {
  readonly log: unknown[] = [];

  @OnOpen() onOpen() {
    this.log.push(['connect']);
  }
  @OnMessage() onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnMessage() onBinary(data: Buffer) {
    this.log.push(['binary', data]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
  @OnMessage() onPong(_pong: PongMessage) {
    this.log.push(['pong']);
  }
  @OnError() onError(cause: Error) {
    this.log.push(['error', cause]);
  }
  @OnClose() onClose() {
    this.log.push(['close']);
  }
}

@ServerEndpoint('/frames')
export class Frames {
  readonly log: unknown[] = [];

  @OnWebSocketFrame onFrame(session: NativeSession, frame: Frame) {
    this.log.push(['frame', session, frame]);
  }
  @OnMessage onText(text: string) {
    this.log.push(['text', text]);
  }
  @OnWebSocketPing onPing() {
    this.log.push(['ping']);
  }
}

@ServerEndpoint('/replies')
export class Replies {
  @OnMessage onText(text: string): unknown {
    return reply(text);
  }
}

export class Base {
  @OnMessage onText(text: string, session: Session): string {
    return `base: ${text}, ${session.isOpen()}`;
  }
}

@ServerEndpoint('/inherits')
export class Inherits extends Base {}

@ServerEndpoint('/overrides')
export class Overrides extends Base {
  override onText(text: string, session: Session) {
    return `override: ${text}, ${session.isOpen()}`;
  }
}

@ServerEndpoint('/redecorates')
export class Redecorates extends Base {
  @OnMessage override onText(text: string) {
    return `redecorated: ${text}`;
  }
}
