import type { Decoder } from '../messages/codec.js';
import type { When } from '../messages/message-router.js';
import type { Invoker } from './dispatch-table.js';
import { decoratorName, type FormEvent, SIGNATURE_RULES, type TableEvent } from './event-rules.js';
import { type ArrivalForm, tableEventOf } from './message-kinds.js';
import { type MessageTarget, messageTarget } from './message-target.js';
import type { ScannedMethod } from './scanner.js';
import { type MethodFacts, readSignature, type Signature, shown } from './signature.js';

/** The method that handles an event, and what its parameters are given. */
export interface Handler {
  readonly name: PropertyKey;
  readonly signature: Signature;
  /** The call, where a front end has one of its own; otherwise the signature says it. */
  readonly invoke?: Invoker;
  /** For messages in another form than whole: which. */
  readonly arriving?: { readonly event: TableEvent | FormEvent; readonly form: ArrivalForm };
}

/** A method that handles decoded messages: all, or those that it is for. */
export interface DecodedHandler {
  readonly name: PropertyKey;
  /** For messages of errors. */
  readonly title: string;
  readonly signature: Signature;
  /** The call, where a front end has one of its own; otherwise the signature says it. */
  readonly invoke?: Invoker;
  /** Left out for what the endpoint's own decoders make. */
  readonly decoder: Decoder | undefined;
  readonly when: When | undefined;
}

/** A class's handlers: one for each event at most, and any number for decoded messages. */
export interface Handlers {
  readonly events: ReadonlyMap<TableEvent, Handler>;
  readonly decoded: readonly DecodedHandler[];
}

/** What a decorator stands for. */
type Target = MessageTarget | { readonly event: TableEvent };

/** Finds the handlers among a class's methods; whatever is wrong is added to the problems. */
export function readHandlers(methods: readonly ScannedMethod[], problems: string[]): Handlers {
  const events = new Map<TableEvent, Handler>();
  const decoded: DecodedHandler[] = [];
  const titles = new Map<TableEvent, string[]>();
  for (const method of methods) {
    const target = targetOf(method);
    if (typeof target === 'string') {
      problems.push(`${headline(method)}: ${target}`);
      continue;
    }
    const event = tableEventOf(target.event);
    if (event !== undefined) {
      titles.set(event, [...(titles.get(event) ?? []), method.title]);
    }
    const signature = signatureOf(method, target);
    if (typeof signature === 'string') {
      problems.push(`${headline(method)}: ${signature}`);
    } else if (event === undefined) {
      decoded.push(decodedHandler(method, target, signature));
    } else {
      events.set(event, handlerOf(method, target, signature));
    }
  }
  for (const [event, found] of titles) {
    if (found.length > 1) {
      problems.push(
        `${found.join(' and ')} both handle ${SIGNATURE_RULES[event].title}, and one must. Remove a decorator; an override replaces the handler of its name.`,
      );
    }
  }
  return { events, decoded };
}

function targetOf(method: ScannedMethod): Target | string {
  const { event, given, foreign } = method.declaration;
  if (foreign !== undefined) {
    return `it is for classes with @ServerEndpoint or @ClientEndpoint. Write one of these before the class in the place of @WebSocket, or ${decoratorName(event)} before the method.`;
  }
  return event === 'message' ? messageTarget(factsOf(method), given) : { event };
}

function signatureOf(method: ScannedMethod, target: Target): Signature | string {
  const signature = readSignature(target.event, factsOf(method), 'form' in target ? target.form : undefined);
  const written = arrivalOf(target);
  return typeof signature === 'string' || written === undefined || (signature.arrival ?? written) === written
    ? signature
    : 'its parameter is another kind of stream than the kind that is written out means: -stream is a Readable, -web-stream a ReadableStream. Make the two agree.';
}

function handlerOf({ name }: ScannedMethod, target: Target, signature: Signature): Handler {
  const form = arrivalOf(target) ?? signature.arrival;
  return form === undefined ? { name, signature } : { name, signature, arriving: { event: target.event, form } };
}

function decodedHandler({ name, title }: ScannedMethod, target: Target, signature: Signature): DecodedHandler {
  const { decoder, when } = target as MessageTarget;
  return { name, title, signature, decoder, when };
}

function arrivalOf(target: Target): ArrivalForm | undefined {
  return 'arrival' in target ? target.arrival : undefined;
}

function factsOf({ types, arity, declaration }: ScannedMethod): MethodFacts {
  // Types that stand beside standard decorators were not written by their compiler, so they say nothing.
  return { types: declaration.flavour === 'legacy' ? types : undefined, arity, flavour: declaration.flavour };
}

function headline(method: ScannedMethod): string {
  const { event, foreign = decoratorName(event) } = method.declaration;
  return `${foreign} on ${method.title}${shown(factsOf(method))}`;
}
