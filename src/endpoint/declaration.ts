import 'reflect-metadata';

/** The events that a method can be declared for. `message` is `text` or `binary`: which, its types or its kind say. */
export type DeclaredEvent = 'connect' | 'message' | 'frame' | 'ping' | 'pong' | 'close' | 'error';

/**
 * What kind of message a handler takes, and in which form: `'text'` as a string; `'binary'` as a Buffer,
 * `'uint8array'` as a plain Uint8Array, `'arraybuffer'` as an ArrayBuffer of its own.
 */
export type MessageKind = 'text' | 'binary' | 'uint8array' | 'arraybuffer';

/** Which decorators the compiler gave us: TypeScript's `experimentalDecorators`, or the standard ones. */
export type Flavour = 'legacy' | 'standard';

/** One decorator on one method. */
export interface MethodDeclaration {
  readonly event: DeclaredEvent;
  /** As it was written, unchecked. */
  readonly kind: unknown;
  readonly flavour: Flavour;
}

/** `@WebSocket` on a class, with its arguments as they were written, unchecked. */
export interface ClassDeclaration {
  readonly path: unknown;
  readonly options: unknown;
}

const METHOD = Symbol.for('moorage:method');
const CLASS = Symbol.for('moorage:class');
const PARAMETER_TYPES = 'design:paramtypes';

/**
 * Declarations stand on the decorated function or class itself, not in a registry of ours: that works in both
 * flavours, costs nothing for classes that are never registered, and an override is told from what it overrides.
 */
export function declareMethod(method: object, declaration: MethodDeclaration): void {
  Reflect.defineMetadata(METHOD, [...declarationsOf(method), declaration], method);
}

export function declarationsOf(method: object): readonly MethodDeclaration[] {
  return (Reflect.getOwnMetadata(METHOD, method) as readonly MethodDeclaration[] | undefined) ?? [];
}

export function declareClass(type: object, declaration: ClassDeclaration): void {
  Reflect.defineMetadata(CLASS, [...classDeclarationsOf(type), declaration], type);
}

/** Own ones only: a class does not become an endpoint because its base class is one. */
export function classDeclarationsOf(type: object): readonly ClassDeclaration[] {
  return (Reflect.getOwnMetadata(CLASS, type) as readonly ClassDeclaration[] | undefined) ?? [];
}

/** The parameter types that the compiler wrote down for a method of a prototype, if it did. */
export function parameterTypesOf(prototype: object, method: PropertyKey): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata(PARAMETER_TYPES, prototype, method as string | symbol) as
    | readonly unknown[]
    | undefined;
}
