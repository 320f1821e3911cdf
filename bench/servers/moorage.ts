/** Moorage as a user has it: decorated classes, an instance and a session per connection, every limit, all defaults. */
import { createServer } from 'node:http';
import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketMessage,
  PreparedMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { announce } from './announce.js';

@WebSocket({ path: '/' })
class Echo {
  @OnWebSocketMessage
  onText(_session: Session, text: string): string {
    return text;
  }

  @OnWebSocketMessage
  onBinary(_session: Session, data: Buffer): Buffer {
    return data;
  }
}

const members = new Set<Session>();

@WebSocket({ path: '/' })
class Broadcast {
  @OnWebSocketConnect
  onConnect(session: Session): void {
    members.add(session);
  }

  @OnWebSocketMessage
  onText(_session: Session, text: string): void {
    const message = PreparedMessage.text(text);
    for (const member of members) member.sendPrepared(message);
  }

  @OnWebSocketClose
  onClose(session: Session): void {
    members.delete(session);
  }
}

const server = createServer();
const compressions = { none: false, each: { threshold: 0 }, takeover: { threshold: 0, contextTakeover: true } };
const compression = compressions[(process.argv[3] ?? 'none') as keyof typeof compressions];
const container = new WebSocketContainer({ server, compression });
container.addEndpoint(process.argv[2] === 'broadcast' ? Broadcast : Echo);
announce(server);
