import { Buffer } from 'node:buffer';
import {
  Frame,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  WebSocket,
} from 'moorage';
import { bytesBrief, type Command, frameName, MAX_FLOOD, MAX_FLOOD_SIZE, type Report, textBrief } from './reports.js';
import { Watcher } from './watcher.js';

const PATH = '/subject/{id}';

/**
 * The connection that is looked at: an echo with a handler for each event there is. It tells its watcher, who has a
 * connection of its own, what happens; so one sees the end, too.
 */
@WebSocket({ path: PATH, compression: true })
export class Subject {
  #session: Session<typeof PATH> | undefined;
  #id = '';
  #messages = 0;
  #bytes = 0;

  @OnWebSocketConnect
  onConnect(session: Session<typeof PATH>): void {
    this.#session = session;
    this.#id = session.pathParameters.id;
    Watcher.attach(this.#id, this);
    const extensions = session.upgradeResponse.extensions;
    this.#report('connect', `from ${session.remoteAddress.address}, extensions: ${extensions || 'none'}`);
  }

  @OnWebSocketFrame
  onFrame({ opcode, fin, payload }: Frame): void {
    this.#report('frame', `${frameName(opcode)}${fin ? '' : ', more to come'}, ${bytesBrief(payload)}`);
  }

  @OnWebSocketMessage
  onText(text: string): string {
    this.#count(Buffer.byteLength(text));
    this.#report('text', textBrief(text));
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): Buffer {
    this.#count(data.length);
    this.#report('binary', bytesBrief(data));
    return data;
  }

  @OnWebSocketPing
  onPing(payload: Buffer): void {
    this.#report('ping', `${bytesBrief(payload)}, answered already`);
  }

  @OnWebSocketPong
  onPong(payload: Buffer): void {
    this.#report('pong', bytesBrief(payload));
  }

  @OnWebSocketError
  onError(cause: Error): void {
    this.#report('error', `${cause.name}: ${cause.message}`);
  }

  @OnWebSocketClose
  onClose(statusCode: number, reason: string): void {
    this.#report('close', `${statusCode}${reason === '' ? '' : ` ${JSON.stringify(reason)}`}`);
    Watcher.detach(this.#id, this);
  }

  /** What the watcher has asked for. Throws, or rejects, where that can't be. */
  async obey(command: Command): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    switch (command.do) {
      case 'ping':
        return session.sendPing(Buffer.from(command.text));
      case 'close':
        return session.close(command.code, command.reason);
      case 'cut':
        return session.disconnect();
      case 'count':
        return this.#report('count', `messages: ${this.#messages}, bytes: ${this.#bytes}`);
      case 'flood':
        return this.#flood(session, command.messages, command.size);
    }
  }

  /**
   * Each send settles when there is room again, so the flood is as fast as its reader and queues next to nothing. Its
   * duration is told on the connection itself, where it can't overtake the flood.
   */
  async #flood(session: Session<typeof PATH>, messages: number, size: number): Promise<void> {
    if (!(messages <= MAX_FLOOD && size <= MAX_FLOOD_SIZE)) {
      throw new RangeError(`A flood has at most ${MAX_FLOOD} messages of ${MAX_FLOOD_SIZE} characters.`);
    }
    const start = performance.now();
    for (let number = 1; number <= messages; number++) await session.sendText(`${number} `.padEnd(size, '~'));
    await session.sendText(`${messages} messages sent in ${(performance.now() - start).toFixed(0)} ms`);
  }

  #count(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  #report(event: Report['event'], detail: string): void {
    Watcher.tell(this.#id, { event, detail });
  }
}
