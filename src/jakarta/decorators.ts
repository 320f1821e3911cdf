import { type DeclaredEvent, declareFunction, declareMember } from '../endpoint/declaration.js';
import { described } from '../endpoint/described.js';
import { EndpointError } from '../endpoint/errors.js';
import { declareFrontEnd } from '../endpoint/front-end.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import type { MessageKind } from '../endpoint/message-kinds.js';
import type { Decoder } from '../messages/codec.js';
import type { When } from '../messages/message-router.js';
import { compileJakarta } from './compile.js';
import {
  type ClientEndpointOptions,
  declareJakarta,
  type HandlerOptions,
  type JakartaDeclaration,
  type MessageOptions,
  type ServerEndpointOptions,
} from './declaration.js';

// As Moorage's own decorators: one function for both flavours, bare or called, that only takes notes.

interface ClassDecorator {
  (type: EndpointClass): void;
  (type: EndpointClass, context: ClassDecoratorContext): void;
}

type Method = (...args: never[]) => unknown;

/** Legacy decorators hand a static method's class over as the target. */
type OnPrototype<T> = T extends abstract new (...args: never[]) => unknown ? never : unknown;

type PublicMethod = ClassMethodDecoratorContext & { readonly static: false; readonly private: false };

/** Of a method of the instance, in either flavour. */
interface MethodDecorator {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
  (method: Method, context: PublicMethod): void;
}

type HandlerDecorator = MethodDecorator & ((options?: HandlerOptions) => MethodDecorator);

/** Stands in a compiler's message for what a decorated method should have been. */
interface NotTaken {
  readonly ' accepted': 'a method with a parameter that takes what the decoder makes';
}

/** Whether a parameter takes what a decoder makes: all of it, or with `when` one of its kinds. Which parameter is known at run time only. */
type Takes<M extends Method, Made> = [Made] extends [Parameters<M>[number]] ? unknown : NotTaken;
type TakesSome<M extends Method, Made> = [Made extends Parameters<M>[number] ? true : never] extends [never]
  ? NotTaken
  : unknown;

/** Of a method that takes what a decoder makes. */
interface DecodedDecorator<Made> {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & Takes<M, Made>,
  ): void;
  <M extends Method>(method: M & Takes<M, Made>, context: PublicMethod): void;
}

/** Of a method that takes one kind of what a decoder makes. */
interface RoutedDecorator<Made> {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & TakesSome<M, Made>,
  ): void;
  <M extends Method>(method: M & TakesSome<M, Made>, context: PublicMethod): void;
}

interface MessageDecorator extends MethodDecorator {
  <T>(decoder: Decoder<T>): DecodedDecorator<T>;
  <T>(options: MessageOptions & { readonly as: Decoder<T>; readonly when?: undefined }): DecodedDecorator<T>;
  <T>(options: MessageOptions & { readonly as: Decoder<T>; readonly when: When }): RoutedDecorator<T>;
  (as?: MessageKind | 'pong' | MessageOptions): MethodDecorator;
}

/**
 * Makes a class an endpoint of a server: `@ServerEndpoint('/chat/{room}')`, or with options `@ServerEndpoint({ value,
 * subprotocols, decoders, encoders, configurator })` and every option of Moorage's `@WebSocket`. Checked at registration:
 * `container.addEndpoint(ChatEndpoint)`.
 */
export function ServerEndpoint(given: string | ServerEndpointOptions = {}): ClassDecorator {
  return classDecorator({ decorator: '@ServerEndpoint', given });
}

/**
 * Makes a class an endpoint of a client: `@ClientEndpoint()`, or with options `@ClientEndpoint({ subprotocols, decoders,
 * encoders, configurator })` and every option of Moorage's `@WebSocket`. Used as in `client.connect(Quotes, url)`.
 */
export function ClientEndpoint(given: ClientEndpointOptions = {}): ClassDecorator {
  return classDecorator({ decorator: '@ClientEndpoint', given });
}

/**
 * The connection is open: any of a `Session`, an `EndpointConfig` and `@PathParam`s, in any order. Comes first; a promise
 * is awaited before anything is read. Where no types are emitted: `()`, `(session)` or `(session, config)`, then `pathParams`.
 */
export const OnOpen = handlerDecorator('connect', '@OnOpen') as HandlerDecorator;

/**
 * A message: a string (text), a Buffer, Uint8Array or ArrayBuffer (binary), either with a boolean (in parts, the boolean
 * telling the last), a number, boolean or bigint (read from text), a Readable or ReadableStream (binary), a `PongMessage`,
 * or an object that one of the endpoint's `decoders` makes: messages go to the method whose parameter has their class. With
 * it any of a `Session` and `@PathParam`s, in any order. What the method returns, or its promise resolves to, is sent as
 * the reply; nothing for undefined and null.
 *
 * Where no types are emitted the kind is written out, as in `@OnMessage('text')`, the session comes first, then the
 * message, then `pathParams`.
 */
export const OnMessage = handlerDecorator('message', '@OnMessage') as MessageDecorator;

/** The connection has ended; the last event. Any of a `Session`, a `CloseReason` and `@PathParam`s, in any order. */
export const OnClose = handlerDecorator('close', '@OnClose') as HandlerDecorator;

/**
 * What ended the connection before its time: an `Error`, or a subclass of it for those alone, and any of a `Session` and
 * `@PathParam`s, in any order. Comes before close, at most once.
 */
export const OnError = handlerDecorator('error', '@OnError') as HandlerDecorator;

function classDecorator(declaration: JakartaDeclaration): ClassDecorator {
  return (type: object) => {
    declareJakarta(type, declaration);
    declareFrontEnd(type, compileJakarta);
  };
}

function handlerDecorator(event: DeclaredEvent, decorator: string): unknown {
  return (...args: readonly unknown[]) => {
    if (isDecoration(args)) {
      return declare(event, decorator, [], args);
    }
    return (...decoration: readonly unknown[]) => declare(event, decorator, args, decoration);
  };
}

/** Whether a decorator was applied, rather than called for one: it has a key, or a context, as its second argument. */
function isDecoration([, second]: readonly unknown[]): boolean {
  return (
    typeof second === 'string' ||
    typeof second === 'symbol' ||
    (typeof second === 'object' && second !== null && 'kind' in second)
  );
}

function declare(
  event: DeclaredEvent,
  foreign: string,
  given: readonly unknown[],
  [target, second, descriptor]: readonly unknown[],
): void {
  if (typeof second === 'object' && second !== null) {
    const { kind, name, private: isPrivate } = second as ClassMethodDecoratorContext;
    if (kind !== 'method' || typeof target !== 'function' || isPrivate) {
      throw misplaced(foreign, 'The class', name, isPrivate ? 'a private member' : `a ${String(kind)}`);
    }
    declareFunction(target, { event, given, flavour: 'standard', foreign });
    return;
  }
  if (typeof (descriptor as PropertyDescriptor | undefined)?.value !== 'function') {
    const owner = typeof target === 'function' ? target : (target as object | undefined)?.constructor;
    throw misplaced(foreign, owner?.name || 'The class', second, descriptor === undefined ? 'a field' : 'an accessor');
  }
  declareMember(target as object, second as string | symbol, { event, given, flavour: 'legacy', foreign });
}

function misplaced(decorator: string, owner: string, name: unknown, found: string): EndpointError {
  const member = typeof name === 'string' || typeof name === 'symbol' ? String(name) : described(name);
  return new EndpointError(owner, [
    `${decorator} stands on ${member}, ${found}. It takes a public method of the instance: write ${member.replace('#', '')}(…) { … }.`,
  ]);
}
