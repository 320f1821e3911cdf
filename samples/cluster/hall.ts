import { OnWebSocketConnect, OnWebSocketMessage, type Publication, Session, WebSocket } from 'moorage';

const PATH = '/halls/{name}';

/** From the server, as JSON in a text message. */
export type Notice =
  /** First: which worker this connection is with. */
  | { readonly type: 'welcome'; readonly worker: number }
  /** To all in the hall, the speaker too, whichever worker they are with; `worker` is the speaker's. */
  | { readonly type: 'said'; readonly worker: number; readonly text: string };

/** What is said in a hall reaches everybody in it. That they are with several processes is the broker's affair alone. */
@WebSocket({ path: PATH, stateless: true, maxTextMessageSize: 4 * 1024 })
export class Hall {
  readonly #publish: (topic: string, message: string) => Publication;

  constructor(publish: (topic: string, message: string) => Publication) {
    this.#publish = publish;
  }

  @OnWebSocketConnect
  onConnect(session: Session<typeof PATH>): void {
    session.join(topicOf(session));
    session.sendText(framed({ type: 'welcome', worker: process.pid }));
  }

  @OnWebSocketMessage
  onText(session: Session<typeof PATH>, text: string): void {
    this.#publish(topicOf(session), framed({ type: 'said', worker: process.pid, text }));
  }
}

function topicOf(session: Session<typeof PATH>): string {
  return `hall:${session.pathParameters.name}`;
}

function framed(notice: Notice): string {
  return JSON.stringify(notice);
}
