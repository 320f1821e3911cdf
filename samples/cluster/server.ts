import { createServer } from 'node:http';
import { type Broker, WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Hall } from './hall.js';

/** What each worker serves: the page at `/`, the WebSockets at `/halls/{name}`. */
export function createWorker(broker: Broker): Sample {
  const server = createServer(pageFiles('cluster'));
  const container = new WebSocketContainer({ server, broker });
  container.addEndpoint(new Hall((topic, message) => container.publish(topic, message)));
  return { server, container };
}
