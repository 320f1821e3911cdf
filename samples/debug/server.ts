import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Subject } from './subject.js';
import { Watcher } from './watcher.js';

/** The debug tool, not yet listening: a page at `/`, the WebSockets at `/subject/{id}` and `/watch/{id}`. */
export function createDebug(): Sample {
  const server = createServer(pageFiles('debug'));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Subject);
  container.addEndpoint(Watcher);
  return { server, container };
}
