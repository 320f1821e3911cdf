import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  WebSocket,
} from 'moorage';
import { Log } from '../server/serving.js';

/** An endpoint that writes down what happens to it. */
@WebSocket()
export class Witness {
  readonly log = new Log();
  session: Session | undefined;
  cause: Error | undefined;

  @OnWebSocketConnect
  onConnect(session: Session): void | Promise<void> {
    this.session = session;
    this.log.add('connect');
  }

  @OnWebSocketMessage
  onText(text: string): void {
    this.log.add(`text ${text}`);
  }

  @OnWebSocketError
  onError(session: Session, cause: Error): void {
    this.session = session;
    this.cause = cause;
    this.log.add(`error ${'code' in cause ? cause.code : cause.message}`);
  }

  @OnWebSocketClose
  onClose(code: number, reason: string): void {
    this.log.add(`close ${code}${reason && ` ${reason}`}`);
  }
}
