import type { ContainerEvent, Session } from 'moorage';
import type { JournalEntry } from './messages.js';

const journals = new Map<string, JournalEntry[]>();

/** What was noted under a name so far. */
export function journalOf(name: string): readonly JournalEntry[] {
  return journals.get(name) ?? [];
}

/** Notes a call under the name that the connection's query gives it. */
export function note(session: Session, entry: JournalEntry): void {
  noteUnder(session.upgradeRequest.query.get('name'), entry);
}

export function noteUnder(name: string | null | undefined, entry: JournalEntry): void {
  if (typeof name !== 'string') return;
  const journal = journals.get(name);
  if (journal === undefined) journals.set(name, [entry]);
  else journal.push(entry);
}

/** Notes what a container reports. */
export function noteEvent(event: ContainerEvent): void {
  if (event.type === 'error' && event.session !== undefined) {
    note(event.session, `reported ${event.during} ${textOf(event.cause)}`);
  } else if (event.type === 'upgrade-refused') {
    noteUnder(event.request.query.get('name'), `refused ${event.status}`);
  } else if (event.type === 'error') {
    noteUnder('hooks', `reported ${event.during} ${textOf(event.cause)}`);
  }
}

/** An error by its code or message. */
export function textOf(cause: unknown): string {
  return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : String(cause);
}
