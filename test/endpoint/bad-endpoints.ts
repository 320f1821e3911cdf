import { Frame, Session } from 'moorage';
import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  plain,
  standard,
  WebSocket,
} from './unchecked-decorators.js';

// The catalogue of endpoints that are refused. What is said of each stands in bad-endpoints.test.ts.

export class Undecorated {
  onText() {}
}

@WebSocket
export class Decorated {}

export class ExtendsDecorated extends Decorated {}

@WebSocket('/one')
@WebSocket('/two')
export class DecoratedTwice {}

@WebSocket({ path: '/x', idelTimeout: 5, maxFragments: 0 })
export class WrongOptions {}

@WebSocket('/x', 5)
export class OptionsOfAnotherKind {}

@WebSocket('')
export class EmptyPath {}

@WebSocket
export class TwoConnects {
  @OnWebSocketConnect one() {}
  @OnWebSocketConnect two() {}
}

@WebSocket
export class TwoTexts {
  @OnWebSocketMessage one(_text: string) {}
  @OnWebSocketMessage two(_session: Session, _text: string) {}
}

@WebSocket
export class TwoBinaries {
  @OnWebSocketMessage one(_data: Buffer) {}
  @OnWebSocketMessage two(_data: ArrayBuffer) {}
}

@WebSocket
export class InheritedDuplicate extends TwoConnects {
  @OnWebSocketConnect override one() {}
  override two() {}
}

@WebSocket
export class Static {
  readonly member = 1;
  @OnWebSocketConnect static onConnect() {}
}

@WebSocket
export class InheritedStatic extends Static {}

@WebSocket
export class ConnectWithText {
  @OnWebSocketConnect onConnect(_session: Session, _text: string) {}
}

@WebSocket
export class NumberAsMessage {
  @OnWebSocketMessage onMessage(_value: number) {}
}

@WebSocket
export class MessageAndNumber {
  @OnWebSocketMessage onMessage(_text: string, _value: number) {}
}

@WebSocket
export class TextAndBytes {
  @OnWebSocketMessage onMessage(_text: string, _data: Buffer) {}
}

@WebSocket
export class SameTwice {
  @OnWebSocketMessage onMessage(_one: string, _other: string) {}
}

@WebSocket
export class NoMessage {
  @OnWebSocketMessage onMessage() {}
}

@WebSocket
export class MessageOfAnInterface {
  @OnWebSocketMessage onMessage(_message: { readonly id: string }) {}
}

@WebSocket
export class UnknownKind {
  @OnWebSocketMessage('json') onMessage(_text: string) {}
}

@WebSocket
export class KindAgainstType {
  @OnWebSocketMessage('text') onText(_data: Buffer) {}
  @OnWebSocketMessage('uint8array') onBinary(_data: ArrayBuffer) {}
}

@WebSocket
export class SessionLast {
  @OnWebSocketMessage onMessage(_text: string, _session: { readonly id: string }) {}
}

@WebSocket
export class FrameWithoutFrame {
  @OnWebSocketFrame onFrame(_session: Session) {}
}

@WebSocket
export class PingWithText {
  @OnWebSocketPing onPing(_payload: string) {}
}

@WebSocket
export class ErrorWithText {
  @OnWebSocketError onError(_message: string) {}
}

@WebSocket
export class ErrorWithoutError {
  @OnWebSocketError onError() {}
}

@WebSocket
export class CloseWithFrame {
  @OnWebSocketClose onClose(_session: Session, _frame: Frame) {}
}

@WebSocket
export class CloseOfAnInterface {
  @OnWebSocketClose onClose(_session: { readonly id: string }) {}
}

@WebSocket
export class OverriddenByAccessor extends TwoConnects {
  // @ts-expect-error what the compiler refuses too
  override get one() {
    return 1;
  }
  override two() {}
}

@WebSocket
export class Everything {
  @OnWebSocketConnect static onConnect() {}
  @OnWebSocketMessage onMessage(_value: number) {}
  @OnWebSocketError onError(_message: string) {}
  @OnWebSocketClose one() {}
  @OnWebSocketClose two() {}
}

@WebSocket
export class PlainBare {
  onMessage(_session: unknown, _text: unknown) {}
}
plain(PlainBare, 'onMessage', OnWebSocketMessage);

@WebSocket
export class PlainClose {
  onClose(_session: unknown, _code: unknown) {}
}
plain(PlainClose, 'onClose', OnWebSocketClose);

@WebSocket
export class PlainPing {
  onPing(_payload: unknown) {}
}
plain(PlainPing, 'onPing', OnWebSocketPing);

@WebSocket
export class PlainTooMany {
  onText(_session: unknown, _text: unknown, _more: unknown) {}
}
plain(PlainTooMany, 'onText', OnWebSocketMessage('text'));

@WebSocket
export class PlainRest {
  onText(..._values: readonly unknown[]) {}
}
plain(PlainRest, 'onText', OnWebSocketMessage('text'));

@WebSocket
export class StandardBare {
  onMessage(_session: unknown, _text: unknown) {}
}
standard(StandardBare, 'onMessage', OnWebSocketMessage());

@WebSocket
export class StandardClose {
  onClose(_code: unknown) {}
}
standard(StandardClose, 'onClose', OnWebSocketClose);

@WebSocket
export class StandardConnect {
  onConnect(_session: unknown, _more: unknown) {}
}
standard(StandardConnect, 'onConnect', OnWebSocketConnect);
