import type { EndpointOptions } from './config.js';
import type { DispatchTable } from './dispatch-table.js';
import type { EndpointClass } from './instance-factory.js';

/** An endpoint that has been found right, ready to be served. */
export interface CompiledEndpoint {
  /** The class's name, for messages. */
  readonly name: string;
  /** The path that `@WebSocket` gives, if it gives one. */
  readonly path: string | undefined;
  readonly options: EndpointOptions;
  /** One instance for every connection: by option, or because an instance was registered. */
  readonly stateless: boolean;
  readonly table: DispatchTable;
  /** The class to construct, or the instance that was registered. */
  readonly target: EndpointClass | object;
}

/**
 * Scans a decorated class, or the class of an instance, once, and compiles it.
 *
 * @throws EndpointError that lists everything that is wrong with it.
 */
export function compileEndpoint(target: EndpointClass | object): CompiledEndpoint {
  throw new Error(String(target));
}
