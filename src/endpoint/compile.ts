import type { CompiledEndpoint } from './compiled-endpoint.js';
import type { EndpointOptions } from './config.js';
import { checkEndpointOptions } from './config.js';
import { classDeclarationsOf } from './declaration.js';
import { described } from './described.js';
import type { DispatchTable } from './dispatch-table.js';
import { EndpointError } from './errors.js';
import { frontEndOf } from './front-end.js';
import { readHandlers } from './handlers.js';
import type { EndpointClass } from './instance-factory.js';
import { ListenerEndpoint, ListenerFactoryEndpoint } from './listener.js';
import { scanListener } from './listener-scanner.js';
import { nameOf, scanClass } from './scanner.js';
import { compileTable } from './table.js';

export type { CompiledEndpoint } from './compiled-endpoint.js';

const compiledClasses = new WeakMap<EndpointClass, CompiledEndpoint>();

/** By the methods that are there: listeners differ in nothing else. */
const listenerTables = new Map<string, DispatchTable>();

/**
 * Scans a decorated class, or the class of an instance, and compiles it; once, however often it is registered. Or a
 * listener.
 *
 * @throws EndpointError that lists everything that is wrong with it.
 */
export function compileEndpoint(target: EndpointClass | object): CompiledEndpoint {
  if (target instanceof ListenerEndpoint) {
    return compileListener(target);
  }
  if (target instanceof ListenerFactoryEndpoint) {
    throw new EndpointError('A listener that a function makes', [
      'The function makes one for each connection that a container takes. Where there is only one connection, give the listener itself: listener({ … }).',
    ]);
  }
  if (isClass(target)) {
    return compileClass(target);
  }
  const type: unknown =
    typeof target === 'object' && target !== null ? Object.getPrototypeOf(target)?.constructor : undefined;
  if (!isClass(type) || type === Object) {
    throw new EndpointError(capitalised(described(target)), [
      'It is neither a class nor an instance of one. Write a class with @WebSocket before it, and register the class, or an instance of it for all connections.',
    ]);
  }
  return Object.freeze({ ...compileClass(type), stateless: true, target });
}

function compileClass(type: EndpointClass): CompiledEndpoint {
  const known = compiledClasses.get(type);
  if (known !== undefined) {
    return known;
  }
  const compiled = frontEndOf(type)?.(type) ?? compileDecorated(type);
  compiledClasses.set(type, compiled);
  return compiled;
}

function compileDecorated(type: EndpointClass): CompiledEndpoint {
  const scanned = scanClass(type);
  const problems = [...scanned.problems];
  const options = readOptions(type, problems);
  const table = compileTable(readHandlers(scanned.methods, problems), options, problems);
  if (problems.length > 0) {
    throw new EndpointError(nameOf(type), problems);
  }
  return Object.freeze({
    name: nameOf(type),
    path: options.path,
    options,
    stateless: options.stateless ?? false,
    table,
    target: type,
  });
}

function compileListener({ listener, options }: ListenerEndpoint): CompiledEndpoint {
  const problems = [...checkEndpointOptions(options)];
  const events = scanListener(listener, problems);
  if (problems.length > 0) {
    throw new EndpointError('The listener', problems);
  }
  const key = Array.from(events.values(), ({ name }) => String(name))
    .sort()
    .join();
  const known = listenerTables.get(key) ?? compileTable({ events, decoded: [] }, {}, problems);
  listenerTables.set(key, known);
  const { encoders } = options;
  const table = encoders === undefined ? known : Object.freeze({ ...known, encoders: Object.freeze([...encoders]) });
  return Object.freeze({
    name: listenerName(listener),
    path: options.path,
    options,
    stateless: true,
    table,
    target: listener,
  });
}

function listenerName(listener: object): string {
  const type: unknown = Object.getPrototypeOf(listener)?.constructor;
  return typeof type === 'function' && type !== Object && type.name !== '' ? type.name : 'listener';
}

/** The options of `@WebSocket`, with what is wrong with them added to the problems. */
function readOptions(type: EndpointClass, problems: string[]): EndpointOptions {
  const declaration = classDeclarationsOf(type)[0];
  if (declaration === undefined) {
    return {};
  }
  const { path, options = {} } = declaration;
  const given = typeof options === 'object' && options !== null && path !== undefined ? { ...options, path } : options;
  const found = checkEndpointOptions(given);
  problems.push(...found.map((problem) => `@WebSocket on ${nameOf(type)}: ${problem}`));
  return found.length === 0 ? Object.freeze({ ...(given as EndpointOptions) }) : {};
}

/** Functions that were not written as classes are refused, so that an arrow function is told from an endpoint. */
function isClass(value: unknown): value is EndpointClass {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
