import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { type Decoder, Frame, json, Session } from 'moorage';
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
export class BooleanAlone {
  @OnWebSocketMessage onPart(_last: boolean) {}
}

@WebSocket
export class PartOfNothing {
  @OnWebSocketMessage('text-partial') onPart(_last: boolean) {}
}

@WebSocket
export class PartAndWhole {
  @OnWebSocketMessage onPart(_part: string, _last: boolean) {}
  @OnWebSocketMessage onText(_text: string) {}
}

@WebSocket
export class StreamAndPart {
  @OnWebSocketMessage onPart(_part: Buffer, _last: boolean) {}
  @OnWebSocketMessage onStream(_stream: ReadableStream) {}
}

@WebSocket
export class StreamAndText {
  @OnWebSocketMessage onStream(_stream: Readable, _text: string) {}
}

@WebSocket
export class OtherStream {
  @OnWebSocketMessage('text-web-stream') onStream(_stream: Readable) {}
}

@WebSocket
export class UnknownRouting {
  @OnWebSocketMessage({ as: 'decoded', wen: { type: 'a' } }) onMessage(_message: object) {}
}

@WebSocket
export class RoutedText {
  @OnWebSocketMessage({ as: 'text', when: { type: 'a' } }) onMessage(_text: string) {}
}

@WebSocket
export class EmptyWhen {
  @OnWebSocketMessage({ when: {} }) onMessage(_message: object) {}
}

@WebSocket
export class AlmostADecoder {
  @OnWebSocketMessage({ name: 'mine', decode: () => 1 }) onMessage(_message: object) {}
}

const schema = {
  '~standard': { version: 1, vendor: 'by hand', validate: (value: unknown) => ({ value }) },
  decode() {},
};

@WebSocket
export class BareSchema {
  @OnWebSocketMessage(schema) object(_message: object) {}
  @OnWebSocketMessage(Object.assign(() => {}, schema)) callable(_message: object) {}
  @OnWebSocketMessage({ as: schema }) named(_message: object) {}
}

@WebSocket
export class DecodedWithoutMessage {
  @OnWebSocketMessage('decoded') onMessage(_session: Session) {}
}

@WebSocket
export class SameWhen {
  @OnWebSocketMessage({ when: { type: 'a', to: 1 } }) one(_message: object) {}
  @OnWebSocketMessage({ as: json(), when: { to: 1, type: 'a' } }) two(_message: object) {}
  @OnWebSocketMessage({ when: 'error' }) three(_message: object) {}
  @OnWebSocketMessage({ when: 'error' }) four(_message: object) {}
}

@WebSocket
export class TwoForAll {
  @OnWebSocketMessage(json()) one(_message: object) {}
  @OnWebSocketMessage('decoded') two(_message: object) {}
}

const upper: Decoder<string> = { name: 'upper', from: 'text', decode: (text) => text.toUpperCase() };
const reader: Decoder<number> = { name: 'reader', from: 'text-stream', decode: async () => 1 };

@WebSocket
export class NeverAsked {
  @OnWebSocketMessage(upper) one(_message: string) {}
  @OnWebSocketMessage(json()) two(_message: object) {}
}

@WebSocket
export class StreamNotAlone {
  @OnWebSocketMessage({ ...upper, willDecode: () => true }) one(_message: string) {}
  @OnWebSocketMessage(reader) two(_message: number) {}
}

@WebSocket
export class DecodedAndText {
  @OnWebSocketMessage(json()) one(_message: object) {}
  @OnWebSocketMessage two(_text: string) {}
}

@WebSocket
export class DecodedAndStream {
  @OnWebSocketMessage({ ...upper, willDecode: () => true }) one(_message: object) {}
  @OnWebSocketMessage('text-stream') two(_text: Readable) {}
}

@WebSocket({ decoders: [{ name: 'x' }], encoders: 'json', onDecodeError: 'open' })
export class WrongCodecs {}

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
