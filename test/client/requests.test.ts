import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { ConfigurationError, type ConnectOptions, WebSocket } from 'moorage';
import { afterTest, Log, putAwayAfterEach } from '../server/serving.js';
import { type Asked, answering, newClient, rejection } from './answering.js';
import { Witness } from './witness.js';

const accept = (asked: Asked) => asked.socket.write(asked.switching());

/** The request that a client sends with the options. */
async function requested(options: ConnectOptions, path = '', endpoint: object = Witness): Promise<Asked> {
  const server = await answering(accept);
  await newClient().connect(endpoint, server.url + path, options);
  return server.asked.until(() => true);
}

@WebSocket({ subprotocols: ['chat.v2', 'chat.v1'] })
class Speaker extends Witness {}

describe('A client’s request', () => {
  putAwayAfterEach();

  it('is the opening handshake of RFC 6455 §4.1, and nothing more', async () => {
    const asked = await requested({}, 'chat/blue?name=%C3%84nn');
    expect(asked.requestLine).to.equal('GET /chat/blue?name=%C3%84nn HTTP/1.1');
    const { 'sec-websocket-key': key, host, ...rest } = asked.headers;
    expect(host).to.match(/^127\.0\.0\.1:\d+$/);
    expect(Buffer.from(key ?? '', 'base64')).to.have.lengthOf(16);
    expect(rest).to.deep.equal({ upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' });
  });

  it('has a key of its own each', async () => {
    const server = await answering(accept);
    const client = newClient();
    await Promise.all(Array.from({ length: 20 }, () => client.connect(Witness, server.url)));
    const keys = server.asked.entries.map(({ headers }) => headers['sec-websocket-key']);
    expect(new Set(keys).size).to.equal(20);
  });

  it('carries headers, repeated ones too, and cookies after those of a Cookie header', async () => {
    const { headers } = await requested({
      headers: { Authorization: 'Bearer x', 'X-Tag': ['a', 'b'], cookie: 'raw=1' },
      cookies: { sid: 'a b;c', n: 'ü' },
    });
    expect(headers['authorization']).to.equal('Bearer x');
    expect(headers['x-tag']).to.equal('a|b');
    expect(headers['cookie']).to.equal('raw=1; sid=a%20b%3Bc; n=%C3%BC');
  });

  it('authenticates by the user name of the URL, and leaves it out of the request line', async () => {
    const server = await answering(accept);
    await newClient().connect(Witness, server.url.replace('//', '//ann:secret@'));
    const [asked] = server.asked.entries;
    expect(asked?.headers['authorization']).to.equal('Basic YW5uOnNlY3JldA==');
    expect(asked?.requestLine).to.equal('GET / HTTP/1.1');
  });

  it('offers the subprotocols of the class, or those of the call, and tells what was chosen', async () => {
    expect((await requested({}, '', Speaker)).headers['sec-websocket-protocol']).to.equal('chat.v2, chat.v1');
    expect((await requested({ subprotocols: ['x'] }, '', Speaker)).headers['sec-websocket-protocol']).to.equal('x');
    const server = await answering((asked) =>
      asked.socket.write(asked.switching({ 'Sec-WebSocket-Protocol': 'chat.v1' })),
    );
    const session = await newClient().connect(Speaker, server.url);
    expect(session.subprotocol).to.equal('chat.v1');
    expect(session.upgradeRequest.subprotocols).to.deep.equal(['chat.v2', 'chat.v1']);
  });

  it('is what the session shows', async () => {
    const server = await answering(accept);
    const session = await newClient().connect(Witness, `${server.url}a?b=c`, { headers: { 'X-A': '1' } });
    const { url, path, query, headers, host } = session.upgradeRequest;
    expect([url, path, query.get('b'), headers['x-a'], host]).to.deep.equal([
      '/a?b=c',
      '/a',
      'c',
      '1',
      `127.0.0.1:${server.port}`,
    ]);
  });

  it('goes through a Unix domain socket where one is named', async () => {
    if (process.platform === 'win32') return;
    const folder = await mkdtemp(join(tmpdir(), 'moorage-'));
    afterTest(() => rm(folder, { recursive: true }));
    const path = join(folder, 'server.sock');
    const server = await answering(accept, { path });
    await newClient().connect(Witness, 'ws://app.internal/chat', { socketPath: path });
    expect(server.asked.entries[0]?.headers['host']).to.equal('app.internal');
  });

  const refused: [ConnectOptions & Record<string, unknown>, string][] = [
    [{ header: {} }, 'header is not an option. Did you mean headers?'],
    [{ origins: 'any' }, 'origins is not an option.'],
    [{ timeout: -1 }, 'timeout is -1. Accepted: whole milliseconds; 0 or Infinity for no limit.'],
    [{ followRedirects: 1.5 }, 'followRedirects is 1.5. Accepted: a whole number from 0.'],
    [{ followRedirects: true as never }, 'followRedirects is true.'],
    [{ subprotocols: ['a', 'a'] }, 'subprotocols is an array. Accepted: a list of different names'],
    [{ cookies: { 'a b': '1' } }, 'cookies is an object. Accepted: an object of names (tokens) and strings'],
    [{ signal: {} as never }, 'signal is an object. Accepted: an AbortSignal.'],
    [
      { agent: true as never },
      'agent is true. Accepted: an Agent of node:http or node:https, or one that looks like it.',
    ],
    [{ maxTextMessageSize: 0 }, 'maxTextMessageSize is 0.'],
  ];
  for (const [options, text] of refused) {
    it(`is not sent with ${Object.keys(options)}: ${JSON.stringify(Object.values(options)[0])}`, async () => {
      const witness = new Witness();
      const error = await rejection(newClient().connect(witness, 'ws://127.0.0.1:1/', options));
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.include("The options of connect can't be used").and.to.include(text);
      expect(witness.log.entries).to.be.empty;
    });
  }

  it('is not sent with a header of the handshake’s own', async () => {
    const error = await rejection(
      newClient().connect(Witness, 'ws://127.0.0.1:1/', { headers: { 'Sec-WebSocket-Protocol': 'x' } }),
    );
    expect(error.code).to.equal('MOORAGE_INVALID_HEADER');
  });

  it('is not sent by a client with options that can’t be', () => {
    expect(() => newClient({ handshakeTimout: 1 } as never)).to.throw(
      ConfigurationError,
      'handshakeTimout is not an option. Did you mean handshakeTimeout?',
    );
  });
});

/** An agent that asks an HTTP proxy for a tunnel: the example of docs/client.md. */
class TunnelAgent extends Agent {
  readonly #proxy: URL;

  constructor(proxy: string) {
    super();
    this.#proxy = new URL(proxy);
  }

  override createConnection(
    target: { host?: string | null; port?: string | number | null },
    done: (cause: Error | null, socket: Duplex) => void,
  ): undefined {
    const { hostname: host, port } = this.#proxy;
    const request = httpRequest({ host, port, method: 'CONNECT', path: `${target.host}:${target.port}`, agent: false });
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) done(null, socket);
      else done(new Error(`The proxy answered ${response.statusCode}`), socket.destroy());
    });
    request.once('error', (cause) => done(cause, null as never));
    request.end();
  }
}

/** An HTTP proxy that knows CONNECT alone. */
async function proxy(status: number): Promise<{ url: string; tunnels: Log }> {
  const tunnels = new Log();
  const server = createServer((near: Socket) => {
    near.on('error', () => undefined);
    near.once('data', (head: Buffer) => {
      const [, host = '', port = ''] = /^CONNECT (.*):(\d+) HTTP\/1\.1\r\n/.exec(head.toString()) ?? [];
      tunnels.add(`${host}:${port}`);
      if (status !== 200) {
        near.end(`HTTP/1.1 ${status} No\r\n\r\n`);
        return;
      }
      const far = connectTcp(Number(port), host, () => {
        near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        near.pipe(far).pipe(near);
      });
      far.on('error', () => near.destroy());
    });
    afterTest(() => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, tunnels };
}

describe('A client with an agent', () => {
  putAwayAfterEach();

  it('goes through a proxy’s tunnel', async () => {
    const { url, tunnels } = await proxy(200);
    const server = await answering(accept);
    const session = await newClient({ agent: new TunnelAgent(url) }).connect(Witness, server.url);
    expect(session.isOpen).to.equal(true);
    expect(tunnels.entries).to.deep.equal([`127.0.0.1:${server.port}`]);
  });

  it('is told when the proxy refuses', async () => {
    const { url } = await proxy(407);
    const error = await rejection(newClient().connect(Witness, 'ws://h.example/', { agent: new TunnelAgent(url) }));
    expect(error.code).to.equal('MOORAGE_CONNECT_FAILED');
    expect(error.message).to.equal("Can't connect to ws://h.example/: The proxy answered 407.");
  });

  it('is told when the agent is for another scheme', async () => {
    const error = await rejection(newClient({ agent: new Agent() }).connect(Witness, 'wss://h.example/'));
    expect(error.code).to.equal('MOORAGE_CONNECT_FAILED');
    expect(error.message).to.match(/Protocol "https:" not supported/);
  });

  it('gives up at the deadline also when the agent never comes back', async () => {
    class Idle extends Agent {
      override createConnection(): undefined {}
    }
    const error = await rejection(
      newClient({ agent: new Idle() }).connect(Witness, 'ws://h.example/', { timeout: 50 }),
    );
    expect(error.code).to.equal('MOORAGE_HANDSHAKE_TIMEOUT');
  });
});
