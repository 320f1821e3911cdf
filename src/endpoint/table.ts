import { type Encoder, isEncoder, isFrom, readsStreams, takesAll } from '../messages/codec.js';
import type { EndpointOptions } from './config.js';
import { type DecodingLane, decodingInvoker } from './decoding.js';
import { decodingLanes } from './decoding-lanes.js';
import type { ArrivingMessages, DispatchTable, ErrorClass, Invoker } from './dispatch-table.js';
import { EVENT_RULES, type TableEvent } from './event-rules.js';
import type { DecodedHandler, Handler, Handlers } from './handlers.js';
import { invokerFor } from './invokers.js';
import { MESSAGE_FORMS } from './message-form.js';

/** How messages of one kind are taken: whole, or while they arrive. */
interface Reception {
  readonly whole: Invoker | null;
  readonly arriving: ArrivingMessages | null;
}

/** Compiles a class's or listener's handlers into the table that its connections share; what can't be is added to the problems. */
export function compileTable(
  { events, decoded }: Handlers,
  options: EndpointOptions,
  problems: string[],
): DispatchTable {
  const slots = {} as Record<TableEvent, Invoker | null>;
  for (const event of Object.keys(EVENT_RULES) as TableEvent[]) {
    const handler = events.get(event);
    slots[event] =
      handler === undefined
        ? null
        : (handler.invoke ?? invokerFor(handler.arriving?.event ?? event, handler.name, handler.signature));
  }
  const lanes = decodingLanes(decoded, options.decoders, problems);
  const text = reception('text', events.get('text'), slots.text, lanes, problems);
  const binary = reception('binary', events.get('binary'), slots.binary, lanes, problems);
  const errorType: ErrorClass = events.get('error')?.signature.errorType ?? Error;
  return Object.freeze({
    ...slots,
    text: text.whole,
    binary: binary.whole,
    arrivingText: text.arriving,
    arrivingBinary: binary.arriving,
    errorType,
    encoders: encodersOf(options.encoders ?? [], lanes, decoded),
  });
}

function reception(
  kind: 'text' | 'binary',
  handler: Handler | undefined,
  invoke: Invoker | null,
  lanes: readonly DecodingLane[],
  problems: string[],
): Reception {
  const own = lanes.filter(({ decoder }) => isFrom(kind, decoder));
  const greedy = own.find(({ decoder }) => takesAll(decoder))?.decoder;
  const name = String(handler?.name);
  if (greedy !== undefined && handler !== undefined) {
    const mend = readsStreams(greedy) ? '' : `, or give ${greedy.name} a willDecode`;
    problems.push(
      `The decoder ${greedy.name} takes every ${kind} message, so that ${name} would never get one. Remove one of them${mend}.`,
    );
  } else if (own.length > 0 && handler?.arriving !== undefined) {
    problems.push(
      `${name} takes ${kind} messages while they arrive, but a decoder must see them whole to say whether it takes them. Let it take whole messages, or remove the decoder.`,
    );
  }
  if (greedy !== undefined && readsStreams(greedy)) {
    return { whole: null, arriving: Object.freeze({ form: MESSAGE_FORMS.stream, invoke: decodingInvoker(own, null) }) };
  }
  if (own.length > 0) {
    return { whole: decodingInvoker(own, invoke), arriving: null };
  }
  return invoke === null || handler?.arriving === undefined
    ? { whole: invoke, arriving: null }
    : { whole: null, arriving: Object.freeze({ form: MESSAGE_FORMS[handler.arriving.form], invoke }) };
}

/** The endpoint's own encoders, then the codecs that decode its messages: who takes JSON answers in JSON. */
function encodersOf(
  own: readonly Encoder[],
  lanes: readonly DecodingLane[],
  decoded: readonly DecodedHandler[],
): readonly Encoder[] {
  const decoders: readonly unknown[] = [
    ...lanes.map(({ decoder }) => decoder),
    ...decoded.map(({ decoder }) => decoder),
  ];
  const found = [...own];
  for (const codec of decoders) {
    if (isEncoder(codec) && !found.some(({ encode }) => encode === codec.encode)) {
      found.push(codec);
    }
  }
  return Object.freeze(found);
}
