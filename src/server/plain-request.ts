import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listHasToken } from '../protocol/handshake/headers.js';
import { ignoreError } from './refusal-writer.js';
import type { UpgradableServer } from './upgradable-server.js';

/**
 * Whether a request that Node gives out as an upgrade is a plain one that merely offers another protocol, as
 * `curl --http2` and Java's HTTP client do with `Upgrade: h2c`. A body is not among what could still be read of it.
 */
export function isPlainRequest({ headers }: IncomingMessage): boolean {
  return (
    !listHasToken(headers.upgrade ?? '', 'websocket') &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

/**
 * Has the server's request handler answer, as it would have without an `upgrade` listener (RFC 9110 §7.8: a server may
 * ignore an Upgrade). The connection ends with the response, since its HTTP parser is gone.
 */
export function answerPlainRequest(server: UpgradableServer, request: IncomingMessage, socket: Duplex): void {
  if (!(socket instanceof Socket)) {
    socket.destroy();
    return;
  }
  socket.on('error', ignoreError);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  server.emit('request', request, response);
}
