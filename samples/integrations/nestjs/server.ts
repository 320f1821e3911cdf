import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Sample } from '../../support/run.js';
import { AppModule } from './app.module.js';
import { WebSockets } from './web-sockets.js';

/** NestJS and the greeter on one port: `GET /greet` is a controller's, a WebSocket to `/greet` an endpoint's. */
export async function createNest(): Promise<Sample & { readonly app: INestApplication }> {
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  const server: Server = app.getHttpServer();
  const container = app.get(WebSockets).serve(server);
  await app.init(); // app.listen() does it as well
  return { app, server, container };
}
