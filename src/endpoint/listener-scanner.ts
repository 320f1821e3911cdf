import { described } from './described.js';
import { type FormEvent, SIGNATURE_RULES, type TableEvent } from './event-rules.js';
import type { DecodedHandler, Handler, Handlers } from './handlers.js';
import type { ArrivalForm } from './message-kinds.js';
import { nearestName } from './nearest.js';
import type { Signature } from './signature.js';

/** The handlers of a listener by the names of its methods. One set of them for all listeners: their arguments never vary. */
const HANDLERS: ReadonlyMap<string, readonly [TableEvent, Handler]> = new Map([
  known('onWebSocketConnect', 'connect'),
  known('onWebSocketText', 'text'),
  arriving('onWebSocketPartialText', 'text-partial', 'partial'),
  arriving('onWebSocketTextStream', 'text-stream', 'stream'),
  arriving('onWebSocketTextWebStream', 'text-stream', 'web-stream'),
  known('onWebSocketBinary', 'binary'),
  arriving('onWebSocketPartialBinary', 'binary-partial', 'partial'),
  arriving('onWebSocketBinaryStream', 'binary-stream', 'stream'),
  arriving('onWebSocketBinaryWebStream', 'binary-stream', 'web-stream'),
  known('onWebSocketFrame', 'frame'),
  known('onWebSocketPing', 'ping'),
  known('onWebSocketPong', 'pong'),
  known('onWebSocketError', 'error'),
  known('onWebSocketClose', 'close'),
]);

const DECODED: DecodedHandler = {
  name: 'onWebSocketDecoded',
  title: 'onWebSocketDecoded',
  signature: signatureOf('decoded'),
  decoder: undefined,
  when: undefined,
};

function known(name: string, event: TableEvent): readonly [string, readonly [TableEvent, Handler]] {
  return [name, [event, { name, signature: signatureOf(event) }]];
}

function arriving(
  name: string,
  event: Exclude<FormEvent, 'decoded'>,
  form: ArrivalForm,
): readonly [string, readonly [TableEvent, Handler]] {
  const kind = event.startsWith('text') ? 'text' : 'binary';
  return [name, [kind, { name, signature: signatureOf(event), arriving: { event, form } }]];
}

function signatureOf(event: TableEvent | FormEvent): Signature {
  return { arguments: ['session', ...SIGNATURE_RULES[event].values], bytesForm: 'Buffer', errorType: Error };
}

const NAMES: readonly string[] = [...HANDLERS.keys(), DECODED.title];

/** Names that other stacks have for what has another name here, too far from it for a look at the letters. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  onwebsocketopen: 'onWebSocketConnect',
  onwebsocketmessage: 'onWebSocketText, onWebSocketBinary or, for objects, onWebSocketDecoded',
  onwebsocketdisconnect: 'onWebSocketClose',
};

/** Finds the handlers of a listener; whatever is wrong is added to the problems. */
export function scanListener(listener: unknown, problems: string[]): Handlers {
  const events = new Map<TableEvent, Handler>();
  const decoded: DecodedHandler[] = [];
  if ((typeof listener !== 'object' && typeof listener !== 'function') || listener === null) {
    problems.push(
      `It is ${described(listener)}. A listener is an object with methods, such as { onWebSocketText(session, text) { … } }.`,
    );
    return { events, decoded };
  }
  const before = problems.length;
  for (const name of namesOf(listener)) {
    const rule = HANDLERS.get(name);
    const value: unknown = (listener as Readonly<Record<string, unknown>>)[name];
    if (rule === undefined && name !== DECODED.name) {
      problems.push(unknownName(name));
    } else if (typeof value !== 'function') {
      if (value !== undefined) {
        problems.push(`${name} is ${described(value)}. Make it a method, or leave it out.`);
      }
    } else if (rule === undefined) {
      decoded.push(DECODED);
    } else {
      const [event, handler] = rule;
      const other = events.get(event)?.name;
      if (other !== undefined) {
        problems.push(`${String(other)} and ${name} both handle the same messages, and one must. Remove one.`);
      }
      events.set(event, handler);
    }
  }
  if (events.size + decoded.length === 0 && problems.length === before) {
    problems.push(`It has no method that handles an event. The methods of a listener are ${NAMES.join(', ')}.`);
  }
  return { events, decoded };
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
