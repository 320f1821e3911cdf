import { Buffer } from 'node:buffer';
import { OnWebSocketMessage, WebSocket } from 'moorage';

/** What the suite talks to, on both sides: sends everything back as it came. */
@WebSocket({ stateless: true })
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
