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

/**
 * Every subpath in one program, each for what it is there for: an endpoint of Jakarta's on the testing kit, a client of a
 * container that is counted, and the protocol by itself. With standard decorators, or legacy ones and types.
 */
export const SUBPATHS = `
import { listener, Session, WebSocketContainer } from 'moorage';
import { WebSocketClient } from 'moorage/client';
import { OnMessage, ServerEndpoint, Session as JakartaSession } from 'moorage/jakarta';
import { healthReport, Metrics } from 'moorage/operations';
import { acceptKey, FrameParser, Opcode } from 'moorage/protocol';
import { TestBench } from 'moorage/testing';

@ServerEndpoint('/shout')
class Shout {
  @OnMessage('text')
  onText(session: JakartaSession, text: string): string {
    return session.isOpen() ? text.toUpperCase() : '';
  }
}

async function main(): Promise<void> {
  const bench = new TestBench();
  const peer = await bench.connect(Shout);
  peer.sendText('jakarta');
  const shouted: string = await peer.expectText();
  await bench.close();

  const metrics = new Metrics();
  const container = new WebSocketContainer({ instruments: [metrics] });
  container.addEndpoint('/echo', listener({ onWebSocketText: (_session, text) => text }));
  const { port } = await container.listen(0, '127.0.0.1');
  const client = new WebSocketClient();
  const echoed = await new Promise<string>((resolve, reject) => {
    const asking = listener({
      onWebSocketConnect: (session: Session) => session.sendText('client'),
      onWebSocketText: (_session, text) => resolve(text),
    });
    client.connect(asking, 'ws://127.0.0.1:' + port + '/echo').catch(reject);
  });
  await client.close();
  await container.close();
  const counted = /^moorage_connections_opened_total.* (\\d+)$/m.exec(metrics.prometheusPage())?.[1];
  console.log(counted, healthReport(container).state);
  console.log(shouted, echoed, Opcode.Text, typeof FrameParser, acceptKey('dGhlIHNhbXBsZSBub25jZQ=='));
}

void main();
`;

export const SUBPATHS_PRINTED = '1 closed\nJAKARTA client 1 function s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n';

/** Requires and imports each of the doors that it is given: whether both are one module, and its classes those of the package. */
export const JAVASCRIPT_COMMON_JS = `
const doors = process.argv.slice(2);
const main = require('moorage');
const same = async (door) => {
  const name = 'moorage' + door.slice(1);
  const required = require(name);
  const imported = await import(name);
  return Object.keys(required).length > 0 && Object.keys(required).every((key) => required[key] === imported[key]);
};
Promise.all(doors.map(same)).then((answers) => {
  const { WebSocketClient } = require('moorage/client');
  const { CloseCode } = require('moorage/protocol');
  console.log(answers.join(), WebSocketClient === main.WebSocketClient, CloseCode === main.CloseCode);
});
`;
