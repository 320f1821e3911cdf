import { createServer } from 'node:http';
import Koa from 'koa';
import { WebSocketContainer } from 'moorage';
import { Echo } from '../../echo/echo.js';
import type { Sample } from '../../support/run.js';

/** Koa and the echo on one port: Koa's middleware answers `GET /echo`, the endpoint a WebSocket to `/echo`. */
export function createKoa(): Sample {
  const app = new Koa();
  app.use((context) => {
    if (context.path === '/echo') context.body = 'Koa answers here.\n';
  });

  const server = createServer(app.callback());
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Echo);
  return { server, container };
}
