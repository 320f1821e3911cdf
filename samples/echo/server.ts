import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import type { Sample } from '../support/run.js';
import { Echo } from './echo.js';

/** The echo server, not yet listening: WebSockets at `/echo`, one line of text at every other path. */
export function createEcho(): Sample {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end('The echo is a WebSocket at /echo.\n');
  });
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Echo);
  return { server, container };
}
