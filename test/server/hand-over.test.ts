import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { OnWebSocketConnect, OnWebSocketMessage, Session, WebSocket, WebSocketContainer } from 'moorage';
import { frameBytes, RawPeer, upgradeRequest } from '../support/raw-peer.js';
import { afterTest, putAwayAfterEach, serve, tracked } from './serving.js';

@WebSocket({ path: '/greeter' })
class Greeter {
  @OnWebSocketConnect
  async onConnect(session: Session): Promise<void> {
    void session.sendText('hello');
    await new Promise(setImmediate);
    await session.sendText('welcome');
  }

  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

for (const secure of [false, true]) {
  describe(`Hand-over of a connection from ${secure ? 'https' : 'http'}`, () => {
    putAwayAfterEach();

    const serveGreeter = () => serve((container) => container.addEndpoint(Greeter), { secure });

    it('keeps frames that came with the request, in order, until the connect handler has settled', async () => {
      const { target } = await serveGreeter();
      const peer = tracked(await RawPeer.connect(target));
      peer.send(
        Buffer.concat([
          Buffer.from(upgradeRequest({ path: '/greeter' })),
          frameBytes({ opcode: 1, payload: 'one' }),
          frameBytes({ opcode: 1, payload: 'two' }),
          frameBytes({ opcode: 1, payload: 'three' }).subarray(0, 4),
        ]),
      );
      expect((await peer.readResponse()).status).to.equal(101);
      peer.send(frameBytes({ opcode: 1, payload: 'three' }).subarray(4));
      for (const text of ['hello', 'welcome', 'one', 'two', 'three']) {
        expect(await peer.readText()).to.equal(text);
      }
    });

    it('sends what the connect handler sends at once in the same write as the 101', async () => {
      const { target } = await serveGreeter();
      const peer = tracked(await RawPeer.connect(target));
      const first = new Promise<Buffer>((resolve) => peer.socket.once('data', resolve));
      peer.send(upgradeRequest({ path: '/greeter' }));
      expect((await first).toString('latin1')).to.contain('\r\n\r\n\x81\x05hello');
    });

    it('knows whether the connection is secure, and where it comes from', async () => {
      let seen: Session | undefined;

      @WebSocket({ path: '/seen' })
      class Seen {
        @OnWebSocketConnect
        onConnect(session: Session): void {
          seen = session;
        }
      }

      const { target, container } = await serveGreeter();
      container.addEndpoint(Seen);
      const peer = tracked(await RawPeer.open(target, '/seen?x=1'));
      expect(seen?.isSecure).to.equal(secure);
      expect(seen?.upgradeRequest.isSecure).to.equal(secure);
      expect(seen?.upgradeRequest.query.get('x')).to.equal('1');
      expect(seen?.remoteAddress.port).to.equal(peer.socket.localPort);
      expect(seen?.localAddress.port).to.equal(target.port);
    });
  });
}

describe('Hand-over of a connection', () => {
  putAwayAfterEach();

  async function openOn(server: ReturnType<typeof createServer>): Promise<RawPeer> {
    const container = new WebSocketContainer({ server });
    container.addEndpoint(Greeter);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterTest(async () => {
      await container.close({ timeout: 0 });
      server.close();
    });
    return tracked(await RawPeer.open((server.address() as AddressInfo).port, '/greeter'));
  }

  it('takes the HTTP server’s timeouts off the socket, and Nagle’s delay', async () => {
    let socket: Socket | undefined;
    const server = createServer({ noDelay: false });
    server.timeout = 20;
    server.on('connection', (connected) => {
      socket = connected;
    });
    const peer = await openOn(server);
    await peer.readText();
    expect(socket?.timeout).to.equal(0);
  });

  it('leaves no listener of its own or of the HTTP server on the socket but the engine’s', async () => {
    let upgraded: Duplex | undefined;
    const server = createServer();
    server.prependListener('upgrade', (_: IncomingMessage, socket: Duplex) => {
      upgraded = socket;
    });
    // The listener above is another one, so the path decides; it is the container's.
    const peer = await openOn(server);
    await peer.readText();
    await peer.readText();
    for (const event of ['data', 'end', 'error', 'close']) {
      expect(upgraded?.listenerCount(event), event).to.be.within(1, 2);
    }
    expect(upgraded?.listeners('error')).to.have.length(1);
  });

  it('survives a socket that breaks at any moment of the handshake', async () => {
    const { target } = await serve((container) => container.addEndpoint(Greeter), {
      authorize: async () => {
        await new Promise(setImmediate);
        return true;
      },
    });
    const request = upgradeRequest({ path: '/greeter' });
    for (let i = 0; i < 50; i++) {
      const peer = await RawPeer.connect(target);
      peer.send(i % 2 === 0 ? request : upgradeRequest({ path: '/nowhere' }));
      await peer.flush();
      if (i % 3 === 0) await new Promise(setImmediate);
      peer.reset();
    }
    const survivor = tracked(await RawPeer.open(target, '/greeter'));
    expect(await survivor.readText()).to.equal('hello');
  });
});
