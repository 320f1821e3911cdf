import { once } from 'node:events';
import { expect } from 'chai';
import { type RawData, WebSocket as WsClient } from 'ws';
import { PeerServer } from './peer-server.js';

/** A client of the `ws` package, its messages read one by one. */
class Client {
  readonly socket: WsClient;
  readonly #received: { data: Buffer; isBinary: boolean }[] = [];
  #wake: (() => void) | undefined;
  /** `Sec-WebSocket-Extensions` of the answer. */
  agreed: string | undefined;

  constructor(url: string, subprotocols: string[] = [], perMessageDeflate = false) {
    this.socket = new WsClient(url, subprotocols, { perMessageDeflate, maxPayload: 64 * 1024 * 1024 });
    this.socket.binaryType = 'nodebuffer';
    this.socket.once('upgrade', ({ headers }) => {
      this.agreed = headers['sec-websocket-extensions'];
    });
    this.socket.on('message', (data: RawData, isBinary: boolean) => {
      this.#received.push({ data: data as Buffer, isBinary });
      this.#wake?.();
    });
  }

  static async open(url: string, subprotocols?: string[], perMessageDeflate?: boolean): Promise<Client> {
    const client = new Client(url, subprotocols, perMessageDeflate);
    await once(client.socket, 'open');
    return client;
  }

  async receive(): Promise<{ data: Buffer; isBinary: boolean }> {
    for (;;) {
      const next = this.#received.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async receiveText(): Promise<string> {
    const { data, isBinary } = await this.receive();
    expect(isBinary, 'a text message').to.equal(false);
    return data.toString();
  }

  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer];
    return { code, reason: reason.toString() };
  }
}

describe('Interop with the ws client', () => {
  let server: PeerServer;

  before(async () => {
    server = await PeerServer.start();
  });

  after(() => server?.stop());

  describe('Opening handshake', () => {
    it('agrees on the first subprotocol offered that the endpoint has', async () => {
      const client = await Client.open(server.url('/echo'), ['chat', 'echo.v1', 'echo.v2']);
      expect(client.socket.protocol).to.equal('echo.v1');
      client.socket.close();
      await client.closed();
      await server.nextClosed();
    });

    it('declines permessage-deflate, which is not enabled, and connects', async () => {
      const client = await Client.open(server.url('/echo'), [], true);
      expect(client.socket.extensions).to.equal('');
      client.socket.send('uncompressed');
      expect(await client.receiveText()).to.equal('uncompressed');
      client.socket.close();
      await client.closed();
      await server.nextClosed();
    });

    it('is refused with 404 where no endpoint is', async () => {
      const { socket } = new Client(server.url('/nowhere'));
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).to.equal('Unexpected server response: 404');
    });
  });

  describe('Messages', () => {
    let client: Client;

    beforeEach(async () => {
      client = await Client.open(server.url('/echo'));
    });

    afterEach(async () => {
      client.socket.close(1000);
      await client.closed();
      await server.nextClosed();
    });

    for (const text of [
      '',
      'a',
      'ÿ € 𝄞 naïve',
      'x'.repeat(125),
      'x'.repeat(126),
      'x'.repeat(65_535),
      'ü'.repeat(40_000),
    ]) {
      it(`echoes a text of ${Buffer.byteLength(text)} bytes`, async () => {
        client.socket.send(text);
        expect(await client.receiveText()).to.equal(text);
      });
    }

    for (const size of [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024, 12 * 1024 * 1024]) {
      it(`echoes ${size} bytes`, async () => {
        const bytes = Buffer.alloc(size, 'moorage');
        client.socket.send(bytes);
        const { data, isBinary } = await client.receive();
        expect(isBinary).to.equal(true);
        expect(data.equals(bytes)).to.equal(true);
      });
    }

    it('gathers fragments, cut inside a character', async () => {
      const bytes = Buffer.from('one € two');
      for (const byte of bytes) client.socket.send(Buffer.of(byte), { binary: false, fin: false });
      client.socket.send(Buffer.alloc(0), { binary: false, fin: true });
      expect(await client.receiveText()).to.equal('one € two');
    });

    it('answers a ping between fragments', async () => {
      client.socket.send('first, ', { fin: false });
      client.socket.ping('between');
      const [payload] = (await once(client.socket, 'pong')) as [Buffer];
      expect(payload.toString()).to.equal('between');
      client.socket.send('second', { fin: true });
      expect(await client.receiveText()).to.equal('first, second');
    });

    it('answers a thousand messages in flight in their order', async () => {
      for (let index = 0; index < 1_000; index++) client.socket.send(`message ${index}`);
      for (let index = 0; index < 1_000; index++) expect(await client.receiveText()).to.equal(`message ${index}`);
    });
  });

  for (const [path, agreed] of [
    ['/compressed', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    ['/compressed/context', 'permessage-deflate'],
  ] as const) {
    it(`agrees on "${agreed}", and echoes`, async () => {
      const client = await Client.open(server.url(path), [], true);
      expect(client.agreed).to.equal(agreed);
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024]) {
        const text = 'moorage '.repeat(Math.ceil(size / 8));
        // Twice: with context takeover the second refers to the first.
        for (let turn = 0; turn < 2; turn++) {
          client.socket.send(text);
          expect((await client.receiveText()) === text, `${text.length} characters`).to.equal(true);
        }
      }
      client.socket.send('in ', { fin: false });
      client.socket.send('fragments', { fin: true });
      expect(await client.receiveText()).to.equal('in fragments');
      client.socket.close();
      await client.closed();
      await server.nextClosed();
    });
  }

  it('gets pings, and its pongs are taken', async () => {
    const client = new Client(server.url('/pings'));
    const [payload] = (await once(client.socket, 'ping')) as [Buffer];
    expect(payload.toString()).to.equal('are you there');
    client.socket.send('after the pong');
    expect(await client.receiveText()).to.equal('after the pong');
    client.socket.close();
    await client.closed();
  });

  describe('Closing handshake', () => {
    for (const [code, reason] of [
      [1000, ''],
      [1001, 'going away'],
      [3000, 'registered'],
      [4999, 'r'.repeat(123)],
    ] as const) {
      it(`gets its own ${code} back`, async () => {
        const client = await Client.open(server.url('/echo'));
        client.socket.close(code, reason);
        expect((await client.closed()).code).to.equal(code);
        expect(await server.nextClosed()).to.deep.equal({ code, reason });
      });
    }

    it('closes without a code: 1005 on both sides', async () => {
      const client = await Client.open(server.url('/echo'));
      client.socket.close();
      expect((await client.closed()).code).to.equal(1005);
      expect(await server.nextClosed()).to.deep.equal({ code: 1005, reason: '' });
    });

    it('tears the connection down: 1006 at the server', async () => {
      const client = await Client.open(server.url('/echo'));
      client.socket.terminate();
      expect((await server.nextClosed()).code).to.equal(1006);
    });

    it('is told code and reason when the server leaves, after what was sent before', async () => {
      const client = new Client(server.url('/leave/4001'));
      const closed = client.closed();
      expect(await client.receiveText()).to.equal('hello');
      expect(await closed).to.deep.equal({ code: 4001, reason: 'over' });
    });

    it('is closed with 1009 for a message over the limit', async () => {
      const client = await Client.open(server.url('/small'));
      client.socket.send('x'.repeat(17));
      expect((await client.closed()).code).to.equal(1009);
    });

    it('is closed with 1007 for text that is not UTF-8', async () => {
      const client = await Client.open(server.url('/echo'));
      client.socket.send(Buffer.from([0x48, 0xc3, 0x28]), { binary: false });
      expect((await client.closed()).code).to.equal(1007);
      expect((await server.nextClosed()).code).to.equal(1007);
    });
  });
});
