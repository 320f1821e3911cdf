import { described } from '../endpoint/described.js';
import type { ErrorClass, Invoker } from '../endpoint/dispatch-table.js';
import { EVENT_RULES, type TableEvent } from '../endpoint/event-rules.js';
import { type Handler, type Handlers, readHandlers } from '../endpoint/handlers.js';
import { withBytes } from '../endpoint/invokers.js';
import { type KindRule, tableEventOf } from '../endpoint/message-kinds.js';
import type { ScannedMethod } from '../endpoint/scanner.js';
import type { Signature } from '../endpoint/signature.js';
import { type Decoder, isFrom } from '../messages/codec.js';
import { callerOf, type Give, giveFirst, giveSecond, giveSession, replying } from './arguments.js';
import { CloseReason } from './close-reason.js';
import type { HandlerOptions, MessageOptions } from './declaration.js';
import { isFirst, isForPongs, messageOptions, readMessage, whenOf } from './messages.js';
import { type PathVariable, pathValue } from './path-param.js';
import type { Place } from './place.js';
import { PongMessage } from './pong-message.js';
import { type EventArgument, headline, readEvent, type SplitMethod, splitMethod } from './signature.js';

/** What is known of an endpoint when its methods are read. */
export interface ReadingContext {
  /** Undefined for a client's endpoint, and where it is for `addEndpoint` to give it. */
  readonly path: string | undefined;
  /** The path's variables, where the path is known or there is none. */
  readonly variables: readonly string[] | undefined;
  readonly decoders: readonly Decoder[];
}

/** The handlers of a class, their calls to be bound to the place where it is served. */
export interface ReadClass {
  handlersAt(place: Place): Handlers;
  /** The path's variables that are given as numbers or booleans. */
  readonly converted: readonly PathVariable[];
  readonly maxMessageSize: { readonly text?: number; readonly binary?: number };
}

type Bind = (place: Place) => Invoker;
type Events = Map<TableEvent, { readonly title: string; readonly handler: Handler; readonly bind?: Bind }>;
type Decoded = { readonly handler: Handlers['decoded'][number]; readonly bind: Bind; readonly type: unknown };

/** What Jakarta has no decorators for comes with Moorage's own. */
const NATIVE_EVENTS: readonly string[] = ['frame', 'ping', 'pong'];
const JAKARTA_NAMES: Readonly<Record<string, string>> = {
  connect: '@OnOpen',
  message: '@OnMessage',
  close: '@OnClose',
  error: '@OnError',
};

/** Reads the methods of a class; whatever is wrong is added to the problems. */
export function readClass(methods: readonly ScannedMethod[], context: ReadingContext, problems: string[]): ReadClass {
  const events: Events = new Map();
  const decoded: Decoded[] = [];
  const converted: PathVariable[] = [];
  const sizes: { text?: number; binary?: number } = {};
  const refuse = (method: ScannedMethod, problem: string) => problems.push(`${headline(method)}: ${problem}`);
  for (const method of methods) {
    if (method.declaration.foreign === undefined) {
      readNative(method);
    } else {
      read(method);
    }
  }
  return {
    handlersAt: (place) => ({
      events: new Map(
        [...events].map(([event, { handler, bind }]) => [
          event,
          bind === undefined ? handler : { ...handler, invoke: bind(place) },
        ]),
      ),
      decoded: decoded.map(({ handler, bind }) => ({ ...handler, invoke: bind(place) })),
    }),
    converted,
    maxMessageSize: sizes,
  };

  function readNative(method: ScannedMethod): void {
    const { event } = method.declaration;
    if (!NATIVE_EVENTS.includes(event)) {
      problems.push(
        `${method.title} has a decorator of Moorage's own for what ${JAKARTA_NAMES[event]} is for here. Write ${JAKARTA_NAMES[event]} before it.`,
      );
      return;
    }
    for (const [name, handler] of readHandlers([method], problems).events) {
      take(name, method, handler);
    }
  }

  function read(method: ScannedMethod): void {
    const { event, given } = method.declaration;
    const options = event === 'message' ? messageOptions(given) : handlerOptions(method, given);
    if (typeof options === 'string') {
      refuse(method, options);
      return;
    }
    const split = splitMethod(method, options.pathParams, context.path, context.variables);
    if (typeof split === 'string') {
      refuse(method, split);
      return;
    }
    converted.push(...[...split.variables.values()].filter(({ type }) => type !== String));
    if (event !== 'message') {
      readEventMethod(method, event as 'connect' | 'close' | 'error', split);
    } else if (isForPongs(options, split)) {
      readEventMethod(method, 'pong', split, options as MessageOptions);
    } else {
      readMessageMethod(method, options, split);
    }
  }

  function readEventMethod(
    method: ScannedMethod,
    event: 'connect' | 'close' | 'error' | 'pong',
    split: SplitMethod,
    { maxMessageSize }: { readonly maxMessageSize?: number } = {},
  ): void {
    const signature = readEvent(event, split);
    if (typeof signature === 'string') {
      refuse(method, signature);
    } else if (maxMessageSize !== undefined) {
      refuse(method, 'maxMessageSize is for text and binary messages: a pong has at most 125 bytes. Leave it out.');
    } else {
      const bind: Bind = (place) => {
        const gives = givesOf(split, signature.arguments, place, (argument) => EVENT_GIVES[argument](place));
        const call = callerOf(method.name, gives);
        return event === 'pong' ? replying(call) : call;
      };
      take(event, method, handlerOf(method.name, signature.errorType), bind);
    }
  }

  function readMessageMethod(method: ScannedMethod, options: MessageOptions, split: SplitMethod): void {
    const reading = readMessage(options, split, context.decoders.length > 0);
    if (typeof reading === 'string') {
      refuse(method, reading);
      return;
    }
    const { target, signature } = reading;
    const bind: Bind = (place) => {
      const call = callerOf(
        method.name,
        givesOf(split, signature.arguments, place, (argument) =>
          isFirst(target.event, argument) ? giveFirst : giveSecond,
        ),
      );
      return signature.arguments.includes('bytes') ? withBytes(call, signature.bytesForm) : call;
    };
    const { name, title } = method;
    const event = tableEventOf(target.event);
    if (event === undefined) {
      const { decoder } = target;
      const twin = decoded.find(({ type }) => type !== undefined && type === reading.type && target.when === undefined);
      if (twin !== undefined && decoder === undefined) {
        problems.push(
          `${twin.handler.title} and ${title} both take messages that are decoded to ${(reading.type as { name: string }).name}. Remove one.`,
        );
      }
      decoded.push({ handler: { name, title, signature, decoder, when: whenOf(reading) }, bind, type: reading.type });
      for (const kind of ['text', 'binary'] as const) {
        if ((decoder === undefined ? context.decoders : [decoder]).some((each) => isFrom(kind, each))) {
          limit(method, kind, options.maxMessageSize);
        }
      }
      return;
    }
    const form = target.arrival ?? signature.arrival;
    const arriving = form === undefined ? {} : { arriving: { event: target.event as KindRule['event'], form } };
    take(event, method, { name, signature, ...arriving }, bind);
    limit(method, event as 'text' | 'binary', options.maxMessageSize);
  }

  function take(event: TableEvent, { title }: ScannedMethod, handler: Handler, bind?: Bind): void {
    const other = events.get(event);
    if (other !== undefined) {
      problems.push(
        `${other.title} and ${title} both handle ${EVENT_RULES[event].title}, and one must. Remove a decorator; an override replaces the handler of its name.`,
      );
      return;
    }
    events.set(event, bind === undefined ? { title, handler } : { title, handler, bind });
  }

  function limit(method: ScannedMethod, kind: 'text' | 'binary', size = -1): void {
    if (size === -1) return;
    const other = sizes[kind];
    if (other !== undefined && other !== size) {
      refuse(
        method,
        `maxMessageSize is ${size}, and ${other} of another method: it is known before a message is decoded, so it is one for all ${kind} messages. Make the two agree.`,
      );
    }
    sizes[kind] = size;
  }
}

const EVENT_GIVES: Readonly<Record<EventArgument, (place: Place) => Give>> = {
  session: () => giveSession,
  config: (place) => (session) => place.configOf(session),
  reason: () => (_session, code, phrase) => new CloseReason(code as number, phrase as string),
  error: () => giveFirst,
  pong: () => (_session, data) => new PongMessage(data as Buffer),
};

/** For each parameter, where it is of the path, the session, or the event's values. */
function givesOf<A>(
  split: SplitMethod,
  values: readonly (A | 'session')[],
  place: Place,
  giveValue: (value: A) => Give,
): readonly Give[] {
  return Array.from({ length: split.length }, (_, index): Give => {
    const variable = split.variables.get(index);
    if (variable !== undefined) {
      const { name, type } = variable;
      return type === String
        ? (session) => session.pathParameters[name]
        : (session) => pathValue(session.pathParameters, variable);
    }
    const value = values[split.indexes.indexOf(index)];
    if (value === 'session') {
      return split.isNative(index) ? giveSession : (session) => place.viewOf(session);
    }
    return giveValue(value as A);
  });
}

function handlerOf(name: PropertyKey, errorType: ErrorClass): Handler {
  const signature: Signature = { arguments: [], bytesForm: 'Buffer', errorType };
  return { name, signature };
}

function handlerOptions({ declaration }: ScannedMethod, [first]: readonly unknown[]): HandlerOptions | string {
  if (first === undefined) {
    return {};
  }
  if (typeof first !== 'object' || first === null) {
    return `${described(first)} is not a set of options. Accepted: { pathParams }.`;
  }
  const odd = Object.keys(first).find((name) => name !== 'pathParams');
  return odd === undefined
    ? (first as HandlerOptions)
    : `${odd} is not an option of ${declaration.foreign}. The option is pathParams.`;
}
