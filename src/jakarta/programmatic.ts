import type { Invoker } from '../endpoint/dispatch-table.js';
import type { TableEvent } from '../endpoint/event-rules.js';
import type { Handler } from '../endpoint/handlers.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import { callerOf, giveFirst } from './arguments.js';
import { CloseReason } from './close-reason.js';
import { isProgrammatic } from './endpoint-mark.js';
import type { Place } from './place.js';

/** The handlers of a class that extends Endpoint, by the names of its methods. */
export function programmaticHandlers(type: EndpointClass, place: Place): ReadonlyMap<TableEvent, Handler> {
  const handlers = new Map<TableEvent, Handler>();
  if (!isProgrammatic(type)) {
    return handlers;
  }
  const view = place.viewOf.bind(place);
  add('connect', 'onOpen', callerOf('onOpen', [view, (session) => place.configOf(session)]));
  add('error', 'onError', callerOf('onError', [view, giveFirst]));
  add(
    'close',
    'onClose',
    callerOf('onClose', [view, (_session, code, phrase) => new CloseReason(code as number, phrase as string)]),
  );
  return handlers;

  function add(event: TableEvent, name: string, invoke: Invoker): void {
    if (typeof type.prototype[name] === 'function') {
      handlers.set(event, { name, signature: { arguments: [], bytesForm: 'Buffer', errorType: Error }, invoke });
    }
  }
}
