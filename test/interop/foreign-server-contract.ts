/** What is asked of our client with every foreign server: one suite, many servers. */
import { expect } from 'chai';
import { type ConnectOptions, type DeflateOptions, UpgradeError, WebSocketClient } from 'moorage';
import type { Closed } from './peer-server.js';
import { Relay } from './relay.js';
import { Visitor } from './visitor.js';

/**
 * A server that a foreign library runs, with
 *
 * - `/echo`: what it gets; subprotocols `echo.v1` and `echo.v2`
 * - `/pieces`: a text it gets in three fragments, with a ping `between` before the second
 * - `/pings`: pings with `are you there`, and says `pong are you there` when it gets that back
 * - `/leave/{code}`: says `hello` and closes with the code and the reason `over`
 * - `/drop`: says `hello` and drops TCP
 * - `/small`: echoes texts up to 16 bytes
 * - `/request`: says, in lines, the target of the request, its `X-Visitor` and its `Cookie`
 *
 * and 404 for all else.
 */
export interface ForeignServer {
  readonly port: number;
  /** How the next connection to `/echo` ended, as the foreign library tells it. */
  nextClosed(): Promise<Closed>;
  stop(): Promise<void>;
}

export interface CompressionMode {
  readonly title: string;
  readonly compression: false | DeflateOptions;
  /** `Sec-WebSocket-Extensions` of the answer. */
  readonly agreed: string;
}

export const UNCOMPRESSED: CompressionMode = { title: 'Without compression', compression: false, agreed: '' };

/** @param start is given the suite's context, to skip it where the machine lacks something. */
export function itServesOurClient(
  start: (context: Mocha.Context) => Promise<ForeignServer>,
  modes: readonly CompressionMode[],
): void {
  const client = new WebSocketClient({ keepAlive: false });
  let server: ForeignServer;
  let relay: Relay;

  before(async function () {
    server = await start(this);
    relay = await Relay.to(server.port);
  });

  after(async () => {
    await client.close({ timeout: 1_000 });
    await relay?.stop();
    await server?.stop();
  });

  async function visit(path: string, options: ConnectOptions = {}): Promise<Visitor> {
    const visitor = new Visitor();
    await client.connect(visitor, `ws://127.0.0.1:${relay.port}${path}`, options);
    return visitor;
  }

  async function refusal(path: string): Promise<UpgradeError> {
    try {
      await visit(path);
    } catch (error) {
      expect(error).to.be.instanceOf(UpgradeError);
      return error as UpgradeError;
    }
    throw new Error(`${path} let us in.`);
  }

  describe('Opening handshake', () => {
    it('gets path, query, headers and cookies', async () => {
      const visitor = await visit('/request?a=1&b=%C3%A4', {
        headers: { 'X-Visitor': 'moorage' },
        cookies: { sid: 'a b' },
      });
      expect(await visitor.messages.next()).to.equal('/request?a=1&b=%C3%A4\nmoorage\nsid=a%20b');
      visitor.session.close();
      await visitor.closed.next();
    });

    it('agrees on a subprotocol', async () => {
      const { session, closed } = await visit('/echo', { subprotocols: ['chat', 'echo.v1'] });
      expect(session.subprotocol).to.equal('echo.v1');
      session.close();
      await closed.next();
      await server.nextClosed();
    });

    it('agrees on none where it has none of those offered', async () => {
      const { session, closed } = await visit('/echo', { subprotocols: ['chat'] });
      expect(session.subprotocol).to.equal(undefined);
      session.close();
      await closed.next();
      await server.nextClosed();
    });

    it('refuses what it does not serve', async () => {
      const { code, statusCode } = await refusal('/nowhere');
      expect({ code, statusCode }).to.deep.equal({ code: 'MOORAGE_UPGRADE_REFUSED', statusCode: 404 });
    });
  });

  for (const { title, compression, agreed } of modes) {
    describe(title, () => {
      let visitor: Visitor;

      const open = async (path: string): Promise<Visitor> => {
        visitor = await visit(path, { compression });
        return visitor;
      };

      const leave = async (): Promise<void> => {
        visitor.session.close();
        expect((await visitor.closed.next()).code).to.equal(1000);
        expect(visitor.errors).to.deep.equal([]);
      };

      it('agrees on it', async () => {
        const { session } = await open('/echo');
        const { extensions } = session.upgradeResponse;
        await leave();
        await server.nextClosed();
        expect(extensions).to.equal(agreed);
      });

      it('echoes texts of every header size and beyond ASCII, each twice', async () => {
        const { session, messages } = await open('/echo');
        const texts = [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024].map((length) => 'x'.repeat(length));
        for (const text of [...texts, 'ÿ € 𝄞 naïve', 'ü'.repeat(500_000)]) {
          for (let turn = 0; turn < 2; turn++) {
            await session.sendText(text);
            expect((await messages.next()) === text, `${text.length} characters, turn ${turn}`).to.equal(true);
          }
        }
        await leave();
        await server.nextClosed();
      });

      it('echoes bytes up to 12 MiB', async () => {
        const { session, messages } = await open('/echo');
        for (const size of [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024, 12 * 1024 * 1024]) {
          const bytes = hardToCompress(size);
          await session.sendBinary(bytes);
          const echoed = await messages.next();
          expect(Buffer.isBuffer(echoed) && echoed.equals(bytes), `${size} bytes`).to.equal(true);
        }
        await leave();
        await server.nextClosed();
      });

      it(`takes ${compression === false ? 'all' : 'few'} bytes on the wire for a text that repeats itself`, async () => {
        const { session, messages } = await open('/echo');
        const text = 'moorage '.repeat(32 * 1024);
        const { sent, received } = relay;
        await session.sendText(text);
        await messages.next();
        const few = text.length / 20;
        if (compression === false) {
          expect([relay.sent - sent > text.length, relay.received - received > text.length]).to.deep.equal([
            true,
            true,
          ]);
        } else {
          expect([relay.sent - sent < few, relay.received - received < few]).to.deep.equal([true, true]);
        }
        await leave();
        await server.nextClosed();
      });

      it('gathers fragments, with a ping between them', async () => {
        const { session, messages, pongs } = await open('/echo');
        void session.sendPartialText('one ', false);
        void session.sendPartialText('', false);
        void session.sendPing(Buffer.from('between'));
        void session.sendPartialText('€', false);
        void session.sendPartialText(' two', true);
        for (let part = 0; part < 100; part++) void session.sendPartialBinary(Buffer.alloc(1_000, part), part === 99);
        expect(await pongs.next()).to.equal('between');
        expect(await messages.next()).to.equal('one € two');
        const parts = Array.from({ length: 100 }, (_, part) => Buffer.alloc(1_000, part));
        expect(await messages.next()).to.deep.equal(Buffer.concat(parts));
        await leave();
        await server.nextClosed();
      });

      it('sends fragments, with a ping between them', async () => {
        const { session, messages, pings } = await open('/pieces');
        for (const text of ['one two three', 'x'.repeat(300_000)]) {
          await session.sendText(text);
          expect(await pings.next()).to.equal('between');
          expect(await messages.next()).to.equal(text);
        }
        await leave();
      });

      it('answers a thousand messages in flight in their order', async () => {
        const { session, messages } = await open('/echo');
        for (let index = 0; index < 1_000; index++) void session.sendText(`message ${index}`);
        for (let index = 0; index < 1_000; index++) expect(await messages.next()).to.equal(`message ${index}`);
        await leave();
        await server.nextClosed();
      });

      it('answers pings, and its own are answered', async () => {
        const { session, pings, pongs, messages } = await open('/pings');
        expect(await pings.next()).to.equal('are you there');
        expect(await messages.next()).to.equal('pong are you there');
        await session.sendPing(Buffer.from('and you'));
        expect(await pongs.next()).to.equal('and you');
        await leave();
      });
    });
  }

  describe('Closing handshake', () => {
    for (const [code, reason] of [
      [1000, ''],
      [1001, 'going away'],
      [3000, 'registered'],
      [4000, 'à bientôt'],
      [4999, 'r'.repeat(123)],
    ] as const) {
      it(`is told ${code} "${reason.slice(0, 10)}", and gives the code back`, async () => {
        const { session, closed } = await visit('/echo');
        session.close(code, reason);
        expect((await closed.next()).code).to.equal(code);
        expect(await server.nextClosed()).to.deep.equal({ code, reason });
      });
    }

    it('closes with our code, after what it said before', async () => {
      const { messages, closed } = await visit('/leave/4001');
      expect(await messages.next()).to.equal('hello');
      expect(await closed.next()).to.deep.equal({ code: 4001, reason: 'over' });
    });

    it('is closed without a code: 1005 there', async () => {
      const { session, closed } = await visit('/echo');
      session.close(1005);
      await closed.next();
      expect((await server.nextClosed()).code).to.equal(1005);
    });

    it('drops TCP: 1006 here', async () => {
      const { messages, closed } = await visit('/drop');
      expect(await messages.next()).to.equal('hello');
      expect((await closed.next()).code).to.equal(1006);
    });

    it('is dropped: 1006 there', async () => {
      const { session, closed } = await visit('/echo');
      session.disconnect();
      expect((await closed.next()).code).to.equal(1006);
      expect((await server.nextClosed()).code).to.equal(1006);
    });

    it('closes with 1009 for a message over its limit', async () => {
      const { session, closed } = await visit('/small');
      await session.sendText('x'.repeat(17));
      expect((await closed.next()).code).to.equal(1009);
    });
  });
}

/** Bytes that look random and are the same each time. */
function hardToCompress(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
