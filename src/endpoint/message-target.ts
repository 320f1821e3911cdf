import { type Decoder, isDecoder, isSchema } from '../messages/codec.js';
import { problemWithWhen, type When } from '../messages/message-router.js';
import { described } from './described.js';
import { type ArrivalForm, isMessageKind, KIND_NAMES, type KindRule, MESSAGE_KINDS } from './message-kinds.js';
import { isTypeUnknown, kindOf, type MethodFacts, unknownBecause } from './signature.js';

/** What `@OnWebSocketMessage` stands for. */
export interface MessageTarget extends KindRule {
  readonly arrival?: ArrivalForm | undefined;
  /** The decoder that is written out; where it is missing from a decoded message's target, the endpoint's. */
  readonly decoder?: Decoder | undefined;
  readonly when?: When | undefined;
}

/** As they were written: `as` says what is taken, `when` which of it. */
interface Written {
  readonly as: unknown;
  readonly when: unknown;
}

const BARE_SCHEMA =
  'it is given a schema, which says what a message must be and not how it is read. Write @OnWebSocketMessage(json(schema)), or give a decoder of your own the schema.';

/** What the arguments of `@OnWebSocketMessage`, or else the method's types, say; or a text that says what is wrong. */
export function messageTarget(facts: MethodFacts, given: readonly unknown[]): MessageTarget | string {
  const written = writtenOf(given);
  if (typeof written === 'string') {
    return written;
  }
  const { as, when } = written;
  const problem = problemWithWhen(when);
  if (problem !== undefined) {
    return problem;
  }
  const target = as === undefined ? undeclared(facts, when) : declared(as);
  if (typeof target === 'string' || when === undefined) {
    return target;
  }
  if (target.event !== 'decoded') {
    return `\`when\` chooses among decoded messages, but ${described(as)} is not decoded. Name a decoder, as in @OnWebSocketMessage(json(), { when: … }), or leave \`as\` out.`;
  }
  return { ...target, when: when as When };
}

function writtenOf([first, second]: readonly unknown[]): Written | string {
  if (isSchema(first)) {
    return BARE_SCHEMA;
  }
  if (typeof first !== 'object' || first === null || isDecoder(first)) {
    if (second === undefined) {
      return { as: first, when: undefined };
    }
    const options = optionsOf(second, ['when']);
    return typeof options === 'string' ? options : { as: first, when: options['when'] };
  }
  const looksLikeDecoder = 'decode' in first || 'from' in first;
  if (looksLikeDecoder) {
    return "it is given what is not quite a decoder. One has a name, from ('text', 'binary', 'text-stream' or 'binary-stream'), a method decode, and may have willDecode and schema.";
  }
  const options = optionsOf(first, ['as', 'when']);
  return typeof options === 'string' ? options : { as: options['as'], when: options['when'] };
}

function optionsOf(options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> | string {
  if (typeof options !== 'object' || options === null) {
    return `${described(options)} is not a set of options. They are ${known.join(' and ')}.`;
  }
  const odd = Object.keys(options).find((name) => !known.includes(name));
  return odd === undefined
    ? (options as Readonly<Record<string, unknown>>)
    : `${odd} is not an option of @OnWebSocketMessage. The options are ${known.join(' and ')}.`;
}

function declared(as: unknown): MessageTarget | string {
  if (isSchema(as)) {
    return BARE_SCHEMA;
  }
  if (isMessageKind(as)) {
    return MESSAGE_KINDS[as];
  }
  if (isDecoder(as)) {
    return { event: 'decoded', decoder: as };
  }
  return `${described(as)} is not a kind of message. The kinds are ${KIND_NAMES}; a decoder such as json() stands for itself.`;
}

/** Nothing is written out: what has a `when` is decoded, else the types must say. */
function undeclared(facts: MethodFacts, when: unknown): MessageTarget | string {
  if (when !== undefined) {
    return MESSAGE_KINDS.decoded;
  }
  const found = kindOf(facts.types ?? []);
  if (found === 'both') {
    return 'it takes text and bytes, but a message is one or the other. Write a method for each.';
  }
  if (found !== undefined) {
    return found.event.endsWith('-partial') ? { ...found, arrival: 'partial' } : found;
  }
  if (facts.types !== undefined && !facts.types.some(isTypeUnknown)) {
    return (
      'none of its parameters can be given a message. It takes a String (text) or a Buffer, Uint8Array or ArrayBuffer (binary), ' +
      'either with a Boolean (in parts), or a Readable or ReadableStream (binary), and a Session if wanted, in any order; ' +
      "objects with a decoder, as in @OnWebSocketMessage(json()), or with 'decoded'."
    );
  }
  return (
    `it can't be told whether it takes text or binary messages: ${unknownBecause(facts)}. Write the kind out, as in ` +
    `@OnWebSocketMessage('text') before (text) or (session, text), in this order; the kinds are ${KIND_NAMES}; a decoder ` +
    'such as json() stands for itself. Where types are emitted, a parameter of type String, Buffer, Uint8Array, ArrayBuffer, Readable or ' +
    'ReadableStream says it as well.'
  );
}
