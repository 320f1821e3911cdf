import type { CodecOptions, CompiledEndpoint } from './compiled-endpoint.js';
import type { EndpointOptions } from './config.js';
import { checkEndpointOptions } from './config.js';
import { classDeclarationsOf } from './declaration.js';
import { described } from './described.js';
import type { DispatchTable } from './dispatch-table.js';
import { EndpointError } from './errors.js';
import { frontEndOf } from './front-end.js';
import { type Handlers, readHandlers } from './handlers.js';
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
  const name = nameOf(type);
  const tables = new Tables(name, readHandlers(scanned.methods, problems), options);
  return Object.freeze({
    name,
    path: options.path,
    options,
    stateless: options.stateless ?? false,
    table: tables.compile(options, problems),
    decodes: tables.decodes,
    tableWith: tables.with,
    target: type,
  });
}

function compileListener({ listener, options }: ListenerEndpoint): CompiledEndpoint {
  const problems = [...checkEndpointOptions(options)];
  const handlers = scanListener(listener, problems);
  if (problems.length > 0) {
    throw new EndpointError(LISTENER, problems);
  }
  const tables = new Tables(LISTENER, handlers, options);
  return Object.freeze({
    name: listenerName(listener),
    path: options.path,
    options,
    stateless: true,
    table: hasCodecs(options) ? tables.compile(options, []) : sharedTable(handlers, tables),
    decodes: tables.decodes,
    tableWith: tables.with,
    target: listener,
  });
}

const LISTENER = 'The listener';

/** The tables of an endpoint: the one with its own codecs, and others. */
class Tables {
  readonly #name: string;
  readonly #handlers: Handlers;
  readonly #options: EndpointOptions;

  constructor(name: string, handlers: Handlers, options: EndpointOptions) {
    this.#name = name;
    this.#handlers = handlers;
    this.#options = options;
  }

  get decodes(): boolean {
    return this.#handlers.decoded.length > 0;
  }

  /** @throws EndpointError that lists the problems: those given, and those of the table. */
  compile(options: EndpointOptions, problems: string[]): DispatchTable {
    const table = compileTable(this.#handlers, options, problems);
    if (options.decoders !== undefined && !this.decodes) {
      problems.push(
        this.#name === LISTENER
          ? 'Its options have decoders, and it has no onWebSocketDecoded to take what they make. Add it, or leave them out.'
          : "Its options have decoders, and no method takes what they make. Add one, as in @OnWebSocketMessage('decoded'), or leave them out.",
      );
    }
    if (problems.length > 0) {
      throw new EndpointError(this.#name, problems);
    }
    return table;
  }

  readonly with = (codecs: CodecOptions): DispatchTable => this.compile({ ...this.#options, ...codecs }, []);
}

function hasCodecs({ decoders, encoders }: EndpointOptions): boolean {
  return decoders !== undefined || encoders !== undefined;
}

/** The table of all listeners with the same methods and without codecs of their own. */
function sharedTable({ events, decoded }: Handlers, tables: Tables): DispatchTable {
  const key = [...events.values(), ...decoded]
    .map(({ name }) => String(name))
    .sort()
    .join();
  const known = listenerTables.get(key) ?? tables.compile({}, []);
  listenerTables.set(key, known);
  return known;
}

/**
 * An endpoint with the codecs among options that are laid over its own.
 *
 * @throws EndpointError where it can't have them.
 */
export function withCodecs(compiled: CompiledEndpoint, options: EndpointOptions): CompiledEndpoint {
  if (!hasCodecs(options)) {
    return compiled;
  }
  const { decoders, encoders } = options;
  const table = compiled.tableWith({
    ...(decoders === undefined ? {} : { decoders }),
    ...(encoders === undefined ? {} : { encoders }),
  });
  return Object.freeze({ ...compiled, table });
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
