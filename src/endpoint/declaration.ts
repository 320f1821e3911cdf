import 'reflect-metadata';

/** The events that a method can be declared for. Which messages `message` is for, and in which form, its types or its kind say. */
export type DeclaredEvent = 'connect' | 'message' | 'frame' | 'ping' | 'pong' | 'close' | 'error';

/** Which decorators the compiler gave us: TypeScript's `experimentalDecorators`, or the standard ones. */
export type Flavour = 'legacy' | 'standard';

/** One decorator on one method. */
export interface MethodDeclaration {
  readonly event: DeclaredEvent;
  /** The arguments of the decorator as they were written, unchecked. */
  readonly given: readonly unknown[];
  readonly flavour: Flavour;
  /** For a decorator of another front end: the name that it is exported under. */
  readonly foreign?: string | undefined;
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
 * Declarations stand on what is decorated, not in a registry of ours: that costs nothing for classes that are never
 * registered, and an override is told from what it overrides. Standard decorators see the function alone, so theirs
 * stand on it: another decorator that replaces the method must be nearer to it than ours. Legacy ones see where the
 * function will be found, so theirs stand there, and what is around them may replace it.
 */
export function declareFunction(method: object, declaration: MethodDeclaration): void {
  const declared = Reflect.getOwnMetadata(METHOD, method) as readonly MethodDeclaration[] | undefined;
  Reflect.defineMetadata(METHOD, [...(declared ?? []), declaration], method);
}

export function declareMember(owner: object, name: string | symbol, declaration: MethodDeclaration): void {
  const declared = Reflect.getOwnMetadata(METHOD, owner, name) as readonly MethodDeclaration[] | undefined;
  Reflect.defineMetadata(METHOD, [...(declared ?? []), declaration], owner, name);
}

/** The declarations of a prototype's or class's own method, in either flavour; none for what is not a method. */
export function declarationsOf(owner: object, name: string | symbol): readonly MethodDeclaration[] {
  const method: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
  if (typeof method !== 'function') {
    return [];
  }
  return [
    ...((Reflect.getOwnMetadata(METHOD, owner, name) as readonly MethodDeclaration[] | undefined) ?? []),
    ...((Reflect.getOwnMetadata(METHOD, method) as readonly MethodDeclaration[] | undefined) ?? []),
  ];
}

export function declareClass(type: object, declaration: ClassDeclaration): void {
  Reflect.defineMetadata(CLASS, [...classDeclarationsOf(type), declaration], type);
}

/** Own ones only: a class does not become an endpoint because its base class is one. */
export function classDeclarationsOf(type: object): readonly ClassDeclaration[] {
  return (Reflect.getOwnMetadata(CLASS, type) as readonly ClassDeclaration[] | undefined) ?? [];
}

/** The parameter types that the compiler wrote down for a method of a prototype, if it did. */
export function parameterTypesOf(prototype: object, method: string | symbol): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata(PARAMETER_TYPES, prototype, method) as readonly unknown[] | undefined;
}
