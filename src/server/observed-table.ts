import type { CompiledEndpoint } from '../endpoint/compiled-endpoint.js';
import type { ArrivingMessages, DispatchTable, Invoker } from '../endpoint/dispatch-table.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { Undecoded } from '../endpoint/undecoded.js';
import type { HandlerEvent } from './instrument.js';
import { watchOf } from './session-watch.js';

/** An endpoint whose methods are called under the eyes of the instruments. Done once for each registration. */
export function observedEndpoint(compiled: CompiledEndpoint, passesOverUndecoded: boolean): CompiledEndpoint {
  const { table, tableFor } = compiled;
  return {
    ...compiled,
    table: observedTable(table, passesOverUndecoded),
    tableFor: tableFor && ((place) => observedTable(tableFor(place), passesOverUndecoded)),
  };
}

function observedTable(table: DispatchTable, passesOverUndecoded: boolean): DispatchTable {
  const message = passesOverUndecoded ? passingOver : observed;
  return Object.freeze({
    ...table,
    connect: observed('connect', table.connect),
    text: message('text', table.text),
    binary: message('binary', table.binary),
    arrivingText: arriving('text', table.arrivingText, message),
    arrivingBinary: arriving('binary', table.arrivingBinary, message),
    frame: observed('frame', table.frame),
    ping: observed('ping', table.ping),
    pong: observed('pong', table.pong),
    error: observed('error', table.error),
    close: observed('close', table.close),
  } satisfies DispatchTable);
}

function observed(event: HandlerEvent, invoke: Invoker | null): Invoker | null {
  return (
    invoke &&
    ((instance, session, first, second) => {
      const watch = watchOf(session);
      return watch === undefined
        ? invoke(instance, session, first, second)
        : watch.call(event, invoke, instance, session, first, second);
    })
  );
}

/** Where a message that can't be decoded doesn't end the connection, which would tell of it. */
function passingOver(event: HandlerEvent, invoke: Invoker | null): Invoker | null {
  return (
    invoke &&
    observed(event, (instance, session, first, second) => {
      const result = invoke(instance, session, first, second);
      if (isThenable(result)) {
        return Promise.resolve(result).then((value) => told(session, value));
      }
      return told(session, result);
    })
  );
}

/** What a method came to, or in its place the decoder. */
function told(session: Session, result: unknown): unknown {
  if (result instanceof Undecoded) {
    watchOf(session)?.failed(result.error, 'decode');
  }
  return result;
}

function arriving(
  event: HandlerEvent,
  messages: ArrivingMessages | null,
  message: typeof observed,
): ArrivingMessages | null {
  return messages && Object.freeze({ form: messages.form, invoke: message(event, messages.invoke) as Invoker });
}
