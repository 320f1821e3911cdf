import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { container as injector } from 'tsyringe';
import type { Sample } from '../../support/run.js';
import { Greeter } from './greeter.js';

/** The greeter, whose instances tsyringe makes. */
export function createTsyringe(): Sample {
  const server = createServer((_request, response) => response.end('The greeter is a WebSocket at /greet.\n'));
  const container = new WebSocketContainer({ server, instanceFactory: (type) => injector.resolve(type) });
  container.addEndpoint(Greeter);
  return { server, container };
}
