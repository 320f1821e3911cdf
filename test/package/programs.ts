// What a user may write in an empty project. Each opens a server on a free port, connects to it with Node's own HTTP
// client and prints the status and the text that the endpoint sent.

const connectAndPrint = `
const server = createServer();
const container = new WebSocketContainer({ server });
container.addEndpoint(Greeter);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const request = get({
    port,
    host: '127.0.0.1',
    path: '/greet/welcome',
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  });
  request.on('upgrade', (response, socket, head) => {
    const chunks: Buffer[] = [head];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => {
      const frame = Buffer.concat(chunks);
      console.log(String(response.statusCode), frame.subarray(2, 2 + (frame[1] as number)).toString());
      socket.destroy();
      void container.close({ timeout: 1000 }).then(() => server.close());
    });
  });
});
`;

const imports = `
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OnWebSocketConnect, OnWebSocketMessage, Session, WebSocket, WebSocketContainer } from 'moorage';
`;

const greeter = `
@WebSocket({ path: '/greet/{word}', closeTimeout: 100 })
class Greeter {
  @OnWebSocketConnect
  onConnect(session: Session): void {
    void session.sendText(session.pathParameters['word'] as string);
    session.close();
  }

  MESSAGE
  onText(session: Session, text: string): string {
    return text + session.id;
  }
}
`;

const legacy = imports + greeter.replace('MESSAGE', '@OnWebSocketMessage') + connectAndPrint;
const standard = imports + greeter.replace('MESSAGE', "@OnWebSocketMessage('text')") + connectAndPrint;

export const AS_MODULE = { legacy, standard } as const;

/** The same, compiled to `require` calls by its file's ending. */
export const AS_COMMON_JS: string = legacy;

export const JAVASCRIPT_COMMON_JS = `
const required = require('moorage');
import('moorage').then((imported) => {
  console.log(typeof required.WebSocket, typeof required.WebSocketContainer, required.Session === imported.Session);
});
`;

/** For each of the package's doors, functions and classes that must be there. */
export const AT_EACH_DOOR: Readonly<Record<string, readonly string[]>> = {
  '.': ['WebSocket', 'WebSocketContainer', 'WebSocketClient'],
  './client': ['WebSocketClient'],
  './jakarta': ['ServerEndpoint', 'OnOpen'],
  './operations': ['Metrics', 'Traces', 'TrafficLog', 'healthHandler', 'metricsHandler', 'closeOnSignals'],
  './protocol': ['FrameParser'],
  './testing': ['TestBench'],
};
