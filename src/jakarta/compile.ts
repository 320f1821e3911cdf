import type { CompiledEndpoint, ServingPlace } from '../endpoint/compiled-endpoint.js';
import type { EndpointOptions } from '../endpoint/config.js';
import { classDeclarationsOf } from '../endpoint/declaration.js';
import type { DispatchTable } from '../endpoint/dispatch-table.js';
import { EndpointError } from '../endpoint/errors.js';
import type { EndpointClass } from '../endpoint/instance-factory.js';
import { lineage, nameOf, scanMethods } from '../endpoint/scanner.js';
import { compileTable } from '../endpoint/table.js';
import { textOf } from '../protocol/thrown.js';
import { PRIMITIVE_ENCODER } from './codec.js';
import type { ClientEndpointConfigurator, ServerEndpointConfigurator } from './configurator.js';
import { type JakartaDeclaration, jakartaDeclarationsOf } from './declaration.js';
import { EndpointConfig, type EndpointFacts } from './endpoint-config.js';
import { readClass } from './handlers.js';
import { clientHandshake, InitialProperties, serverHandshake } from './handshake.js';
import { openTable } from './open-table.js';
import { type ReadOptions, readOptions } from './options.js';
import { variablesOf } from './path-param.js';
import { Place } from './place.js';
import { programmaticHandlers } from './programmatic.js';

/**
 * Scans a class with @ServerEndpoint or @ClientEndpoint, or one that extends Endpoint, and compiles it to the table that
 * every endpoint has.
 *
 * @throws EndpointError that lists everything that is wrong with it.
 */
export function compileJakarta(type: EndpointClass): CompiledEndpoint {
  const problems: string[] = [];
  const name = nameOf(type);
  const declaration = declarationOf(type, problems);
  const { options, configurator, codecs } = read(name, declaration, problems);
  const isClient = declaration?.decorator === '@ClientEndpoint';
  const { path, decoders = [], encoders = [], subprotocols = [] } = options;
  const scanned = scanMethods(type);
  problems.push(...scanned.problems);
  const variables = isClient ? [] : path === undefined ? undefined : variablesOf(path);
  const methods = readClass(scanned.methods, { path, variables, decoders }, problems);
  const facts: EndpointFacts = { type, path, subprotocols, decoders, encoders, configurator };
  const properties = new InitialProperties();
  const compiledOptions = Object.freeze(limited(options, methods.maxMessageSize));

  const tableAt = (place: ServingPlace | undefined): DispatchTable => {
    let taken: DispatchTable | undefined;
    const here = new Place(
      facts,
      (kind) =>
        taken !== undefined &&
        (taken[kind] !== null ||
          (kind === 'text' ? taken.arrivingText : kind === 'binary' ? taken.arrivingBinary : null) !== null),
      place,
    );
    const { events, decoded } = methods.handlersAt(here);
    taken = compileTable(
      { events: new Map([...programmaticHandlers(type, here), ...events]), decoded },
      compiledOptions,
      place === undefined ? problems : [],
    );
    return openTable(taken, here, properties);
  };

  const table = tableAt(undefined);
  initialise(name, codecs, new EndpointConfig(facts, () => properties.shared), problems);
  if (problems.length > 0) {
    throw new EndpointError(name, [...new Set(problems)]);
  }
  return Object.freeze({
    name,
    path,
    options: compiledOptions,
    stateless: options.stateless ?? false,
    table,
    decodes: decoders.length > 0,
    tableWith: () => {
      throw new EndpointError(name, [
        'Its decoders and encoders are those of its decorator: they are looked at together with its methods. Leave them out here, and list them in @ServerEndpoint({ decoders, encoders }).',
      ]);
    },
    target: type,
    tableFor: tableAt,
    handshake: isClient
      ? undefined
      : serverHandshake(facts, configurator as ServerEndpointConfigurator | undefined, methods.converted, properties),
    clientHandshake: isClient ? clientHandshake(configurator as ClientEndpointConfigurator | undefined) : undefined,
  });
}

/** The one decorator that the class has; undefined for none, which a class that extends Endpoint needs not. */
function declarationOf(type: EndpointClass, problems: string[]): JakartaDeclaration | undefined {
  const declarations = jakartaDeclarationsOf(type);
  const [first] = declarations;
  const name = nameOf(type);
  if (classDeclarationsOf(type).length > 0) {
    problems.push(
      `${name} is decorated with @WebSocket, and is an endpoint of moorage/jakarta already. Remove @WebSocket; its options go into @ServerEndpoint.`,
    );
  }
  if (declarations.length > 1) {
    problems.push(
      `${name} is decorated ${declarations.length} times: ${declarations.map(({ decorator }) => decorator).join(', ')}. Write one, with all of its options.`,
    );
  }
  if (first === undefined && typeof type.prototype.onOpen !== 'function') {
    const base = lineage(type).find((ancestor) => jakartaDeclarationsOf(ancestor).length > 0);
    problems.push(
      base === undefined
        ? `${name} extends Endpoint and has no method onOpen.`
        : `${name} is not decorated with @ServerEndpoint itself, only ${nameOf(base)} which it extends. Write @ServerEndpoint('/path') before it.`,
    );
  }
  return first;
}

function read(name: string, declaration: JakartaDeclaration | undefined, problems: string[]): ReadOptions {
  return declaration === undefined
    ? { options: { decoders: [], encoders: [PRIMITIVE_ENCODER] }, configurator: undefined, codecs: [] }
    : readOptions(name, declaration, problems);
}

/** The options with the limits that @OnMessage gives. */
function limited(options: EndpointOptions, { text, binary }: { readonly text?: number; readonly binary?: number }) {
  return {
    ...options,
    ...(text === undefined ? {} : { maxTextMessageSize: text }),
    ...(binary === undefined ? {} : { maxBinaryMessageSize: binary }),
  };
}

function initialise(name: string, codecs: ReadOptions['codecs'], config: EndpointConfig, problems: string[]): void {
  for (const { codec, init } of codecs) {
    try {
      init(config);
    } catch (cause) {
      problems.push(`${codec.name}.init of ${name} failed: ${textOf(cause)}`);
    }
  }
}
