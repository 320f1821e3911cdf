import { described } from '../endpoint/described.js';
import { type FormEvent, SIGNATURE_RULES } from '../endpoint/event-rules.js';
import { type MessageTarget, messageTarget } from '../endpoint/message-target.js';
import { Session as NativeSession } from '../endpoint/session.js';
import { isTypeUnknown, kindOf, type MethodFacts, readSignature, type Signature } from '../endpoint/signature.js';
import { type Decoder, isDecoder, type TextMessageDecoder } from '../messages/codec.js';
import type { When } from '../messages/message-router.js';
import { CloseReason } from './close-reason.js';
import type { MessageOptions } from './declaration.js';
import { EndpointConfig } from './endpoint-config.js';
import { PongMessage } from './pong-message.js';
import type { SplitMethod } from './signature.js';

/** What a method with @OnMessage takes, pongs excepted. */
export interface MessageReading {
  readonly target: MessageTarget;
  readonly signature: Signature;
  /** For decoded messages: the class that its parameter asks for. */
  readonly type: Class | undefined;
}

type Class = abstract new (...args: never[]) => object;
type MessageTypes = readonly unknown[];

const OPTIONS = ['as', 'when', 'maxMessageSize', 'pathParams'];

/** The options of @OnMessage, or a text that says what is wrong with them. */
export function messageOptions([first]: readonly unknown[]): MessageOptions | string {
  if (typeof first !== 'object' || first === null || isDecoder(first)) {
    return first === undefined ? {} : { as: first as Decoder };
  }
  const odd = Object.keys(first).find((name) => !OPTIONS.includes(name));
  if (odd !== undefined) {
    return `${odd} is not an option of @OnMessage. The options are ${OPTIONS.join(', ')}.`;
  }
  const { maxMessageSize = -1 } = first as MessageOptions;
  const isSize = maxMessageSize === -1 || (Number.isSafeInteger(maxMessageSize) && maxMessageSize >= 1);
  return isSize
    ? (first as MessageOptions)
    : `maxMessageSize is ${described(maxMessageSize)}. Accepted: a whole number of bytes from 1, or -1 for the endpoint's own limit.`;
}

export function isForPongs({ as }: MessageOptions, { facts }: SplitMethod): boolean {
  return as === 'pong' || (as === undefined && facts.types?.includes(PongMessage) === true);
}

/** What a method takes, or a text that says what is wrong with it. */
export function readMessage(options: MessageOptions, split: SplitMethod, decodes: boolean): MessageReading | string {
  const { facts } = split;
  const target = targetOf(options, facts, decodes);
  if (typeof target === 'string') {
    return ours(target, split);
  }
  const signature = readSignature(target.event, facts, target.form);
  if (typeof signature === 'string') {
    return ours(signature, split);
  }
  if ('arrival' in target && signature.arrival !== undefined && target.arrival !== signature.arrival) {
    return 'its parameter is another kind of stream than the kind that is written out means: -stream is a Readable, -web-stream a ReadableStream. Make the two agree.';
  }
  if (target.event === 'decoded' && target.decoder === undefined && !decodes) {
    return 'no decoder makes what it takes. List one, as in @ServerEndpoint({ decoders: [MoveDecoder] }), or name one, as in @OnMessage({ as: json() }).';
  }
  const type = target.event === 'decoded' && target.decoder === undefined ? messageTypes(facts)[0] : undefined;
  return { target, signature, type: type as Class | undefined };
}

function targetOf({ as, when }: MessageOptions, facts: MethodFacts, decodes: boolean): MessageTarget | string {
  if (as === undefined && when === undefined) {
    const inferred = inferredTarget(facts, decodes);
    if (inferred !== undefined) {
      return inferred;
    }
  }
  return messageTarget(facts, when === undefined ? (as === undefined ? [] : [as]) : [{ as, when }]);
}

/** What the types say of messages that are no strings or bytes. */
function inferredTarget(facts: MethodFacts, decodes: boolean): MessageTarget | string | undefined {
  const { types = [] } = facts;
  if (kindOf(types) !== undefined) {
    return undefined;
  }
  const [type, ...others] = messageTypes(facts);
  if (others.length > 0) {
    return `two of its parameters could be given the message: ${[type, ...others].map((each) => (each as Class).name).join(' and ')}. Leave one.`;
  }
  if (type === undefined) {
    return decodes && types.some(isTypeUnknown) ? { event: 'decoded' } : undefined;
  }
  const primitive = PRIMITIVES.get(type);
  return { event: 'decoded', decoder: primitive };
}

/** The known types of a method's parameters that could be a message's. */
function messageTypes({ types = [] }: MethodFacts): MessageTypes {
  return types.filter((type) => !isTypeUnknown(type) && !NO_MESSAGES.has(type) && !isError(type));
}

const NO_MESSAGES: ReadonlySet<unknown> = new Set([NativeSession, EndpointConfig, CloseReason, PongMessage]);

function isError(type: unknown): boolean {
  return type === Error || (type as { prototype: unknown }).prototype instanceof Error;
}

const PRIMITIVES: ReadonlyMap<unknown, Decoder> = new Map<unknown, TextMessageDecoder>([
  [Number, primitive('number', /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i, Number)],
  [BigInt, primitive('bigint', /^[+-]?\d+$/, (text) => BigInt(text.replace('+', '')))],
  [Boolean, primitive('boolean', /^(true|false)$/, (text) => text === 'true')],
]);

function primitive(name: string, grammar: RegExp, make: (text: string) => unknown): TextMessageDecoder {
  return {
    name,
    from: 'text',
    decode(text) {
      if (!grammar.test(text)) {
        throw new TypeError(`it is no ${name}`);
      }
      return make(text);
    },
  };
}

/** For each message that is an instance of a class the method whose parameter has it. */
export function whenOf({ target, type }: MessageReading): When | undefined {
  return target.when ?? (type === undefined ? undefined : (message: never) => (message as object) instanceof type);
}

/** Whether a method's first value is what stands at a place among its arguments; otherwise it is the second. */
export function isFirst(event: MessageTarget['event'] | FormEvent, argument: unknown): boolean {
  return SIGNATURE_RULES[event].values[0] === argument;
}

const NO_MESSAGE =
  'none of its parameters can be given a message. It takes a String (text) or a Buffer, Uint8Array or ArrayBuffer (binary), ' +
  'either with a Boolean (in parts); a Number, Boolean or BigInt (read from text); a Readable or ReadableStream (binary); ' +
  "a PongMessage; or what one of the endpoint's decoders makes; and any of a Session and @PathParams, in any order.";

/** Texts of the scanner that both flavours share, with this one's names and all parameters counted. */
function ours(text: string, { indexes }: SplitMethod): string {
  if (text.startsWith('none of its parameters can be given')) {
    return NO_MESSAGE;
  }
  return text
    .replace('and a Session if wanted, in any order', 'and any of a Session and @PathParams, in any order')
    .replace("'decoded', and", "'decoded', 'pong', and")
    .replaceAll('@OnWebSocketMessage', '@OnMessage')
    .replace(/^parameter (\d+)/, (_all, place: string) => `parameter ${(indexes[Number(place) - 1] ?? 0) + 1}`);
}
