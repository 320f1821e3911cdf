import type { ClassDeclaration, DeclaredEvent } from './declaration.js';
import { declareClass, declareFunction, declareMember } from './declaration.js';
import type {
  CloseDecorator,
  ConnectDecorator,
  ErrorDecorator,
  FrameDecorator,
  HeartbeatDecorator,
  MessageDecorator,
  WebSocketDecorator,
} from './decorator-types.js';
import { described } from './described.js';
import { EndpointError } from './errors.js';
import { decoratorName } from './event-rules.js';

// Each decorator is one function for both flavours, bare or called. What it was given tells which: a standard decorator
// gets (value, context), a legacy one (target, key, descriptor), a call gets its own arguments. Decorators only take
// notes; whether these make sense is judged at registration, where all of it can be seen.

/**
 * Makes a class an endpoint: `@WebSocket`, `@WebSocket('/chat/{room}')` or `@WebSocket({ path, idleTimeout, … })`.
 * A subclass of an endpoint is one only if it is decorated itself. The options are checked at registration.
 *
 * ```ts
 * @WebSocket({ path: '/echo', stateless: true })
 * class Echo {
 *   @OnWebSocketMessage
 *   onText(text: string) {
 *     return text;
 *   }
 * }
 * ```
 */
export const WebSocket = ((...args: readonly unknown[]): unknown => {
  const [first, second] = args;
  if (typeof first === 'function') {
    return void declareClass(first, { path: undefined, options: undefined });
  }
  const declaration: ClassDeclaration =
    typeof first === 'string' ? { path: first, options: second } : { path: undefined, options: first };
  return (type: object) => declareClass(type, declaration);
}) as WebSocketDecorator;

/**
 * The connection is open: `()` or `(session: Session)`. Comes first; a promise is awaited before anything is read.
 */
export const OnWebSocketConnect = eventDecorator('connect') as ConnectDecorator;

/**
 * A message. What the method returns, or its promise resolves to, is sent as the reply, as `session.send` would: a string,
 * bytes, what an encoder of the endpoint takes, a generator of several; nothing for undefined and null.
 *
 * With `experimentalDecorators` and `emitDecoratorMetadata` the parameter types say what the method takes, in any order,
 * with or without a Session: a String for text; a Buffer, Uint8Array or ArrayBuffer for binary; one of these and a Boolean
 * for messages in parts, the Boolean telling the last; a Readable or ReadableStream for binary messages as streams.
 *
 * With standard decorators, or a tool that emits no types (tsx, esbuild), and for everything else, the kind is written
 * out and the message comes last: `@OnWebSocketMessage('text') onText(session: Session, text: string)`, or without the
 * session. Kinds: `'text'`; `'binary'` (a Buffer), `'uint8array'`, `'arraybuffer'`; and of text and of binary each, as in
 * `'text-partial'`, the forms `-partial` (a part, and whether it is the last), `-stream` (a Node Readable), `-web-stream`
 * (a ReadableStream) and `-iterable` (an async iterable).
 *
 * Objects: `@OnWebSocketMessage(json(Schema))`, or any other decoder; `'decoded'` for what the endpoint's `decoders` make.
 * There can be many, told apart by `when`, as in `@OnWebSocketMessage(json(Move), { when: { type: 'move' } })` and
 * `@OnWebSocketMessage({ when: { type: 'move' } })`; one without `when` gets all others.
 *
 * A Buffer or Uint8Array is a view of what was received, not a copy: copy what is kept for long.
 */
export const OnWebSocketMessage = ((...args: readonly unknown[]): unknown => {
  if (isDecoration(args)) {
    return declare('message', [], args);
  }
  return (...decoration: readonly unknown[]) => declare('message', args, decoration);
}) as MessageDecorator;

/**
 * Every frame, before the event that is made from it: `(frame: Frame)`, with or without a Session. The frames of an
 * endpoint that has such a handler are gathered whole.
 */
export const OnWebSocketFrame = eventDecorator('frame') as FrameDecorator;

/**
 * A ping, which has been answered already: `()`, `(payload: Buffer)` or `(session: Session, payload: Buffer)`; where
 * types are emitted in any order, also a Uint8Array or ArrayBuffer, or the session alone.
 */
export const OnWebSocketPing = eventDecorator('ping') as HeartbeatDecorator;

/** A pong. Takes what `@OnWebSocketPing` takes. */
export const OnWebSocketPong = eventDecorator('pong') as HeartbeatDecorator;

/**
 * What ended the connection before its time: `(cause: Error)`, with or without a Session. Comes before close, at most
 * once; besides, with `onDecodeError: 'ignore'`, for each message that can't be decoded. Where types are emitted the parameter can be a subclass of Error: others are then reported as if there were no handler.
 */
export const OnWebSocketError = eventDecorator('error') as ErrorDecorator;

/**
 * The connection has ended; the last event. `()`, `(statusCode: number, reason: string)`, or these after a Session;
 * where types are emitted any of the three, in any order.
 */
export const OnWebSocketClose = eventDecorator('close') as CloseDecorator;

function eventDecorator(event: DeclaredEvent): unknown {
  return (...args: readonly unknown[]) => {
    if (isDecoration(args)) {
      return declare(event, [], args);
    }
    return (...decoration: readonly unknown[]) => declare(event, [], decoration);
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
  given: readonly unknown[],
  [target, second, descriptor]: readonly unknown[],
): void {
  if (typeof second === 'object' && second !== null) {
    const context = second as DecoratorContext;
    if (context.kind !== 'method' || typeof target !== 'function') {
      throw misplaced(event, 'The class', context.name, `a ${context.kind}`);
    }
    if (context.private) {
      throw misplaced(
        event,
        'The class',
        context.name,
        'a private method, which cannot be called from outside its class',
      );
    }
    declareFunction(target, { event, given, flavour: 'standard' });
    return;
  }
  const method = (descriptor as PropertyDescriptor | undefined)?.value as unknown;
  if (typeof method !== 'function') {
    throw misplaced(event, ownerName(target), second, descriptor === undefined ? 'a field' : 'an accessor');
  }
  declareMember(target as object, second as string | symbol, { event, given, flavour: 'legacy' });
}

function misplaced(event: DeclaredEvent, owner: string, name: unknown, found: string): EndpointError {
  const member = typeof name === 'string' || typeof name === 'symbol' ? String(name) : described(name);
  return new EndpointError(owner, [
    `${decoratorName(event)} stands on ${member}, ${found}. It takes a public method of the instance: write ${member.replace('#', '')}(…) { … }.`,
  ]);
}

function ownerName(target: unknown): string {
  const owner = typeof target === 'function' ? target : (target as object | undefined)?.constructor;
  return owner?.name || 'The class';
}
