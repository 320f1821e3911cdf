/** Endpoints that note which of their handlers ran, in order, and do what they are told to by a text. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloseError,
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
import { note, textOf } from './journal.js';
import { throwAnything } from './throw-anything.js';

/** What no peer may ever see. */
const SECRET = 'the secret of the application';

const COMMANDS: Readonly<Record<string, (session: Session) => string | void | Promise<void>>> = {
  '!close': (session) => session.close(4000, 'done'),
  '!close and send': async (session) => {
    session.close(4000, 'done');
    await session.sendText('too late').catch((cause: unknown) => note(session, `send ${textOf(cause)}`));
  },
  '!close 1006': (session) => {
    for (const [code, reason] of [
      [0, ''],
      [999, ''],
      [1004, ''],
      [1006, ''],
      [1015, ''],
      [2999, ''],
      [5000, ''],
      [1000, 'x'.repeat(124)],
    ] as const) {
      try {
        session.close(code, reason);
        note(session, `closed with ${code}`);
      } catch (cause) {
        if (!(cause instanceof RangeError)) note(session, `${code} threw ${textOf(cause)}`);
      }
    }
    return 'still open';
  },
  '!disconnect': (session) => session.disconnect(),
  '!throw': () => {
    throw new Error(SECRET);
  },
  '!reject': () => Promise.reject(new Error(SECRET)),
  '!throw a code': () => {
    throw new CloseError(4321, 'for the peer to see', { message: SECRET });
  },
  '!throw nothing': () => {
    throwAnything(undefined);
  },
  '!busy': async (session) => {
    await sleep(300);
    note(session, 'no longer busy');
  },
  '!flood': (session) => {
    const bytes = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < 1_000; sent += 1) void session.sendBinary(bytes);
  },
  '!parts': async (session) => {
    await session.sendPartialText('first ', false);
    await session.sendText('between').catch((cause: unknown) => note(session, `send ${textOf(cause)}`));
    await session.sendPing(Buffer.from('between'));
    await session.sendPartialText('last', true);
  },
  '!keep the buffer': async (session) => {
    const bytes = Buffer.alloc(20_000, 7);
    await session.sendBinary(bytes);
    if (!bytes.every((byte) => byte === 7)) note(session, 'the buffer was changed');
  },
};

@WebSocket
export class Conversing {
  @OnWebSocketConnect
  onConnect(session: Session): void {
    note(session, 'connect');
  }

  @OnWebSocketMessage
  onText(session: Session, text: string): string | void | Promise<void> {
    note(session, `text ${text.slice(0, 40)}`);
    return COMMANDS[text] === undefined ? text : COMMANDS[text]?.(session);
  }

  @OnWebSocketMessage
  onBinary(session: Session, data: Buffer): Buffer {
    note(session, `binary ${data.length}`);
    return data;
  }

  @OnWebSocketError
  onError(session: Session, cause: Error): void {
    note(session, `error ${textOf(cause)}`);
  }

  @OnWebSocketClose
  onClose(session: Session, code: number, reason: string): void {
    note(session, `close ${code} ${reason}`.trimEnd());
  }
}

/** Also sees raw frames, pings and pongs. */
@WebSocket
export class SeeingFrames extends Conversing {
  @OnWebSocketFrame
  onFrame(session: Session, frame: Frame): void {
    note(session, `frame ${frame.opcode}`);
  }

  @OnWebSocketPing
  onPing(session: Session, payload: Buffer): void {
    note(session, `ping ${payload}`);
  }

  @OnWebSocketPong
  onPong(session: Session, payload: Buffer): void {
    note(session, `pong ${payload}`);
  }
}

/** Takes texts alone, and leaves its errors to the container. */
@WebSocket
export class TextOnly {
  @OnWebSocketMessage
  onText(session: Session, text: string): string | void | Promise<void> {
    note(session, `text ${text}`);
    return COMMANDS[text]?.(session);
  }

  @OnWebSocketClose
  onClose(session: Session, code: number, reason: string): void {
    note(session, `close ${code} ${reason}`.trimEnd());
  }
}

/** Closes with codes of its own from within its last handlers. */
@WebSocket
export class Deciding {
  @OnWebSocketMessage
  onText(session: Session, text: string): void {
    note(session, `text ${text}`);
  }

  @OnWebSocketError
  onError(session: Session, cause: Error): void {
    note(session, `error ${textOf(cause)}`);
    session.close(4000, 'mine');
  }

  @OnWebSocketClose
  onClose(session: Session, code: number): void {
    note(session, `close ${code}`);
    session.close(4001, 'mine too');
  }
}

/** Fails in its last handlers. */
@WebSocket
export class FailingAtTheEnd {
  @OnWebSocketMessage
  onText(session: Session, text: string): string | void | Promise<void> {
    return COMMANDS[text]?.(session);
  }

  @OnWebSocketError
  onError(_cause: Error): void {
    throw new Error('the error handler failed');
  }

  @OnWebSocketClose
  async onClose(): Promise<void> {
    await null;
    throw new Error('the close handler failed');
  }
}

/** Takes its time to connect, and greets. */
@WebSocket
export class Greeting extends Conversing {
  @OnWebSocketConnect
  override async onConnect(session: Session): Promise<void> {
    note(session, 'connecting');
    await session.sendText('welcome');
    await sleep(500);
    note(session, 'connect');
  }
}

/** Answers each text after a while that gets shorter, and notes when two methods run at the same time. */
@WebSocket
export class OneAtATime {
  #running = 0;

  @OnWebSocketMessage
  async onText(session: Session, text: string): Promise<string> {
    this.#running += 1;
    if (this.#running > 1) note(session, `${this.#running} at a time`);
    await sleep(Number(text) % 3);
    this.#running -= 1;
    return text;
  }
}
