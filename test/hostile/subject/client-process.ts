/** The client under attack, in a process of its own, with a well-behaved connection to a good server. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  WebSocket,
  WebSocketClient,
} from 'moorage';
import { answerQuestions, sayReady } from './answering.js';
import { EchoTimes } from './echo-times.js';
import { journalOf, noteUnder, textOf } from './journal.js';
import type { ConnectOutcome, ConnectWith } from './messages.js';
import { standing } from './standing.js';

const counts = { connects: 0, closes: 0 };
const CHUNK = Buffer.alloc(64 * 1024, 1);

/** Notes what happens to it. */
@WebSocket
class Noting {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  @OnWebSocketConnect
  onConnect(): void {
    counts.connects += 1;
    noteUnder(this.#name, 'connect');
  }

  @OnWebSocketMessage
  onText(text: string): void {
    noteUnder(this.#name, `text ${text.slice(0, 20)}`);
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): void {
    noteUnder(this.#name, `binary ${data.length}`);
  }

  @OnWebSocketError
  onError(cause: Error): void {
    noteUnder(this.#name, `error ${textOf(cause)}`);
  }

  @OnWebSocketClose
  onClose(code: number): void {
    counts.closes += 1;
    noteUnder(this.#name, `close ${code}`);
  }
}

/** Waits for one echo after the other. */
@WebSocket
class Echoing {
  #answered: ((text: string) => void) | undefined;
  #ended: ((cause: Error) => void) | undefined;

  ask(session: Session, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#ended = reject;
      session.sendText(text).catch(reject);
    });
  }

  @OnWebSocketMessage
  onText(text: string): void {
    this.#answered?.(text);
  }

  @OnWebSocketClose
  onClose(session: Session, code: number): void {
    this.#ended?.(new Error(`Session ${session.id} was closed with ${code}`));
  }
}

/** Sends much and counts the echoes. */
@WebSocket
class Warming {
  #due = 0;
  #done: (() => void) | undefined;

  round(session: Session): Promise<void> {
    this.#due = 2_000;
    for (let at = 0; at < this.#due; at += 1) void session.sendText('x'.repeat(at % 200));
    void session.sendBinary(Buffer.alloc(48 * 1024));
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  @OnWebSocketMessage
  onBinary(_data: Buffer): void {}

  @OnWebSocketMessage
  onText(_text: string): void {
    this.#due -= 1;
    if (this.#due === 0) this.#done?.();
  }
}

const client = new WebSocketClient({
  handshakeTimeout: 1_500,
  closeTimeout: 500,
  keepAlive: { interval: 1_000, timeout: 1_000 },
  compression: true,
  onEvent: () => undefined,
});

const times = new EchoTimes();
const echoing = new Echoing();
const good = await client.connect(echoing, `ws://127.0.0.1:${process.argv[2]}/echo`);

// As a server is warmed up, and for the same reason.
const warming = new Warming();
const warm = await client.connect(warming, `ws://127.0.0.1:${process.argv[2]}/echo`);
for (let round = 0; round < 40; round += 1) await warming.round(warm);
warm.close();
for (let round = 0; round < 200; round += 1) {
  (await client.connect(Warming, `ws://127.0.0.1:${process.argv[2]}/echo`)).disconnect();
}

answerQuestions({
  standing: () => standing(counts),
  echoes: () => times.report(),
  journal: ({ name }) => journalOf(name),
  connect: ({ url, with: options }) => connect(url, options),
});
sayReady();

try {
  for (let count = 0; ; count += 1) {
    const text = `echo ${count}`;
    times.asked();
    const echo = await echoing.ask(good, text);
    times.answered();
    if (echo !== text) throw new Error(`Expected the echo "${text}", got "${echo}"`);
    await sleep(5);
  }
} catch (cause) {
  times.failed(cause);
}

async function connect(url: string, { name, options, sends = 0 }: ConnectWith): Promise<ConnectOutcome> {
  try {
    const session = await client.connect(new Noting(name), url, options);
    void send(session, sends, name);
    return 'open';
  } catch (cause) {
    return cause instanceof Error ? `${cause.name} ${textOf(cause)}` : `a ${typeof cause}`;
  }
}

async function send(session: Session, bytes: number, name: string): Promise<void> {
  try {
    for (let sent = 0; sent < bytes; sent += CHUNK.length) await session.sendBinary(CHUNK);
  } catch (cause) {
    noteUnder(name, `send ${textOf(cause)}`);
  }
}
