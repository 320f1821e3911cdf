import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { containerClosed, listenError } from './server-errors.js';

/** How often the HTTP server looks for requests that are overdue. */
const CHECKING_INTERVAL = 250;

/**
 * The HTTP server of a container that was given none. It serves WebSocket and nothing else, and a connection that
 * doesn't get its request across within the handshake timeout is answered with 408 and closed.
 */
export function createOwnServer(handshakeTimeout: number, isEndpoint: (url: string) => boolean): Server {
  const limit = handshakeTimeout === Infinity ? 0 : handshakeTimeout;
  return createServer(
    { headersTimeout: limit, requestTimeout: limit, connectionsCheckingInterval: CHECKING_INTERVAL },
    (request, response) => answerPlainRequest(request, response, isEndpoint(request.url ?? '')),
  );
}

/** Plain HTTP: 426 where a WebSocket would be served, 404 elsewhere. */
function answerPlainRequest(request: IncomingMessage, response: ServerResponse, isEndpoint: boolean): void {
  request.resume();
  response.writeHead(isEndpoint ? 426 : 404, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(isEndpoint ? { Upgrade: 'websocket', Connection: 'Upgrade, close' } : { Connection: 'close' }),
  });
  response.end(isEndpoint ? 'Upgrade Required\n' : 'Not Found\n');
  // Now, not when the response has left: what the same packet has behind the request must not be answered any more.
  request.socket.destroySoon();
}

/** @throws ListenError (as a rejection) when the port can't be had, ContainerError when the server is closed meanwhile. */
export function listen(server: Server, port: number, host: string | undefined): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => reject(listenError(cause, port, host));
    const onClose = () => reject(containerClosed());
    server.once('error', onError);
    server.once('close', onClose);
    try {
      server.listen({ port, host }, () => {
        server.off('error', onError);
        server.off('close', onClose);
        resolve(server.address() as AddressInfo);
      });
    } catch (cause) {
      onError(cause as NodeJS.ErrnoException); // Node throws at once for a port that can't be.
    }
  });
}

/** Stops listening and ends what plain HTTP connections there are. */
export function closeOwnServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
