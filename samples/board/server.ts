import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Board } from './board.js';

/** The board, not yet listening: a page at `/`, the WebSockets at `/board`. */
export function createBoard(): Sample {
  const server = createServer(pageFiles('board'));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(new Board((message) => container.publish('board', message)));
  return { server, container };
}
