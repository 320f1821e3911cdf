import type { Decoder } from '../messages/codec.js';
import type { When } from '../messages/message-router.js';
import type { Invoker } from './dispatch-table.js';
import { decoratorName, SIGNATURE_RULES, type TableEvent } from './event-rules.js';
import { type ArrivalForm, type KindRule, tableEventOf } from './message-kinds.js';
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
  readonly arriving?: { readonly event: KindRule['event']; readonly form: ArrivalForm };
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

/** Finds the handlers among a class's methods; whatever is wrong is added to the problems. */
export function readHandlers(methods: readonly ScannedMethod[], problems: string[]): Handlers {
  const events = new Map<TableEvent, Handler>();
  const decoded: DecodedHandler[] = [];
  const titles = new Map<TableEvent, string[]>();
  for (const method of methods) {
    const { event, given, foreign } = method.declaration;
    if (foreign !== undefined) {
      problems.push(
        `${foreign} on ${method.title}: it is for classes with @ServerEndpoint or @ClientEndpoint. Write one of these before the class instead of @WebSocket, or ${decoratorName(event)} before the method.`,
      );
      continue;
    }
    const target = event === 'message' ? messageTarget(factsOf(method), given) : { event };
    const read = typeof target === 'string' ? target : readSignature(target.event, factsOf(method), formOf(target));
    if (typeof target !== 'string') {
      const handled = tableEventOf(target.event);
      if (handled !== undefined) {
        titles.set(handled, [...(titles.get(handled) ?? []), method.title]);
      }
    }
    const problem = typeof target === 'string' || typeof read === 'string' ? read : otherStream(target, read);
    if (typeof target === 'string' || typeof read === 'string' || problem !== undefined) {
      problems.push(`${headline(method)}: ${String(problem)}`);
    } else {
      take(target, method, read);
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

  function take(target: Target, { name, title }: ScannedMethod, signature: Signature): void {
    const event = tableEventOf(target.event);
    if (event === undefined) {
      const { decoder, when } = target as MessageTarget;
      decoded.push({ name, title, signature, decoder, when });
      return;
    }
    const form = 'arrival' in target ? target.arrival : signature.arrival;
    events.set(
      event,
      form === undefined
        ? { name, signature }
        : { name, signature, arriving: { event: target.event as KindRule['event'], form } },
    );
  }
}

type Target = MessageTarget | { readonly event: TableEvent };

function formOf(target: Target): KindRule['form'] {
  return 'form' in target ? target.form : undefined;
}

/** A kind that is written out means one kind of stream, and the parameter's type another. */
function otherStream(target: Target, { arrival }: Signature): string | undefined {
  return 'arrival' in target && arrival !== undefined && target.arrival !== arrival
    ? 'its parameter is another kind of stream than the kind that is written out means: -stream is a Readable, -web-stream a ReadableStream. Make the two agree.'
    : undefined;
}

function factsOf({ types, arity, declaration }: ScannedMethod): MethodFacts {
  // Types that stand beside standard decorators were not written by their compiler, so they say nothing.
  return { types: declaration.flavour === 'legacy' ? types : undefined, arity, flavour: declaration.flavour };
}

function headline(method: ScannedMethod): string {
  return `${decoratorName(method.declaration.event)} on ${method.title}${shown(factsOf(method))}`;
}
