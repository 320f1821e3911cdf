import * as moorage from 'moorage';

// What a program without a compiler can do: decorate any method with anything, in any flavour.

type Decorate = (...args: readonly unknown[]) => unknown;

/** The decorators with no types to keep one from mistakes; legacy, with the types that the compiler emits. */
export const WebSocket = moorage.WebSocket as unknown as ClassDecorator &
  ((...args: readonly unknown[]) => ClassDecorator);
export const OnWebSocketConnect = unchecked(moorage.OnWebSocketConnect);
export const OnWebSocketMessage = unchecked(moorage.OnWebSocketMessage);
export const OnWebSocketFrame = unchecked(moorage.OnWebSocketFrame);
export const OnWebSocketPing = unchecked(moorage.OnWebSocketPing);
export const OnWebSocketError = unchecked(moorage.OnWebSocketError);
export const OnWebSocketClose = unchecked(moorage.OnWebSocketClose);

function unchecked(decorator: unknown): PropertyDecorator & MethodDecorator & ((kind?: unknown) => MethodDecorator) {
  return decorator as PropertyDecorator & MethodDecorator & ((kind?: unknown) => MethodDecorator);
}

type Class = abstract new (...args: never[]) => object;

/** Decorates a method as the standard decorators of a compiler would. */
export function standard(type: Class, name: string, decorator: unknown): void {
  const context = { kind: 'method', name, static: false, private: false };
  (decorator as Decorate)(Object.getOwnPropertyDescriptor(type.prototype, name)?.value, context);
}

/** Decorates a method as legacy decorators without emitted types would. */
export function plain(type: Class, name: string, decorator: unknown): void {
  (decorator as Decorate)(type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name));
}
