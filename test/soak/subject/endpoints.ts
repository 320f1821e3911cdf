import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OnWebSocketConnect, OnWebSocketMessage, Session, WebSocket, type WebSocketContainer } from 'moorage';

/** What is never let go of, and a soak must find: a record of so many bytes for each message. */
const leaked: Buffer[] = [];
const RECORD = 16 * 1024;

/** An instance per connection, as most users have it. */
@WebSocket
export class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): Buffer {
    return data;
  }
}

/** An echo with a mistake that users make: a list that everything is added to. */
@WebSocket
export class LeakyEcho {
  @OnWebSocketMessage
  onText(text: string): string {
    leaked.push(Buffer.alloc(RECORD));
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): Buffer {
    leaked.push(Buffer.alloc(RECORD));
    return data;
  }
}

/** Answers some time after. */
@WebSocket({ stateless: true })
export class Deliberate {
  @OnWebSocketMessage
  async onText(text: string): Promise<string> {
    await nextTurn();
    return text;
  }
}

/** A text goes to everybody in the room. */
export function roomOf(container: WebSocketContainer): new () => object {
  @WebSocket
  class Room {
    #name = '';

    @OnWebSocketConnect
    onConnect(session: Session): void {
      this.#name = session.pathParameters['name'] ?? '';
      session.join(this.#name);
    }

    @OnWebSocketMessage
    onText(text: string): void {
      container.publish(this.#name, text);
    }
  }
  return Room;
}

/** Takes a message as a stream, and says how long it was. */
@WebSocket({ maxBinaryMessageSize: 64 * 1024 * 1024 })
export class Upload {
  @OnWebSocketMessage
  async onStream(stream: Readable): Promise<string> {
    let length = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) length += chunk.length;
    return String(length);
  }
}

@WebSocket({ stateless: true })
export class Throwing {
  @OnWebSocketMessage
  onText(_text: string): void {
    throw new Error('thrown on purpose');
  }
}

@WebSocket({ stateless: true })
export class Rejecting {
  @OnWebSocketMessage
  async onText(_text: string): Promise<void> {
    await nextTurn();
    throw new Error('rejected on purpose');
  }
}
