// Jakarta's flavour with legacy decorators: what the compiler must accept, and what it must refuse.
import { json, type StandardSchema, WebSocketContainer } from 'moorage';
import {
  ClientEndpoint,
  CloseReason,
  Decoder,
  Encoder,
  Endpoint,
  EndpointConfig,
  MessageHandler,
  OnClose,
  OnError,
  OnMessage,
  OnOpen,
  PathParam,
  PongMessage,
  pathParam,
  ServerEndpoint,
  Session,
} from 'moorage/jakarta';

class Move {
  readonly to: string = '';
}

class MoveDecoder extends Decoder.Text<Move> {
  decode(): Move {
    return new Move();
  }
}

class MoveEncoder extends Encoder.Text<Move> {
  override readonly type = Move;
  encode(move: Move): string {
    return move.to;
  }
}

export class BytesOfText extends Decoder.Text<Move> {
  // @ts-expect-error a text decoder takes a string
  decode(_data: Buffer): Move {
    return new Move();
  }
}

export class NumberEncoder extends Encoder.Text<Move> {
  // @ts-expect-error a text encoder makes a string
  encode(): number {
    return 1;
  }
}

@ServerEndpoint({
  value: '/game/{room}',
  subprotocols: ['a'],
  decoders: [MoveDecoder, new MoveDecoder(), json()],
  encoders: [MoveEncoder, new MoveEncoder(), json()],
  configurator: { checkOrigin: (origin) => origin?.startsWith('https:') ?? true },
  idleTimeout: 1_000,
})
export class Game {
  @OnOpen onOpen(_session: Session, _config: EndpointConfig, @PathParam('room') _room: string) {}
  @OnMessage({ maxMessageSize: 10 }) onMove(move: Move, @PathParam('room', String) _room: string): Move {
    return move;
  }
  @OnMessage('binary') async onBinary(data: Buffer): Promise<Buffer> {
    return data;
  }
  @OnMessage onPong(_pong: PongMessage) {}
  @OnClose({ pathParams: ['room', pathParam('level', Number)] }) onClose(
    _session: Session,
    _reason: CloseReason,
    _room: string,
    _level: number,
  ) {}
  @OnError() onError(_cause: RangeError) {}
}

@ClientEndpoint({ configurator: { beforeRequest: (headers) => void headers.set('X', ['1']) } })
export class Caller {}

// @ts-expect-error a path is a string
@ServerEndpoint(5)
export class WrongPath {}

// @ts-expect-error it is called value here
@ServerEndpoint({ path: '/x' })
export class WrongName {}

// @ts-expect-error a client's endpoint has no path
@ClientEndpoint({ value: '/x' })
export class ClientPath {}

// @ts-expect-error a configurator's method of another type
@ServerEndpoint({ configurator: { checkOrigin: () => 'yes' } })
export class WrongConfigurator {}

// @ts-expect-error what makes nothing of messages
@ServerEndpoint({ decoders: [Move] })
export class WrongDecoder {}

// @ts-expect-error an endpoint is made for each connection
@ServerEndpoint('/x')
export abstract class Abstract {}

export class Misplaced {
  // @ts-expect-error a field
  @OnOpen readonly field = 1;

  // @ts-expect-error a static method
  @OnOpen static onOpen() {}

  // @ts-expect-error not an option
  @OnOpen({ parameters: [] }) onOpen() {}

  // @ts-expect-error not a kind
  @OnMessage('json') onText(_text: string) {}

  // @ts-expect-error not a type of the path's variables
  @OnClose onClose(@PathParam('room', Date) _room: Date) {}
}

// @ts-expect-error it has no onOpen
export class WithoutOpen extends Endpoint {}

export class Programmatic extends Endpoint {
  onOpen(session: Session) {
    session.addMessageHandler(String, (text) => text.length);
    session.addMessageHandler(Buffer, (data) => data.readUInt8(0));
    session.addMessageHandler(PongMessage, (pong) => pong.getApplicationData());
    session.addMessageHandler(MoveDecoder, (move: Move) => move.to);
    session.addMessageHandler(
      String,
      new (class extends MessageHandler.Partial<string> {
        onMessage(_part: string, _last: boolean) {}
      })(),
    );
    // @ts-expect-error text is no Buffer
    session.addMessageHandler(String, (data: Buffer) => data);
    // @ts-expect-error a CloseReason is wanted
    session.close(1000);
  }
}

new WebSocketContainer().addEndpoint('/programmatic', Programmatic);

interface Shift {
  readonly type: 'shift';
  readonly by: number;
}

declare const shiftSchema: StandardSchema<unknown, Shift>;
declare const anySchema: StandardSchema<unknown, Shift | { readonly type: 'say'; readonly text: string }>;

export class FromSchemas {
  @OnMessage(json(shiftSchema)) onShift(_session: Session, shift: Shift) {
    return shift;
  }
  @OnMessage({ as: json(shiftSchema), maxMessageSize: 10 }) limited(shift: { readonly by: number }) {
    return shift;
  }
  @OnMessage({ as: json(anySchema), when: { type: 'shift' } }) routed(_session: Session, shift: Shift) {
    return shift;
  }
  @OnMessage(json<Shift>()) trusted(shift: Shift) {
    return shift;
  }
  @OnMessage(json()) unknown(_session: Session, message: unknown) {
    return message;
  }
  @OnMessage({ as: json(shiftSchema), pathParams: ['room'] }) inRoom(shift: Shift, room: string) {
    return [shift, room];
  }
  // @ts-expect-error the schema makes a Shift
  @OnMessage(json(shiftSchema)) text(_session: Session, text: string) {
    return text;
  }
  // @ts-expect-error what nobody has checked is unknown
  @OnMessage(json()) unchecked(shift: Shift) {
    return shift;
  }
  // @ts-expect-error it has no x
  @OnMessage({ as: json(shiftSchema) }) other(shift: { readonly x: number }) {
    return shift;
  }
  // @ts-expect-error it may be the other kind
  @OnMessage(json(anySchema)) anyKind(shift: Shift) {
    return shift;
  }
  // @ts-expect-error it is of neither kind
  @OnMessage({ as: json(anySchema), when: { type: 'shift' } }) wrongKind(shift: { readonly x: number }) {
    return shift;
  }
}
