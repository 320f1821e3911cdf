import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { Flavour } from './declaration.js';
import type { ErrorClass } from './dispatch-table.js';
import {
  type Argument,
  type BytesForm,
  type EventRule,
  type FormEvent,
  SIGNATURE_RULES,
  type TableEvent,
} from './event-rules.js';
import { Frame } from './frame.js';
import type { ArrivalForm, KindRule } from './message-kinds.js';
import { Session } from './session.js';

/** What is known of a method's parameters. */
export interface MethodFacts {
  /** As the compiler wrote them down; undefined where it didn't. */
  readonly types: readonly unknown[] | undefined;
  /** The function's `length`. */
  readonly arity: number;
  readonly flavour: Flavour;
}

/** What a method's parameters are given, in its own order. */
export interface Signature {
  readonly arguments: readonly Argument[];
  readonly bytesForm: BytesForm;
  readonly errorType: ErrorClass;
  /** The kind of stream that a parameter's type asks for. */
  readonly arrival?: ArrivalForm | undefined;
}

/** What a parameter's type says: an argument, an argument in one form, or not enough (an interface, union or type import). */
interface Parameter {
  readonly argument: Argument | 'unknown' | 'refused';
  readonly bytesForm?: BytesForm;
  readonly errorType?: ErrorClass;
  readonly arrival?: ArrivalForm;
}

const UNKNOWN: Parameter = { argument: 'unknown' };
const REFUSED: Parameter = { argument: 'refused' };

/**
 * Finds what each parameter of a handler is given, by these rules:
 *
 * 1. A parameter whose type is known gets what has that type, wherever it stands.
 * 2. Where some types aren't known (an interface, a union, `import type`; or none were emitted), the arguments stand in
 *    Jetty's order: the session first, then the event's values. Whatever agrees with that order, with the types that are
 *    known and with the number of parameters must be one single reading, or the signature is refused as ambiguous.
 * 3. With standard decorators, where the compiler checks the order, a handler takes none of the event's values or all.
 *
 * @returns the signature, or a text that says what is wrong with it.
 */
export function readSignature(event: TableEvent | FormEvent, facts: MethodFacts, form?: BytesForm): Signature | string {
  const rule = SIGNATURE_RULES[event];
  const types = facts.types ?? new Array<unknown>(facts.arity).fill(undefined);
  const parameters = types.map((type) => parameterOf(type, event));
  const problem = problemWith(parameters, types, rule);
  if (problem !== undefined) {
    return problem;
  }
  const read = parameters.some(isUnknown)
    ? onlyReading(parameters, rule, facts)
    : parameters.map((parameter) => parameter.argument as Argument);
  if (typeof read === 'string') {
    return read;
  }
  if (rule.required && !rule.values.every((value) => read.includes(value))) {
    return `it has no parameter for the ${rule.values.map(parameterName).join(' and the ')}. ${accepted(rule, facts)}`;
  }
  const declaredForm = parameters.find((parameter) => parameter.bytesForm !== undefined)?.bytesForm;
  if (form !== undefined && declaredForm !== undefined && form !== declaredForm) {
    return `its parameter is ${withArticle(declaredForm)}, but the kind that is written out means ${withArticle(form)}. Make the two agree.`;
  }
  return {
    arguments: read,
    bytesForm: declaredForm ?? form ?? 'Buffer',
    errorType: parameters.find((parameter) => parameter.errorType !== undefined)?.errorType ?? Error,
    arrival: parameters.find((parameter) => parameter.arrival !== undefined)?.arrival,
  };
}

/** What kind of message the parameter types say, as far as they do. */
export function kindOf(types: readonly unknown[]): KindRule | 'both' | undefined {
  const has = (event: TableEvent | FormEvent, argument: Argument) =>
    types.some((type) => parameterOf(type, event).argument === argument);
  const [text, binary] = [has('text', 'string'), has('binary', 'bytes')];
  if (text && binary) {
    return 'both';
  }
  if (has('binary-stream', 'stream')) {
    return { event: 'binary-stream' };
  }
  const partial = has('text-partial', 'last');
  if (text) {
    return { event: partial ? 'text-partial' : 'text' };
  }
  return binary ? { event: partial ? 'binary-partial' : 'binary' } : undefined;
}

/** A signature as it was found: with its types, or with as many parameters. */
export function shown(facts: MethodFacts): string {
  return `(${(facts.types ?? new Array<unknown>(facts.arity).fill(undefined)).map(typeName).join(', ')})`;
}

function typeName(type: unknown): string {
  return isTypeUnknown(type) ? '?' : (type as { readonly name: string }).name;
}

/** Whether nothing of a type is left at run time. */
export function isTypeUnknown(type: unknown): boolean {
  // What the compiler writes for an interface, a union and a type import: Object, Object and Function.
  return typeof type !== 'function' || type === Object || type === Function;
}

function parameterOf(type: unknown, event: TableEvent | FormEvent): Parameter {
  if (isTypeUnknown(type)) {
    return UNKNOWN;
  }
  const found = argumentOfType(type as ErrorClass);
  if (event === 'decoded') {
    return found.argument === 'session' ? found : { argument: 'value' }; // A decoder may make anything.
  }
  const argument = found.argument === 'string' && event === 'close' ? 'reason' : found.argument;
  const { values } = SIGNATURE_RULES[event];
  return argument === 'session' || values.includes(argument as Argument) ? { ...found, argument } : REFUSED;
}

function argumentOfType(type: ErrorClass | typeof Session): Parameter {
  switch (type as unknown) {
    case Session:
      return { argument: 'session' };
    case String:
      return { argument: 'string' };
    case Number:
      return { argument: 'code' };
    case Boolean:
      return { argument: 'last' };
    case Readable:
      return { argument: 'stream', arrival: 'stream' };
    case ReadableStream:
      return { argument: 'stream', arrival: 'web-stream' };
    case Frame:
      return { argument: 'frame' };
    case Buffer:
      return { argument: 'bytes', bytesForm: 'Buffer' };
    case Uint8Array:
      return { argument: 'bytes', bytesForm: 'Uint8Array' };
    case ArrayBuffer:
      return { argument: 'bytes', bytesForm: 'ArrayBuffer' };
    default:
      return type === (Error as unknown) || type.prototype instanceof Error
        ? { argument: 'error', errorType: type as ErrorClass }
        : REFUSED;
  }
}

function isUnknown(parameter: Parameter): boolean {
  return parameter.argument === 'unknown';
}

function problemWith(parameters: readonly Parameter[], types: readonly unknown[], rule: EventRule): string | undefined {
  const refused = parameters.findIndex((parameter) => parameter.argument === 'refused');
  if (refused !== -1) {
    return `parameter ${refused + 1} is ${withArticle(typeName(types[refused]))}, which a handler of ${rule.title} is never given. It takes ${rule.typed}.`;
  }
  const known = parameters.filter((parameter) => !isUnknown(parameter)).map((parameter) => parameter.argument);
  if (new Set(known).size < known.length) {
    return `two of its parameters would be given the same value. It takes ${rule.typed}.`;
  }
  return undefined;
}

/** The one list of arguments in Jetty's order that agrees with what is known, or why there is none. */
function onlyReading(
  parameters: readonly Parameter[],
  rule: EventRule,
  facts: MethodFacts,
): readonly Argument[] | string {
  const readings = readingsOf(rule, facts.flavour).filter(
    (reading) =>
      reading.length === parameters.length &&
      parameters.every((parameter, index) => isUnknown(parameter) || parameter.argument === reading[index]),
  );
  const [reading] = readings;
  if (readings.length === 1 && reading !== undefined) {
    return reading;
  }
  if (readings.length === 0) {
    const mixed =
      facts.types === undefined
        ? ''
        : ` Where a type is not known (${unknownBecause(facts)}) they must stand in the order ${rule.plain}.`;
    return `its parameters can't be given what they ask for. ${accepted(rule, facts)}${mixed}`;
  }
  return (
    `what its parameters are can't be told: ${unknownBecause(facts)}. They could be ` +
    `${readings.map((list) => `(${list.map(parameterName).join(', ')})`).join(' or ')}. ${accepted(rule, facts)}`
  );
}

/** Every list of arguments in Jetty's order that a handler may take. */
function readingsOf(rule: EventRule, flavour: Flavour): readonly (readonly Argument[])[] {
  const wholes: readonly (readonly Argument[])[] =
    rule.required || rule.values.length === 0 ? [rule.values] : [[], rule.values];
  const lists = flavour === 'standard' || rule.required ? wholes : sublists(rule.values);
  const withSession = lists.map((list): readonly Argument[] => ['session', ...list]);
  // With standard decorators a session alone is a reading only where the event has no values.
  return [...lists, ...withSession.filter((list) => flavour === 'legacy' || list.length === rule.values.length + 1)];
}

function sublists(values: readonly Argument[]): readonly (readonly Argument[])[] {
  const [first, ...rest] = values;
  if (first === undefined) {
    return [[]];
  }
  const without = sublists(rest);
  return [...without, ...without.map((list): readonly Argument[] => [first, ...list])];
}

function accepted(rule: EventRule, facts: MethodFacts): string {
  return facts.types === undefined
    ? `It takes ${rule.plain}, in this order; parameters with a default value and rest parameters do not count.`
    : `It takes ${rule.typed}.`;
}

/** Why a parameter's type isn't known, and how to make it so. */
export function unknownBecause(facts: MethodFacts): string {
  if (facts.flavour === 'standard') {
    return 'standard decorators carry no parameter types';
  }
  return facts.types === undefined
    ? 'the tool that compiled the class emitted no parameter types (tsx and esbuild never do, tsc and swc do with emitDecoratorMetadata)'
    : 'a type marked ? is an interface, a union or imported with `import type`, and nothing of it is left at run time';
}

const PARAMETER_NAMES: Readonly<Record<Argument, string>> = {
  session: 'session',
  string: 'text',
  bytes: 'bytes',
  last: 'last flag',
  stream: 'stream',
  value: 'message',
  frame: 'frame',
  code: 'statusCode',
  reason: 'reason',
  error: 'error',
};

function parameterName(argument: Argument): string {
  return PARAMETER_NAMES[argument];
}

function withArticle(type: string): string {
  return `${/^[AEIO]/.test(type) ? 'an' : 'a'} ${type}`;
}
