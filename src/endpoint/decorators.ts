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
 * A whole message. What the method returns, or its promise resolves to, is sent as the reply: a string, Buffer,
 * Uint8Array or ArrayBuffer; nothing for undefined and null.
 *
 * With `experimentalDecorators` and `emitDecoratorMetadata` the parameter types say what the method takes, in any order:
 * a String for text; a Buffer, Uint8Array or ArrayBuffer for binary; with or without a Session.
 *
 * With standard decorators, or a tool that emits no types (tsx, esbuild), the kind is written out and the message comes
 * last: `@OnWebSocketMessage('text') onText(session: Session, text: string)`, or without the session. Kinds: `'text'`,
 * `'binary'` (a Buffer), `'uint8array'`, `'arraybuffer'`.
 *
 * A Buffer or Uint8Array is a view of what was received, not a copy: copy what is kept for long.
 */
export const OnWebSocketMessage = ((...args: readonly unknown[]): unknown => {
  if (isDecoration(args)) {
    return declare('message', undefined, args);
  }
  return (...decoration: readonly unknown[]) => declare('message', args[0], decoration);
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
 * once. Where types are emitted the parameter can be a subclass of Error: others are then reported as if there were no handler.
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
      return declare(event, undefined, args);
    }
    return (...decoration: readonly unknown[]) => declare(event, undefined, decoration);
  };
}

/** Whether a decorator was applied, rather than called for one: it has a second argument, a key or a context. */
function isDecoration(args: readonly unknown[]): boolean {
  return args.length >= 2;
}

function declare(event: DeclaredEvent, kind: unknown, [target, second, descriptor]: readonly unknown[]): void {
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
    declareFunction(target, { event, kind, flavour: 'standard' });
    return;
  }
  const method = (descriptor as PropertyDescriptor | undefined)?.value as unknown;
  if (typeof method !== 'function') {
    throw misplaced(event, ownerName(target), second, descriptor === undefined ? 'a field' : 'an accessor');
  }
  declareMember(target as object, second as string | symbol, { event, kind, flavour: 'legacy' });
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
