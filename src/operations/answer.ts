import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a GET or HEAD with a text that is true now and not for long; other methods with 405. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
): void {
  if (response.headersSent || response.destroyed) {
    return; // Somebody else has answered meanwhile, such as a timeout.
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    request.resume();
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 });
    response.end();
    return;
  }
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
