import { described } from '../endpoint/described.js';
import type { ErrorClass } from '../endpoint/dispatch-table.js';
import { nearestName } from '../endpoint/nearest.js';
import type { ScannedMethod } from '../endpoint/scanner.js';
import { Session as NativeSession } from '../endpoint/session.js';
import { isTypeUnknown, type MethodFacts, shown, unknownBecause } from '../endpoint/signature.js';
import { CloseReason } from './close-reason.js';
import { EndpointConfig } from './endpoint-config.js';
import { type PathParamSpec, type PathParamType, type PathVariable, pathParamsOf } from './path-param.js';
import { PongMessage } from './pong-message.js';
import { Session } from './session.js';

/** A method with the parameters that are given the path's variables put aside. */
export interface SplitMethod {
  /** Of the other parameters. Their `Session` types are Moorage's own. */
  readonly facts: MethodFacts;
  /** Where the other parameters stand. */
  readonly indexes: readonly number[];
  /** Where parameters are given variables of the path, and which. */
  readonly variables: ReadonlyMap<number, PathVariable>;
  /** How many parameters there are. */
  readonly length: number;
  /** Whether a parameter's type is Moorage's own session. */
  isNative(index: number): boolean;
}

/** @returns a text that says what is wrong with the path's parameters. */
export function splitMethod(
  method: ScannedMethod,
  trailing: unknown,
  path: string | undefined,
  known: readonly string[] | undefined,
): SplitMethod | string {
  const facts = factsOf(method);
  const length = facts.types?.length ?? facts.arity;
  const specs = new Map(pathParamsOf(method.owner, method.name));
  const problem = addTrailing(specs, trailing, length);
  if (problem !== undefined) {
    return problem;
  }
  const variables = new Map<number, PathVariable>();
  for (const [index, spec] of specs) {
    const variable = variableOf(spec, index, facts, path, known);
    if (typeof variable === 'string') {
      return variable;
    }
    variables.set(index, variable);
  }
  // A decorated parameter counts even if it has a default value, which the function's length does not tell.
  const all = Math.max(length, ...[...variables.keys()].map((index) => index + 1));
  const indexes = Array.from({ length: all }, (_, index) => index).filter((index) => !variables.has(index));
  const types = facts.types && indexes.map((index) => facts.types?.[index]);
  return {
    facts: {
      types: types?.map((type) => (type === Session ? NativeSession : type)),
      arity: indexes.length,
      flavour: facts.flavour,
    },
    indexes,
    variables,
    length: all,
    isNative: (index) => facts.types?.[index] === NativeSession,
  };
}

/** `@OnOpen on Chat.onOpen(Session, String)`. */
export function headline(method: ScannedMethod): string {
  return `${method.declaration.foreign} on ${method.title}${shown(factsOf(method))}`;
}

export function factsOf({ types, arity, declaration }: ScannedMethod): MethodFacts {
  // Types that stand beside standard decorators were not written by their compiler, so they say nothing.
  return { types: declaration.flavour === 'legacy' ? types : undefined, arity, flavour: declaration.flavour };
}

function addTrailing(specs: Map<number, PathParamSpec>, trailing: unknown, length: number): string | undefined {
  if (trailing === undefined) {
    return undefined;
  }
  if (!Array.isArray(trailing) || !trailing.every(isSpec)) {
    return `pathParams is ${described(trailing)}. Accepted: a list of names of the path's variables and of pathParam(name, type), such as ['room', pathParam('level', Number)].`;
  }
  if (trailing.length > length) {
    return `pathParams lists ${trailing.length}, and it has ${length} parameters. The path's variables are its last parameters; parameters with a default value and rest parameters do not count.`;
  }
  for (const [index, spec] of trailing.entries()) {
    specs.set(length - trailing.length + index, typeof spec === 'string' ? { name: spec, type: String } : spec);
  }
  return undefined;
}

function isSpec(value: unknown): value is string | PathParamSpec {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'name' in value);
}

const PATH_TYPES: readonly unknown[] = [String, Number, Boolean] satisfies PathParamType[];

function variableOf(
  { name, type }: PathParamSpec,
  index: number,
  { types }: MethodFacts,
  path: string | undefined,
  known: readonly string[] | undefined,
): PathVariable | string {
  if (known !== undefined && !known.includes(name)) {
    const nearest = nearestName(String(name), known);
    const meant = nearest === undefined ? `They are: ${known.join(', ') || 'none'}.` : `Did you mean ${nearest}?`;
    return path === undefined
      ? `parameter ${index + 1} is the path's variable ${described(name)}, and a client's endpoint has no path.`
      : `the path ${path} has no variable ${described(name)}. ${meant}`;
  }
  const emitted = types?.[index];
  const asked = type ?? (emitted === undefined || isTypeUnknown(emitted) ? String : emitted);
  if (!PATH_TYPES.includes(asked)) {
    return `parameter ${index + 1} is the path's variable ${described(name)} and a ${(asked as { name: string }).name}. It can be a String, Number or Boolean.`;
  }
  if (type !== undefined && emitted !== undefined && !isTypeUnknown(emitted) && emitted !== type) {
    return `parameter ${index + 1} is a ${(emitted as { name: string }).name}, but its decorator says ${type.name}. Make the two agree.`;
  }
  return { name, type: asked as PathParamType };
}

/** What is given to a parameter of @OnOpen, @OnClose, @OnError or a pong's @OnMessage. */
export type EventArgument = 'session' | 'config' | 'reason' | 'error' | 'pong';

interface EventForm {
  readonly value: EventArgument;
  readonly required: boolean;
  readonly typed: string;
  readonly plain: string;
}

const EVENT_FORMS = {
  connect: {
    value: 'config',
    required: false,
    typed: 'any of a Session, an EndpointConfig and @PathParams, in any order',
    plain: '(), (session) or (session, config), then pathParams',
  },
  close: {
    value: 'reason',
    required: false,
    typed: 'any of a Session, a CloseReason and @PathParams, in any order',
    plain: '(), (closeReason) or (session, closeReason), then pathParams',
  },
  error: {
    value: 'error',
    required: true,
    typed: 'an Error or a subclass of it, and any of a Session and @PathParams, in any order',
    plain: '(cause) or (session, cause), then pathParams',
  },
  pong: {
    value: 'pong',
    required: true,
    typed: 'a PongMessage, and any of a Session and @PathParams, in any order',
    plain: '(pong) or (session, pong), then pathParams',
  },
} as const satisfies Record<string, EventForm>;

export interface EventSignature {
  readonly arguments: readonly EventArgument[];
  readonly errorType: ErrorClass;
}

/** What the parameters of an event's method are given, or a text that says what is wrong with them. */
export function readEvent(event: keyof typeof EVENT_FORMS, { facts, indexes }: SplitMethod): EventSignature | string {
  const form: EventForm = EVENT_FORMS[event];
  const types = facts.types ?? new Array<unknown>(facts.arity).fill(undefined);
  const found = types.map((type) => (isTypeUnknown(type) ? undefined : argumentOf(type)));
  const odd = found.findIndex(
    (argument) => argument !== undefined && argument !== 'session' && argument !== form.value,
  );
  if (odd !== -1) {
    const name = (types[odd] as { name: string }).name;
    return `parameter ${(indexes[odd] ?? 0) + 1} is ${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}, which it is never given. It takes ${form.typed}.`;
  }
  const read = found.includes(undefined) ? inOrder(found, form, facts) : (found as EventArgument[]);
  if (typeof read === 'string') {
    return read;
  }
  if (new Set(read).size < read.length) {
    return `two of its parameters would be given the same value. It takes ${form.typed}.`;
  }
  if (form.required && !read.includes(form.value)) {
    return `it has no parameter for ${form.value === 'error' ? 'the Error' : 'the PongMessage'}. It takes ${facts.types === undefined ? form.plain : form.typed}.`;
  }
  const errorType = types[read.indexOf('error')];
  return { arguments: read, errorType: isTypeUnknown(errorType) ? Error : (errorType as ErrorClass) };
}

/** Where types aren't known the session comes first, and what is known must agree. */
function inOrder(
  found: readonly (EventArgument | 'refused' | undefined)[],
  { value, required, plain }: EventForm,
  facts: MethodFacts,
): EventArgument[] | string {
  const alone: EventArgument = required || value === 'reason' ? value : 'session';
  const orders: readonly (readonly EventArgument[])[] = [[], [alone], ['session', value]];
  const order = orders[found.length];
  return order?.every((argument, index) => found[index] === undefined || found[index] === argument)
    ? [...order]
    : `its parameters can't be given what they ask for: ${unknownBecause(facts)}, so they must stand in the order ${plain}.`;
}

function argumentOf(type: unknown): EventArgument | 'refused' {
  switch (type) {
    case NativeSession:
      return 'session';
    case EndpointConfig:
      return 'config';
    case CloseReason:
      return 'reason';
    case PongMessage:
      return 'pong';
    default:
      return type === Error || (type as ErrorClass).prototype instanceof Error ? 'error' : 'refused';
  }
}
