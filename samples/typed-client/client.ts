import { type KeptConnection, type KeptConnectionEvent, WebSocketClient } from 'moorage';
import { ChatGuest } from './chat-guest.js';

export interface ChatClientOptions {
  /** Of the room, such as `ws://localhost:8080/chat/harbour`. */
  readonly url: string;
  readonly name: string;
  /** Takes each line to be shown. */
  readonly print: (line: string) => void;
  /** The bound of the first wait before it comes back, in milliseconds. Default 1,000. */
  readonly initialDelay?: number;
}

/** The chat's client: it stays in the room, and comes back when the connection is lost. */
export class ChatClient {
  readonly #client = new WebSocketClient();
  readonly #kept: KeptConnection;

  constructor({ url, name, print, initialDelay = 1_000 }: ChatClientOptions) {
    const guest = new ChatGuest(name, print); // one instance, so that it is the same guest who comes back
    this.#kept = this.#client.keepConnected(guest, url, {
      reconnect: {
        initialDelay,
        onEvent: (event) => {
          const line = inWords(event);
          if (line !== undefined) print(line);
        },
      },
    });
  }

  /** Settles when it doesn't come back any more: `true` if that was meant. */
  get ended(): Promise<boolean> {
    return this.#kept.ended.then(({ why }) => why === 'stopped');
  }

  /** Waits for a connection if there is none. Rejects when there will be none, or it is lost on the way. */
  async say(text: string): Promise<void> {
    const session = await this.#kept.opened();
    await session.send(ChatGuest.say(text));
  }

  async leave(): Promise<void> {
    await this.#kept.stop();
    await this.#client.close();
  }
}

function inWords(event: KeptConnectionEvent): string | undefined {
  switch (event.type) {
    case 'waiting':
      return `* Not connected, trying again in ${(event.delay / 1_000).toFixed(1)} s`;
    case 'ended':
      if (event.end.why === 'stopped') return '* Goodbye';
      return event.end.last?.type === 'closed' && event.end.last.reason !== ''
        ? `! The chat has ended the connection: ${event.end.last.reason}`
        : '! The chat does not take this connection';
    default:
      return undefined;
  }
}
