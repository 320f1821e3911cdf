import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  OnWebSocketPing,
  Session,
  WebSocket,
} from 'moorage';

/** How often the handlers of `Counted` ran: with each connect goes one close. */
export const counts = { connects: 0, closes: 0 };

/** Sends everything back as it came. */
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

/** An echo with an instance per connection, which counts them in and out. */
@WebSocket
export class Counted {
  @OnWebSocketConnect
  onConnect(): void {
    counts.connects += 1;
  }

  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): Buffer {
    return data;
  }

  @OnWebSocketClose
  onClose(): void {
    counts.closes += 1;
  }
}

/** Takes everything and answers nothing. */
@WebSocket({ stateless: true })
export class Sink {
  @OnWebSocketMessage
  onText(_text: string): void {}

  @OnWebSocketMessage
  onBinary(_data: Buffer): void {}
}

/** Takes its time for each message. */
@WebSocket({ stateless: true })
export class SlowSink {
  @OnWebSocketMessage
  async onBinary(_data: Buffer): Promise<void> {
    await sleep(1_000);
  }
}

const CHUNK = 64 * 1024;
const STREAM = 256 * 1024 * 1024;

/** Answers any text with 256 MiB in messages of 64 KiB, as fast as it can be told to: `await` is asked for by the text. */
@WebSocket({ stateless: true })
export class Torrent {
  @OnWebSocketMessage
  async onText(session: Session, text: string): Promise<void> {
    for (let sent = 0; sent < STREAM && session.isOpen; sent += CHUNK) {
      const sending = session.sendBinary(Buffer.alloc(CHUNK, 1));
      if (text === 'await') {
        await sending;
      } else {
        sending?.catch(() => undefined); // The connection's end is what this is about.
        await nextTurn();
      }
    }
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

@WebSocket({ stateless: true })
export class NeverSettling {
  @OnWebSocketMessage
  onText(_text: string): Promise<void> {
    return new Promise(() => undefined);
  }
}

@WebSocket({ stateless: true })
export class NeverConnecting {
  @OnWebSocketConnect
  onConnect(): Promise<void> {
    return new Promise(() => undefined);
  }
}

@WebSocket({ stateless: true })
export class ThrowingAtConnect {
  @OnWebSocketConnect
  onConnect(): void {
    throw new Error('thrown on purpose');
  }
}

@WebSocket({ stateless: true })
export class ThrowingAtClose {
  @OnWebSocketMessage
  onText(_text: string): void {}

  @OnWebSocketClose
  onClose(): void {
    throw new Error('thrown on purpose');
  }
}

/** Holds the thread for a second in the handler that the path names. */
@WebSocket
export class Blocking {
  @OnWebSocketConnect
  onConnect(session: Session): void {
    hold(session, 'connect');
  }

  @OnWebSocketMessage
  onText(session: Session, _text: string): void {
    hold(session, 'text');
  }

  @OnWebSocketMessage
  onBinary(session: Session, _data: Buffer): void {
    hold(session, 'binary');
  }

  @OnWebSocketPing
  onPing(session: Session): void {
    hold(session, 'ping');
  }

  @OnWebSocketError
  onError(session: Session, _cause: Error): void {
    hold(session, 'error');
  }

  @OnWebSocketClose
  onClose(session: Session): void {
    hold(session, 'close');
  }
}

function hold(session: Session, handler: string): void {
  if (session.upgradeRequest.path.endsWith(`/${handler}`)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  }
}
