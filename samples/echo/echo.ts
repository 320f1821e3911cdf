import { Buffer } from 'node:buffer';
import { OnWebSocketMessage, WebSocket } from 'moorage';

/** Sends everything back as it came. A value that a message handler returns is the reply. */
@WebSocket({ path: '/echo' })
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
