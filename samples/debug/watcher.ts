import { json, OnWebSocketClose, OnWebSocketConnect, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import type { Command, Report } from './reports.js';

const PATH = '/watch/{id}';

/** What a watcher commands. */
interface Commanded {
  obey(command: Command): Promise<void>;
}

const watchers = new Map<string, Session>();
const subjects = new Map<string, Commanded>();

/** The connection that tells what happens on the one of the same id, and takes commands for it. */
@WebSocket({ path: PATH, stateless: true, maxTextMessageSize: 4 * 1024, onDecodeError: 'ignore' })
export class Watcher {
  static attach(id: string, subject: Commanded): void {
    subjects.set(id, subject);
  }

  static detach(id: string, subject: Commanded): void {
    if (subjects.get(id) === subject) subjects.delete(id);
  }

  static tell(id: string, report: Report): void {
    watchers.get(id)?.sendText(JSON.stringify(report));
  }

  @OnWebSocketConnect
  onConnect(session: Session<typeof PATH>): void {
    watchers.set(session.pathParameters.id, session);
  }

  /** Not awaited: a flood must not keep the next command waiting. */
  @OnWebSocketMessage(json<Command>(), { when: 'do' })
  onCommand(session: Session<typeof PATH>, command: Command): void {
    const { id } = session.pathParameters;
    const subject = subjects.get(id);
    if (subject === undefined) Watcher.tell(id, { event: 'refused', detail: 'There is no connection.' });
    else subject.obey(command).catch((cause) => Watcher.tell(id, { event: 'refused', detail: String(cause) }));
  }

  @OnWebSocketClose
  onClose(session: Session<typeof PATH>): void {
    const { id } = session.pathParameters;
    if (watchers.get(id) === session) watchers.delete(id);
  }
}
