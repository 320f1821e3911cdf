import { described } from './described.js';
import { EVENT_RULES, type TableEvent } from './event-rules.js';
import type { Handler } from './handlers.js';
import { nearestName } from './nearest.js';

const EVENTS = Object.keys(EVENT_RULES) as TableEvent[];

/** The handlers of a listener by the names of its methods. One set of them for all listeners: their arguments never vary. */
const HANDLERS: ReadonlyMap<string, readonly [TableEvent, Handler]> = new Map(
  EVENTS.map((event) => {
    const name = `onWebSocket${event.charAt(0).toUpperCase()}${event.slice(1)}`;
    const signature = {
      arguments: ['session', ...EVENT_RULES[event].values],
      bytesForm: 'Buffer',
      errorType: Error,
    } as const;
    return [name, [event, { name, signature }]];
  }),
);

const NAMES: readonly string[] = [...HANDLERS.keys()];

/** Names that other stacks have for what has another name here, too far from it for a look at the letters. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  onwebsocketopen: 'onWebSocketConnect',
  onwebsocketmessage: 'onWebSocketText or onWebSocketBinary',
  onwebsocketdisconnect: 'onWebSocketClose',
};

/** Finds the handlers of a listener; whatever is wrong is added to the problems. */
export function scanListener(listener: unknown, problems: string[]): ReadonlyMap<TableEvent, Handler> {
  const handlers = new Map<TableEvent, Handler>();
  if ((typeof listener !== 'object' && typeof listener !== 'function') || listener === null) {
    problems.push(
      `It is ${described(listener)}. A listener is an object with methods, such as { onWebSocketText(session, text) { … } }.`,
    );
    return handlers;
  }
  const before = problems.length;
  for (const name of namesOf(listener)) {
    const known = HANDLERS.get(name);
    const value: unknown = (listener as Readonly<Record<string, unknown>>)[name];
    if (known === undefined) {
      problems.push(unknownName(name));
    } else if (typeof value === 'function') {
      handlers.set(...known);
    } else if (value !== undefined) {
      problems.push(`${name} is ${described(value)}. Make it a method, or leave it out.`);
    }
  }
  if (handlers.size === 0 && problems.length === before) {
    problems.push(`It has no method that handles an event. The methods of a listener are ${NAMES.join(', ')}.`);
  }
  return handlers;
}

/** Everything that is called as if it were a handler, inherited or not. */
function namesOf(listener: object): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at: object | null = listener; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (/^onWebSocket/i.test(name)) {
        names.add(name);
      }
    }
  }
  return names;
}

function unknownName(name: string): string {
  const meant = ELSEWHERE[name.toLowerCase()] ?? nearestName(name, NAMES);
  return `${name} is not a method of a listener. ${meant === undefined ? `The methods are ${NAMES.join(', ')}.` : `Did you mean ${meant}?`}`;
}
