import { OnWebSocketMessage, WebSocket } from 'moorage';
import {
  OnClose as CheckedOnClose,
  OnError as CheckedOnError,
  OnMessage as CheckedOnMessage,
  OnOpen as CheckedOnOpen,
  ServerEndpoint as CheckedServerEndpoint,
  ClientEndpoint,
  CloseReason,
  Decoder,
  Encoder,
  Endpoint,
  EndpointConfig,
  PathParam,
  PongMessage,
  pathParam,
  Session,
} from 'moorage/jakarta';
import { plain, standard } from '../endpoint/unchecked-decorators.js';

// The catalogue of endpoints that are refused. What is said of each stands in bad-endpoints.test.ts.

type Loose = PropertyDecorator & MethodDecorator & ((options?: unknown) => MethodDecorator);
const OnOpen = CheckedOnOpen as unknown as Loose;
const OnMessage = CheckedOnMessage as unknown as Loose;
const OnClose = CheckedOnClose as unknown as Loose;
const OnError = CheckedOnError as unknown as Loose;
const LooseWebSocket = WebSocket as unknown as (given?: unknown) => ClassDecorator;
const LooseClientEndpoint = ClientEndpoint as unknown as (given?: unknown) => ClassDecorator;
const ServerEndpoint = CheckedServerEndpoint as unknown as (given?: unknown) => ClassDecorator;

export class Move {}
export class Say {}
class AnyDecoder extends Decoder.Text<Move> {
  decode() {
    return new Move();
  }
}
class NeedsArgument extends Decoder.Text<Move> {
  readonly name: string;
  constructor(options: { readonly name: string }) {
    super();
    this.name = options.name;
  }
  decode() {
    return new Move();
  }
}
class FailingInit extends AnyDecoder {
  override init() {
    throw new Error('no file');
  }
}
class Typeless extends Encoder.Text<Move> {
  encode() {
    return '';
  }
}

@ServerEndpoint('/base')
export class DecoratedBase {
  @OnMessage onText(_text: string) {}
}
export class ExtendsDecorated extends DecoratedBase {}

@ServerEndpoint('/one')
@ClientEndpoint()
export class DecoratedTwice {}

@LooseWebSocket('/both')
@ServerEndpoint('/both')
export class BothFlavours {}

@ServerEndpoint(5)
export class NoOptions {}

@ServerEndpoint({ path: '/x', idelTimeout: 5 })
export class WrongOptions {}

@ServerEndpoint('')
export class EmptyPath {}

@LooseClientEndpoint({ value: '/x' })
export class ClientWithPath {}

@ServerEndpoint({ value: '/x', decoders: [NeedsArgument, Date, FailingInit], encoders: [Typeless, {}] })
export class WrongCodecs {}

@ServerEndpoint({ value: '/x', decoders: AnyDecoder })
export class DecoderAlone {}

@ServerEndpoint({ value: '/x', configurator: { chekOrigin: () => true } })
export class MisspeltConfigurator {}

@ServerEndpoint({ value: '/x', configurator: 7 })
export class NoConfigurator {}

@ServerEndpoint({ value: '/x', configurator: {} })
export class EmptyConfigurator {}

@ServerEndpoint('/x')
export class TwoOpens {
  @OnOpen one() {}
  @OnOpen two() {}
}

@ServerEndpoint('/x')
export class TwoTexts {
  @OnMessage one(_text: string) {}
  @OnMessage two(_text: string, _last: boolean) {}
}

@ServerEndpoint('/x')
export class TwoPongs {
  @OnMessage one(_pong: PongMessage) {}
  @OnMessage two(_session: Session, _pong: PongMessage) {}
}

@ServerEndpoint({ value: '/x', decoders: [AnyDecoder] })
export class TwoMoves {
  @OnMessage one(_move: Move) {}
  @OnMessage two(_move: Move) {}
}

@ServerEndpoint('/x')
export class NoDecoder {
  @OnMessage onMove(_move: Move) {}
}

@ServerEndpoint('/x')
export class NoMessage {
  @OnMessage onMessage(_session: Session) {}
}

@ServerEndpoint({ value: '/x', decoders: [AnyDecoder] })
export class TwoMessages {
  @OnMessage onMessage(_move: Move, _say: Say) {}
}

@ServerEndpoint('/x')
export class TextAndBytes {
  @OnMessage onMessage(_text: string, _data: Buffer) {}
}

@ServerEndpoint('/{a}')
export class MessageWithReason {
  @OnMessage onMessage(@PathParam('a') _a: string, _text: string, _reason: CloseReason) {}
}

@ServerEndpoint('/x')
export class OpenWithText {
  @OnOpen onOpen(_text: string) {}
}

@ServerEndpoint('/x')
export class OpenTwice {
  @OnOpen onOpen(_one: Session, _other: Session) {}
}

@ServerEndpoint('/x')
export class CloseWithConfig {
  @OnClose onClose(_config: EndpointConfig) {}
}

@ServerEndpoint('/x')
export class CloseWithCode {
  @OnClose onClose(_code: number, _reason: string) {}
}

@ServerEndpoint('/x')
export class ErrorWithoutError {
  @OnError onError(_session: Session) {}
}

@ServerEndpoint('/x')
export class ErrorOfAnInterface {
  @OnError onError(_cause: { readonly message: string }, _session: Session) {}
}

@ServerEndpoint('/chat/{room}')
export class UnknownPathParam {
  @OnOpen onOpen(@PathParam('rom') _room: string) {}
}

@ServerEndpoint('/x')
export class NoVariables {
  @OnOpen({ pathParams: ['room'] }) onOpen(_room: string) {}
}

@ClientEndpoint()
export class ClientPathParam {
  @OnOpen onOpen(@PathParam('room') _room: string) {}
}

@ServerEndpoint('/chat/{room}')
export class PathParamOfAnotherType {
  @OnOpen onOpen(@PathParam('room') _room: Date) {}
}

@ServerEndpoint('/chat/{room}')
export class PathParamAgainstType {
  @OnOpen onOpen(@PathParam('room', Number) _room: string) {}
}

@ServerEndpoint('/chat/{room}')
export class WrongPathParams {
  @OnOpen({ pathParams: 'room' }) onOpen(_room: string) {}
  @OnClose({ pathParams: ['room', pathParam('room')] }) onClose(_room: string) {}
}

@ServerEndpoint('/x')
export class SizeOutOfRange {
  @OnMessage({ maxMessageSize: 0 }) onText(_text: string) {}
  @OnMessage({ maxMessageSize: 1.5 }) onBinary(_data: Buffer) {}
  @OnMessage({ maxMessageSize: 5 }) onPong(_pong: PongMessage) {}
}

@ServerEndpoint({ value: '/x', decoders: [AnyDecoder] })
export class TwoSizes {
  @OnMessage({ maxMessageSize: 1 }) onMove(_move: Move) {}
  @OnMessage({ maxMessageSize: 2 }) onSay(_say: Say) {}
}

@ServerEndpoint('/x')
export class WrongHandlerOptions {
  @OnOpen({ parameters: [] }) onOpen() {}
  @OnClose(5) onClose() {}
  @OnMessage({ kind: 'text' }) onText(_text: string) {}
}

@ServerEndpoint('/x')
export class UnknownKind {
  @OnMessage('json') onMessage(_text: string) {}
}

@ServerEndpoint('/x')
export class NativeMessage {
  @OnWebSocketMessage onText(_text: string) {}
}

@WebSocket('/x')
export class JakartaMessage {
  @OnMessage onText(_text: string) {}
}

@ServerEndpoint('/x')
export class Static {
  readonly member = 1;
  @OnOpen static onOpen() {}
}

export class WithoutOpen extends (Endpoint as abstract new () => object) {}

@ServerEndpoint('/x')
export class StandardBare {
  onMessage(_session: unknown, _text: unknown) {}
}
standard(StandardBare, 'onMessage', OnMessage());

@ServerEndpoint('/x')
export class PlainTooMany {
  onClose(_session: unknown, _reason: unknown, _more: unknown) {}
}
plain(PlainTooMany, 'onClose', OnClose);
