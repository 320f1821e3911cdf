import { Buffer } from 'node:buffer';
import { CloseCode, OnWebSocketConnect, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import { Picture } from './picture.js';
import { isStrokes } from './strokes.js';

/** One drawing for everybody: what one draws is published to all, and who comes later gets the picture so far. */
@WebSocket({ path: '/board', stateless: true, maxBinaryMessageSize: 16 * 1024 })
export class Board {
  readonly #picture = new Picture();
  readonly #publish: (message: Buffer) => void;

  constructor(publish: (message: Buffer) => void) {
    this.#publish = publish;
  }

  /** Nothing can be drawn between the two lines, so a newcomer misses no stroke and gets none twice. */
  @OnWebSocketConnect
  onConnect(session: Session): void {
    session.sendBinary(this.#picture.toBuffer());
    session.join('board');
  }

  /** Everybody gets it, whoever drew it too: so all see the strokes one over the other in the same order. */
  @OnWebSocketMessage
  onStrokes(session: Session, data: Buffer): void {
    if (!isStrokes(data)) {
      session.close(CloseCode.PolicyViolation, 'Those are no strokes');
      return;
    }
    if (data.length === 0) this.#picture.clear();
    else this.#picture.add(data);
    this.#publish(data);
  }
}
