import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import {
  type DeflateOptions,
  deflateFrame,
  fragment,
  OnWebSocketConnect,
  OnWebSocketMessage,
  PreparedMessage,
  type Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { WebSocket as Ws } from 'ws';
import { frameBytes, type PeerTarget, RawPeer } from '../support/raw-peer.js';
import { Log, putAwayAfterEach, serve, tracked } from './serving.js';

const seen = new Log<Session>();

@WebSocket({ path: '/' })
class Echo {
  @OnWebSocketConnect
  onConnect(session: Session): void {
    seen.add(session);
  }

  @OnWebSocketMessage
  async onText(session: Session, text: string): Promise<void> {
    if (text === 'plain') await session.sendText('plain '.repeat(20), { compress: false });
    else if (text === 'prepared') await session.sendPrepared(PreparedMessage.text('prepared '.repeat(20)));
    else await session.sendText(text);
  }

  @OnWebSocketMessage
  onBinary(_session: Session, data: Buffer): Buffer {
    return data;
  }
}

async function connect(
  target: PeerTarget,
  parts: { readonly path?: string; readonly headers: Record<string, string> },
) {
  const { peer, response } = await RawPeer.request(target, parts);
  tracked(peer);
  return { peer, response };
}

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
const NEITHER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

/** JSON of about so many bytes. */
function json(bytes: number): string {
  const rows = Array.from({ length: Math.ceil(bytes / 30) }, (_, id) => ({ id, name: `user${(id * 31) % 97}` }));
  return JSON.stringify(rows).slice(0, bytes);
}

describe('A container with compression', () => {
  putAwayAfterEach();

  it('compresses nothing unless told to', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo));
    const { response } = await connect(target, { headers: OFFER });
    expect(response.headers['sec-websocket-extensions']).to.equal(undefined);
  });

  it('agrees in the 101, and shows the session what it agreed on', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo), { compression: true });
    seen.entries.length = 0;
    const { response } = await connect(target, { headers: OFFER });
    expect(response.headers['sec-websocket-extensions']).to.equal(NEITHER);
    expect((await seen.until(() => true)).upgradeResponse.extensions).to.equal(NEITHER);
  });

  it('opens the connection without what it can’t accept', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo), { compression: true });
    for (const offer of ['permessage-deflate; unknown', 'permessage-deflate; server_max_window_bits=8', 'x-other']) {
      const { response } = await connect(target, { headers: { 'Sec-WebSocket-Extensions': offer } });
      expect([response.status, response.headers['sec-websocket-extensions']]).to.deep.equal([101, undefined]);
    }
  });

  it('lets an endpoint have its own', async () => {
    const { target } = await serve(
      (container) => {
        container.addEndpoint('/off', Echo, { compression: false });
        container.addEndpoint('/on', Echo);
        container.addEndpoint('/other', Echo, { compression: false, extensions: [deflateFrame(), fragment()] });
      },
      { compression: true },
    );
    const headers = { 'Sec-WebSocket-Extensions': 'fragment; maxLength=2048, deflate-frame, permessage-deflate' };
    const agreed = async (path: string) =>
      (await connect(target, { path, headers })).response.headers['sec-websocket-extensions'];
    expect(await agreed('/off')).to.equal(undefined);
    expect(await agreed('/on')).to.equal(NEITHER);
    expect(await agreed('/other')).to.equal('fragment; maxLength=2048, deflate-frame; no_context_takeover');
  });

  for (const [options, problem] of [
    [
      { compression: 'on' },
      'compression is "on". Accepted: true, false, or { threshold, level, memLevel, contextTakeover, windowBits }.',
    ],
    [{ compression: { level: 10 } }, 'compression.level is 10. Accepted: a whole number from 0 to 9.'],
    [{ compression: { windowBits: 8 } }, 'compression.windowBits is 8. Accepted: a whole number from 9 to 15.'],
    [{ compression: { treshold: 1 } }, 'compression.treshold is not an option. Did you mean compression.threshold?'],
    [
      { extensions: ['fragment'] },
      'Accepted: a list of extensions such as [fragment()], or of your own: { name, accept, offers, confirm }.',
    ],
    [
      { extensions: [fragment(), fragment()] },
      'extensions has "fragment" twice: a connection has one of each at most.',
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => new WebSocketContainer(options as object)).to.throw(problem);
    });
  }
});

describe('Compression with the client of ws', () => {
  putAwayAfterEach();

  const messages = [
    '',
    'a',
    'hello '.repeat(10),
    json(1000),
    json(6000),
    json(300_000),
    'small after large',
    json(1000),
  ];

  async function echoes(compression: DeflateOptions, client: object): Promise<string> {
    const { server } = await serve((container) => container.addEndpoint(Echo), { compression });
    const { port } = server.address() as AddressInfo;
    const ws = new Ws(`ws://127.0.0.1:${port}/`, { perMessageDeflate: client });
    const got: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      ws.on('error', reject);
      ws.on('close', () => resolve());
      ws.on('message', (data, isBinary) => {
        got.push(`${isBinary} ${data}`);
        if (got.length === messages.length * 2) ws.close();
      });
    });
    await new Promise((resolve) => ws.once('open', resolve));
    const { extensions } = ws;
    for (const text of messages) ws.send(text);
    for (const text of messages) ws.send(Buffer.from(text), { compress: false });
    await done;
    expect(got).to.deep.equal([...messages.map((text) => `false ${text}`), ...messages.map((text) => `true ${text}`)]);
    expect(extensions).to.equal('permessage-deflate');
    return extensions;
  }

  for (const contextTakeover of [false, true]) {
    for (const serverNoContextTakeover of [true, undefined]) {
      for (const clientNoContextTakeover of [true, undefined]) {
        for (const serverMaxWindowBits of [9, 15, undefined]) {
          for (const clientMaxWindowBits of [9, 15, true, undefined]) {
            const given = {
              serverNoContextTakeover,
              clientNoContextTakeover,
              serverMaxWindowBits,
              clientMaxWindowBits,
            };
            const client = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
            it(`echoes ${contextTakeover ? 'with' : 'without'} context takeover, for ${JSON.stringify(client)}`, async () => {
              await echoes({ contextTakeover, threshold: 0 }, { ...client, threshold: 0 });
            });
          }
        }
      }
    }
  }

  it('echoes with every level and memory', async () => {
    for (const level of [0, 1, 6, 9]) {
      await echoes(
        { level, memLevel: Math.max(1, level), threshold: 0, contextTakeover: true, windowBits: 15 },
        { threshold: 0 },
      );
    }
  });

  it('keeps a message uncompressed that is not to be, and shares prepared ones', async () => {
    const { target } = await serve((container) => container.addEndpoint(Echo), { compression: { threshold: 0 } });
    const { peer } = await connect(target, { headers: OFFER });
    peer.send(frameBytes({ opcode: 1, payload: 'plain' }));
    expect((await peer.readFrame()).rsv).to.equal(0);
    peer.send(frameBytes({ opcode: 1, payload: 'prepared' }));
    expect((await peer.readFrame()).rsv).to.equal(4);
  });
});
