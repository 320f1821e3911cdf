import {
  CloseError,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  type PreparedMessage,
  Session,
  WebSocket,
} from 'moorage';
import { ChatRoom, type Member } from './chat-room.js';
import { CLOSE_REFUSED, CLOSE_REPLACED, type Notice, parseRequest, roomName } from './messages.js';

const PATH = '/chat/{room}';

/** One person's connection to one room: there is an instance for each, so its fields are that person's own. */
@WebSocket({ path: PATH, maxTextMessageSize: 16 * 1024 })
export class ChatMember implements Member {
  key = '';
  #name: string | undefined;
  #room: ChatRoom | undefined;
  #session: Session<typeof PATH> | undefined;

  @OnWebSocketConnect
  onConnect(session: Session<typeof PATH>): void {
    this.#session = session;
    if (this.#roomName() === undefined) session.close(CLOSE_REFUSED, 'A room has 1 to 40 letters, digits, - or _');
  }

  @OnWebSocketMessage
  onMessage(json: string): void {
    const request = parseRequest(json);
    if (typeof request === 'string') this.#tell({ type: 'refused', reason: request });
    else if (request.type === 'join' && this.#name === undefined) this.#join(request.name, request.key);
    else if (request.type === 'say' && this.#name !== undefined) this.#room?.say(this, request.text, request.ref);
    else if (request.type === 'check') this.#tell({ type: 'here' });
    else this.#tell({ type: 'refused', reason: 'Join first, and once.' });
  }

  /** What ends a connection early; `onClose` comes next. A peer's mistake is told in a line, one of ours with its stack. */
  @OnWebSocketError
  onError(cause: Error): void {
    console.warn(`${this.#name ?? 'Somebody'} is cut off:`, cause instanceof CloseError ? cause.message : cause);
  }

  @OnWebSocketClose
  onClose(): void {
    this.#room?.leave(this);
  }

  send(message: PreparedMessage): void {
    // Not awaited: a member who doesn't keep up is cut off by the container when too much is queued.
    this.#session?.sendPrepared(message);
  }

  replaced(): void {
    this.#session?.close(CLOSE_REPLACED, 'Replaced by a newer connection');
  }

  #join(name: string, key: string): void {
    const room = this.#roomName();
    if (room === undefined) return;
    this.key = key;
    this.#room = ChatRoom.named(room);
    this.#name = this.#room.join(this, name);
  }

  #roomName(): string | undefined {
    return roomName(this.#session?.pathParameters.room ?? '');
  }

  #tell(notice: Notice): void {
    this.#session?.sendText(JSON.stringify(notice));
  }
}
