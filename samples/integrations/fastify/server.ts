import { type FastifyInstance, fastify } from 'fastify';
import { WebSocketContainer } from 'moorage';
import { Echo } from '../../echo/echo.js';
import type { Sample } from '../../support/run.js';

/** Fastify and the echo on one port: `GET /echo` is a route, a WebSocket to `/echo` an endpoint. */
export async function createFastify(): Promise<Sample & { readonly app: FastifyInstance }> {
  const app = fastify();
  app.get('/echo', (_request, reply) => {
    reply.type('text/plain').send('Fastify answers here.\n');
  });

  const { server } = app; // Fastify makes it itself
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Echo);
  // Before the server closes, which would wait for the open WebSockets: so app.close() ends these too.
  app.addHook('preClose', async () => {
    await container.close();
  });

  await app.ready(); // app.listen() does it as well
  return { app, server, container };
}
