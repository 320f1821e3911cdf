import type { ArrivingMessages, DispatchTable, Invoker } from '../endpoint/dispatch-table.js';
import { UnsupportedDataError } from '../endpoint/errors.js';
import { MESSAGE_FORMS } from '../endpoint/message-form.js';
import { replying } from './arguments.js';
import type { InitialProperties } from './handshake.js';
import type { Place } from './place.js';

/**
 * The table of a class, open where its methods leave off: messages that no method takes go to the handlers that were
 * added to their session. A session begins with its endpoint's properties.
 */
export function openTable(table: DispatchTable, place: Place, properties: InitialProperties): DispatchTable {
  const { text, binary, arrivingText, arrivingBinary, pong, connect } = table;
  const hasText = text !== null || arrivingText !== null;
  const hasBinary = binary !== null || arrivingBinary !== null;
  // An endpoint of raw frames alone has seen the message in its own way.
  const ignores = place.ignoresUnhandled || (table.frame !== null && !hasText && !hasBinary);
  return Object.freeze({
    ...table,
    arrivingText: hasText ? arrivingText : added('text', place, ignores),
    arrivingBinary: hasBinary ? arrivingBinary : added('binary', place, ignores),
    pong: pong ?? addedPong(place),
    connect(instance, session) {
      for (const [name, value] of properties.of(session.upgradeRequest)) {
        session.userProperties.set(name, value);
      }
      return connect?.(instance, session);
    },
  } satisfies DispatchTable);
}

function added(kind: 'text' | 'binary', place: Place, ignores: boolean): ArrivingMessages {
  const unhandled = (): void => {
    if (!ignores) {
      throw new UnsupportedDataError(
        `The endpoint has no handler for ${kind} messages. Add a method with @OnMessage that takes one, call session.addMessageHandler, or set unhandled: 'ignore'.`,
      );
    }
  };
  const invoke: Invoker = (_instance, session, piece, last) =>
    place.handlersOf(session).take(kind, piece, last as boolean, unhandled);
  return Object.freeze({ form: MESSAGE_FORMS.partial, invoke });
}

function addedPong(place: Place): Invoker {
  // Every idle connection gets pongs, so whoever added no handler gets no place for handlers either.
  return replying((_instance, session, data) => place.addedTo(session)?.take('pong', data, true, () => undefined));
}
