import { createServer } from 'node:http';
import { Container } from 'inversify';
import { WebSocketContainer } from 'moorage';
import type { Sample } from '../../support/run.js';
import { Greeter, Greetings } from './greeter.js';

/** The greeter, whose instances InversifyJS makes. */
export function createInversify(): Sample {
  const injector = new Container();
  injector.bind(Greetings).toSelf().inSingletonScope();
  injector.bind(Greeter).toSelf(); // transient: a new one each time

  const server = createServer((_request, response) => response.end('The greeter is a WebSocket at /greet.\n'));
  const container = new WebSocketContainer({ server, instanceFactory: (type) => injector.get(type) });
  container.addEndpoint(Greeter);
  return { server, container };
}
