import { described } from './described.js';
import { type FormEvent, SIGNATURE_RULES, type TableEvent } from './event-rules.js';
import type { Handler } from './handlers.js';
import { nearestName } from './nearest.js';
import type { Signature } from './signature.js';

/** The handlers of a listener by the names of its methods. One set of them for all listeners: their arguments never vary. */
const HANDLERS: ReadonlyMap<string, readonly [TableEvent, Handler]> = new Map([
  known('onWebSocketConnect', 'connect'),
  known('onWebSocketText', 'text'),
  known('onWebSocketPartialText', 'text', 'text-partial'),
  known('onWebSocketBinary', 'binary'),
  known('onWebSocketPartialBinary', 'binary', 'binary-partial'),
  known('onWebSocketFrame', 'frame'),
  known('onWebSocketPing', 'ping'),
  known('onWebSocketPong', 'pong'),
  known('onWebSocketError', 'error'),
  known('onWebSocketClose', 'close'),
]);

function known(
  name: string,
  event: TableEvent,
  partial?: FormEvent,
): readonly [string, readonly [TableEvent, Handler]] {
  const signature: Signature = {
    arguments: ['session', ...SIGNATURE_RULES[partial ?? event].values],
    bytesForm: 'Buffer',
    errorType: Error,
  };
  return [
    name,
    [
      event,
      partial === undefined ? { name, signature } : { name, signature, arriving: { event: partial, form: 'partial' } },
    ],
  ];
}

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
    const rule = HANDLERS.get(name);
    const value: unknown = (listener as Readonly<Record<string, unknown>>)[name];
    if (rule === undefined) {
      problems.push(unknownName(name));
    } else if (typeof value === 'function') {
      const [event, handler] = rule;
      const other = handlers.get(event)?.name;
      if (other !== undefined) {
        problems.push(`${String(other)} and ${name} both handle the same messages, and one must. Remove one.`);
      }
      handlers.set(event, handler);
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
