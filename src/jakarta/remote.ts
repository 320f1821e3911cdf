import type { Writable } from 'node:stream';
import type { Session as NativeSession } from '../endpoint/session.js';

/**
 * Sends whole messages. Every method returns a promise that resolves at once while the outgoing queue is short, and
 * otherwise when it has drained; a rejection that nobody looks at is harmless. Frames that are sent in one turn leave in
 * one write, so there is nothing to switch for batching.
 */
export class AsyncRemote {
  protected readonly session: NativeSession;

  /** Made by the session. */
  constructor(session: NativeSession) {
    this.session = session;
  }

  sendText(text: string): Promise<void> {
    return this.session.sendText(text);
  }

  /** The bytes must not be changed until the promise has settled. */
  sendBinary(data: Uint8Array | ArrayBuffer): Promise<void> {
    return this.session.sendBinary(data);
  }

  /**
   * Sends what an encoder of the endpoint takes; without one a string, bytes, a number, boolean or bigint (as text).
   * Rejects with `EncodeException` when the encoder fails, and with InvalidArgumentError where none takes the value.
   */
  sendObject(data: unknown): Promise<void> {
    return this.session.send(data);
  }

  /** Up to 125 bytes; longer ones reject with a RangeError. */
  sendPing(applicationData?: Uint8Array | ArrayBuffer): Promise<void> {
    return this.session.sendPing(applicationData);
  }

  /** A pong that nobody asked for. Up to 125 bytes; longer ones reject with a RangeError. */
  sendPong(applicationData?: Uint8Array | ArrayBuffer): Promise<void> {
    return this.session.sendPong(applicationData);
  }
}

/**
 * Sends as `AsyncRemote` does, and also in parts and streams. Where Java's blocks, these are awaited:
 * `await session.getBasicRemote().sendText(text)`.
 */
export class BasicRemote extends AsyncRemote {
  /** @param isLast whether the message ends with this text; left out, the text is the whole message. */
  override sendText(text: string, isLast?: boolean): Promise<void> {
    return isLast === undefined ? super.sendText(text) : this.session.sendPartialText(text, isLast);
  }

  /** @param isLast whether the message ends with these bytes; left out, they are the whole message. */
  override sendBinary(data: Uint8Array | ArrayBuffer, isLast?: boolean): Promise<void> {
    return isLast === undefined ? super.sendBinary(data) : this.session.sendPartialBinary(data, isLast);
  }

  /** Opens a binary message to be written to; `end()` ends it. */
  getSendStream(): Writable {
    return this.session.openBinaryStream();
  }

  /** Opens a text message to be written to; `end()` ends it. */
  getSendWriter(): Writable {
    return this.session.openTextStream();
  }
}
