import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  WebSocket,
} from 'moorage';
import { Inbox } from './inbox.js';
import type { Closed } from './peer-server.js';

const LARGE = 16 * 1024 * 1024;

/** Our side of a connection to a foreign server: keeps what comes until the test asks for it. */
@WebSocket({ maxTextMessageSize: LARGE, maxBinaryMessageSize: LARGE })
export class Visitor {
  readonly messages = new Inbox<string | Buffer>();
  readonly pings = new Inbox<string>();
  readonly pongs = new Inbox<string>();
  readonly closed = new Inbox<Closed>();
  readonly errors: Error[] = [];
  #session: Session | undefined;

  get session(): Session {
    if (this.#session === undefined) throw new Error('The visitor has not connected.');
    return this.#session;
  }

  @OnWebSocketConnect onConnect(session: Session): void {
    this.#session = session;
  }
  @OnWebSocketMessage onText(text: string): void {
    this.messages.put(text);
  }
  @OnWebSocketMessage onBinary(data: Buffer): void {
    this.messages.put(Buffer.from(data));
  }
  @OnWebSocketPing onPing(payload: Buffer): void {
    this.pings.put(payload.toString());
  }
  @OnWebSocketPong onPong(payload: Buffer): void {
    this.pongs.put(payload.toString());
  }
  @OnWebSocketError onError(cause: Error): void {
    this.errors.push(cause);
  }
  @OnWebSocketClose onClose(code: number, reason: string): void {
    this.closed.put({ code, reason });
  }
}
