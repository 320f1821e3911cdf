import type { Duplex } from 'node:stream';
import type { EndpointHandler } from '../endpoint/endpoint-handler.js';
import type { ConnectionHandler } from '../engine/contract.js';
import { createEnvironment, type EngineEnvironment } from '../engine/environment.js';

/** What the connections of a container run on. The testing kit brings its own: another clock, and an eye on the handlers. */
export interface ContainerEngine {
  readonly environment: EngineEnvironment;
  /**
   * The handler that the engine is to call for a connection: the given one, or one that stands in front of it.
   *
   * @param endpoint the name of the endpoint's class.
   */
  handlerOf(handler: EndpointHandler, socket: Duplex, endpoint: string): ConnectionHandler;
}

export function systemEngine(): ContainerEngine {
  return { environment: createEnvironment('server'), handlerOf: (handler) => handler };
}
