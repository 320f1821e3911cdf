// Jakarta's flavour with standard decorators: what the compiler must accept, and what it must refuse.
import { json, type StandardSchema } from 'moorage';
import {
  ClientEndpoint,
  type CloseReason,
  OnClose,
  OnError,
  OnMessage,
  OnOpen,
  pathParam,
  ServerEndpoint,
  type Session,
} from 'moorage/jakarta';

@ServerEndpoint('/chat/{room}')
export class Chat {
  @OnOpen onOpen(_session: Session) {}
  @OnMessage('text') onText(_session: Session, text: string) {
    return text;
  }
  @OnMessage({ as: 'binary', pathParams: ['room', pathParam('level', Number)] }) onBinary(
    _data: Buffer,
    _room: string,
    _level: number,
  ) {}
  @OnClose() onClose(_reason: CloseReason) {}
  @OnError onError(_cause: Error) {}
}

export class Misplaced {
  // @ts-expect-error a field
  @OnOpen readonly field = 1;

  // @ts-expect-error a static method
  @OnOpen static onOpen() {}
}

@ClientEndpoint({ subprotocols: ['v1'], idleTimeout: 1_000 })
export class Caller {
  @OnMessage({ as: 'text-partial' }) onPart(_session: Session, _part: string, _last: boolean) {}
}

// @ts-expect-error a path is a string
@ServerEndpoint(5)
export class WrongPath {}

// @ts-expect-error a client's endpoint has no path
@ClientEndpoint({ value: '/x' })
export class ClientPath {}

export class Refused {
  // @ts-expect-error not a kind
  @OnMessage('json') onText(_text: string) {}

  // @ts-expect-error not an option
  @OnClose({ parameters: [] }) onClose() {}

  // @ts-expect-error a static method
  @OnError static onError(_cause: Error) {}
}

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
