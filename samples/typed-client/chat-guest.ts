import { randomBytes } from 'node:crypto';
import { json, OnWebSocketConnect, OnWebSocketError, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import type { Notice, Request, Said } from '../chat/messages.js';

/** The notice of one type, as the chat declares it. */
type NoticeOf<Type extends Notice['type']> = Extract<Notice, { readonly type: Type }>;

/**
 * A member of the chat, from its other end: the annotations that a server's endpoint has. One instance outlives many
 * connections; `key` is what the chat knows it by when it comes back.
 */
@WebSocket({ encoders: [json()], onDecodeError: 'ignore' })
export class ChatGuest {
  readonly #wanted: string;
  readonly #print: (line: string) => void;
  readonly #key = randomBytes(16).toString('hex');
  #name: string | undefined;
  #latest: Said | undefined;

  constructor(name: string, print: (line: string) => void) {
    this.#wanted = name;
    this.#print = (line) => print(line.replace(/\p{C}/gu, ' ')); // no control codes of others on this terminal
  }

  /** What can be said in this chat, held to its type by the compiler. */
  static say(text: string): Request {
    return { type: 'say', text, ref: randomBytes(4).toString('hex') };
  }

  @OnWebSocketConnect
  onConnect(session: Session): Promise<void> {
    return session.send({ type: 'join', name: this.#name ?? this.#wanted, key: this.#key } satisfies Request);
  }

  /** The history comes with every welcome; of it, what wasn't shown before the connection was lost. */
  @OnWebSocketMessage({ when: { type: 'welcome' } })
  onWelcome({ you, members, history }: NoticeOf<'welcome'>): void {
    this.#name = you;
    this.#print(`* You are ${you}. Here: ${members.join(', ')}`);
    const shown = history.findIndex(({ id }) => id === this.#latest?.id);
    for (const said of history.slice(shown + 1)) this.onSaid(said);
  }

  @OnWebSocketMessage({ when: { type: 'said' } })
  onSaid(said: Said): void {
    this.#latest = said;
    this.#print(`${said.from}: ${said.text}`);
  }

  @OnWebSocketMessage({ when: { type: 'joined' } })
  onJoined({ name }: NoticeOf<'joined'>): void {
    this.#print(`* ${name} has come`);
  }

  @OnWebSocketMessage({ when: { type: 'left' } })
  onLeft({ name }: NoticeOf<'left'>): void {
    this.#print(`* ${name} has left`);
  }

  @OnWebSocketMessage({ when: { type: 'refused' } })
  onRefused({ reason }: NoticeOf<'refused'>): void {
    this.#print(`! ${reason}`);
  }

  @OnWebSocketError
  onError(cause: Error): void {
    this.#print(`! ${cause.message}`);
  }
}
