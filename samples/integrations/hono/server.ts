import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketContainer } from 'moorage';
import { Echo } from '../../echo/echo.js';
import type { Sample } from '../../support/run.js';

/** Hono and the echo on one port: `GET /echo` is a route, a WebSocket to `/echo` an endpoint. */
export function createHono(): Sample {
  const app = new Hono();
  app.get('/echo', (context) => context.text('Hono answers here.\n'));

  const server = createServer(getRequestListener(app.fetch));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Echo);
  return { server, container };
}
