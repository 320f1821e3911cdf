// Jakarta's flavour with standard decorators: what the compiler must accept, and what it must refuse.
import {
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
