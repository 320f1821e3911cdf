import { described } from './described.js';
import {
  type BytesForm,
  decoratorName,
  EVENT_RULES,
  isMessageKind,
  MESSAGE_KINDS,
  type TableEvent,
} from './event-rules.js';
import type { ScannedMethod } from './scanner.js';
import {
  isTypeUnknown,
  type MethodFacts,
  messageKindOf,
  readSignature,
  type Signature,
  shown,
  unknownBecause,
} from './signature.js';

/** The method that handles an event, and what its parameters are given. */
export interface Handler {
  readonly name: PropertyKey;
  readonly signature: Signature;
}

/** What a declaration stands for, or what is wrong with it. */
type Target = { readonly event: TableEvent; readonly form?: BytesForm | undefined } | string;

/** Finds the one handler of each event among a class's methods; whatever is wrong is added to the problems. */
export function readHandlers(methods: readonly ScannedMethod[], problems: string[]): ReadonlyMap<TableEvent, Handler> {
  const handlers = new Map<TableEvent, Handler>();
  const titles = new Map<TableEvent, string[]>();
  for (const method of methods) {
    const target = targetOf(method);
    if (typeof target === 'string') {
      problems.push(`${headline(method)}: ${target}`);
      continue;
    }
    titles.set(target.event, [...(titles.get(target.event) ?? []), method.title]);
    const signature = readSignature(target.event, factsOf(method), target.form);
    if (typeof signature === 'string') {
      problems.push(`${headline(method)}: ${signature}`);
    } else {
      handlers.set(target.event, { name: method.name, signature });
    }
  }
  for (const [event, found] of titles) {
    if (found.length > 1) {
      problems.push(
        `${found.join(' and ')} both handle ${EVENT_RULES[event].title}, and one must. Remove a decorator; an override replaces the handler of its name.`,
      );
    }
  }
  return handlers;
}

function factsOf({ types, arity, declaration }: ScannedMethod): MethodFacts {
  // Types that stand beside standard decorators were not written by their compiler, so they say nothing.
  return { types: declaration.flavour === 'legacy' ? types : undefined, arity, flavour: declaration.flavour };
}

function headline(method: ScannedMethod): string {
  return `${decoratorName(method.declaration.event)} on ${method.title}${shown(factsOf(method))}`;
}

function targetOf(method: ScannedMethod): Target {
  const { event, kind } = method.declaration;
  return event === 'message' ? messageTarget(factsOf(method), kind) : { event };
}

function messageTarget(facts: MethodFacts, kind: unknown): Target {
  if (isMessageKind(kind)) {
    return MESSAGE_KINDS[kind];
  }
  const kinds = Object.keys(MESSAGE_KINDS)
    .map((name) => `'${name}'`)
    .join(', ');
  if (kind !== undefined) {
    return `${described(kind)} is not a kind of message. The kinds are ${kinds}.`;
  }
  const found = messageKindOf(facts.types ?? []);
  if (found === 'both') {
    return 'it takes text and bytes, but a message is one or the other. Write a method for each.';
  }
  if (found !== undefined) {
    return { event: found };
  }
  if (facts.types !== undefined && !facts.types.some(isTypeUnknown)) {
    return (
      'none of its parameters can be given a message. It takes a String (text) or a Buffer, Uint8Array or ArrayBuffer (binary), ' +
      'and a Session if wanted, in any order.'
    );
  }
  return (
    `it can't be told whether it takes text or binary messages: ${unknownBecause(facts)}. Write the kind out, as in ` +
    `@OnWebSocketMessage('text') before (text) or (session, text), in this order; the kinds are ${kinds}. ` +
    'Where types are emitted, a parameter of type String, Buffer, Uint8Array or ArrayBuffer says it as well.'
  );
}
