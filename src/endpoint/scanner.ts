import { classDeclarationsOf, declarationsOf, type MethodDeclaration, parameterTypesOf } from './declaration.js';
import type { EndpointClass } from './instance-factory.js';

/** One decorator on one method, as it was found on a class or a class that it extends. */
export interface ScannedMethod {
  readonly declaration: MethodDeclaration;
  /** `Chat.onText`, after the class that it is declared in. */
  readonly title: string;
  /** The prototype that has it. */
  readonly owner: object;
  readonly name: PropertyKey;
  readonly types: readonly unknown[] | undefined;
  readonly arity: number;
}

export interface ScannedClass {
  readonly methods: readonly ScannedMethod[];
  readonly problems: readonly string[];
}

/** Scans a class that `@WebSocket` makes an endpoint. */
export function scanClass(type: EndpointClass): ScannedClass {
  const { methods, problems } = scanMethods(type);
  return { methods, problems: [...undecorated(type), ...problems] };
}

/**
 * Collects the decorated methods of a class, as its instances have them: inherited ones count, an override without
 * decorators runs in the place of what it overrides, and one with decorators of its own replaces it.
 */
export function scanMethods(type: EndpointClass): ScannedClass {
  const methods = new Map<PropertyKey, readonly ScannedMethod[]>();
  const problems: string[] = [];
  for (const ancestor of lineage(type)) {
    problems.push(...staticProblems(ancestor));
    for (const name of Reflect.ownKeys(ancestor.prototype)) {
      const own = name === 'constructor' ? [] : scanMethod(ancestor, name);
      if (own.length > 0) {
        methods.set(name, own);
      }
    }
  }
  for (const [name, declared] of methods) {
    if (!hasMethod(type, name)) {
      problems.push(
        `${nameOf(type)}.${String(name)} overrides the handler ${declared[0]?.title} with what is not a method. Make it a method, or give it another name.`,
      );
    }
  }
  return { methods: [...methods.values()].flat(), problems };
}

/** A class's name, for messages. */
export function nameOf(type: EndpointClass): string {
  return type.name || '(unnamed class)';
}

/** The class and what it extends, the farthest first. */
export function lineage(type: EndpointClass): readonly EndpointClass[] {
  const classes: EndpointClass[] = [];
  for (let at: unknown = type; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    classes.unshift(at as EndpointClass);
  }
  return classes;
}

function scanMethod(type: EndpointClass, name: string | symbol): readonly ScannedMethod[] {
  return declarationsOf(type.prototype, name).map((declaration) => ({
    declaration,
    title: `${nameOf(type)}.${String(name)}`,
    owner: type.prototype,
    name,
    types: parameterTypesOf(type.prototype, name),
    arity: Object.getOwnPropertyDescriptor(type.prototype, name)?.value.length,
  }));
}

function staticProblems(type: EndpointClass): readonly string[] {
  return Reflect.ownKeys(type)
    .filter((name) => declarationsOf(type, name).length > 0)
    .map(
      (name) =>
        `${nameOf(type)}.${String(name)} is static. Handlers are called on an instance: remove \`static\`, and set stateless: true for one instance for all connections.`,
    );
}

/** Looks without running getters. */
function hasMethod(type: EndpointClass, name: PropertyKey): boolean {
  for (let at: object | null = type.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) {
      return typeof descriptor.value === 'function';
    }
  }
  return false;
}

function undecorated(type: EndpointClass): readonly string[] {
  const count = classDeclarationsOf(type).length;
  if (count === 1) {
    return [];
  }
  if (count > 1) {
    return [`${nameOf(type)} is decorated with @WebSocket ${count} times. Write its path and options in one.`];
  }
  const base = lineage(type).find((ancestor) => classDeclarationsOf(ancestor).length > 0);
  return [
    base === undefined
      ? `${nameOf(type)} is not decorated with @WebSocket. Write @WebSocket, or @WebSocket('/path'), before the class.`
      : `${nameOf(type)} is not decorated with @WebSocket itself, only ${nameOf(base)} which it extends. Write @WebSocket, or @WebSocket('/path'), before it.`,
  ];
}
