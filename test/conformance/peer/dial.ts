import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { agreedAsClient, type DeflateRequest, offersOf } from './deflate-agreement.js';
import { acceptOf, readHead } from './http.js';
import { Peer } from './peer.js';

/**
 * The suite as a client: connects to a server on this machine and opens a WebSocket.
 *
 * @param requests what to offer of permessage-deflate; none for no extension. The server may decline.
 * @throws Error where the answer is anything but a right 101.
 */
export async function dial(
  port: number,
  path: string,
  requests: readonly DeflateRequest[],
  milliseconds: number,
): Promise<Peer> {
  const socket = connect({ port, host: '127.0.0.1' });
  const key = randomBytes(16).toString('base64');
  const extensions = offersOf(requests).map((offer) => `Sec-WebSocket-Extensions: ${offer}\r\n`);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${extensions.join('')}\r\n`,
  );
  const { start, headers, rest } = await readHead(socket, milliseconds);
  try {
    if (!start.startsWith('HTTP/1.1 101 ') || headers.get('sec-websocket-accept') !== acceptOf(key)) {
      throw new Error(`the answer to the opening handshake is "${start}"`);
    }
    const codec = agreedAsClient(headers.get('sec-websocket-extensions') ?? '', requests);
    return new Peer(socket, 'client', codec, rest);
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}
