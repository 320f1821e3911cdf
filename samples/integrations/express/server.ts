import { createServer } from 'node:http';
import express from 'express';
import { WebSocketContainer } from 'moorage';
import { Echo } from '../../echo/echo.js';
import type { Sample } from '../../support/run.js';

/** Express and the echo on one port: `GET /echo` is a route, a WebSocket to `/echo` an endpoint. */
export function createExpress(): Sample {
  const app = express();
  app.get('/echo', (_request, response) => {
    response.type('text').send('Express answers here.\n');
  });

  const server = createServer(app);
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Echo);
  return { server, container };
}
