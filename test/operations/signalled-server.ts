/** A server that closes on signals, for the tests to send some to. `failing` as its argument lets the last step fail. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OnWebSocketMessage, WebSocket, WebSocketContainer } from 'moorage';
import { closeOnSignals } from 'moorage/operations';

@WebSocket({ path: '/echo' })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

const server = createServer();
const container = new WebSocketContainer({ server });
container.addEndpoint(Echo);
setInterval(() => {}, 1_000_000); // Something that would keep the process alive.
closeOnSignals(container, {
  server,
  timeout: 60_000,
  after() {
    if (process.argv[2] === 'failing') throw new Error('failing');
    console.log('after');
  },
  onStep: ({ type }) => console.log(type),
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
