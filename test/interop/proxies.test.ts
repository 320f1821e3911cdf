import { expect } from 'chai';
import { type ConnectOptions, UpgradeError, WebSocketClient } from 'moorage';
import { Certificates } from './certificates.js';
import { startHaproxy } from './haproxy.js';
import { startNginx } from './nginx.js';
import { PeerServer, type SeenRequest } from './peer-server.js';
import { type ReverseProxy, SILENCE } from './proxy.js';
import { Visitor } from './visitor.js';

for (const [name, start] of [
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const) {
  describe(`Interop through ${name}`, () => {
    const client = new WebSocketClient({ keepAlive: false });
    let certificates: Certificates;
    let server: PeerServer;
    let proxy: ReverseProxy;

    before(async function () {
      certificates = new Certificates(this);
      server = await PeerServer.start();
      proxy = await start(this, { upstream: server.port, certificate: certificates.path('server.pem') });
    });

    after(async () => {
      await client.close({ timeout: 1_000 });
      await proxy?.stop();
      await server?.stop();
      certificates?.remove();
    });

    const at = (path: string): string => `ws://127.0.0.1:${proxy.port}${path}`;
    const atSecure = (path: string): string => `wss://127.0.0.1:${proxy.securePort}${path}`;

    async function visit(url: string, options: ConnectOptions = {}): Promise<Visitor> {
      const visitor = new Visitor();
      await client.connect(visitor, url, { tls: { ca: certificates.ca }, ...options });
      return visitor;
    }

    /** What the server has seen of a request to one of its `/request/{name}`. */
    async function seen(url: string, options?: ConnectOptions): Promise<SeenRequest> {
      const { session, messages, closed } = await visit(url, options);
      const request = JSON.parse(String(await messages.next())) as SeenRequest;
      session.close();
      await closed.next();
      return request;
    }

    async function refusal(url: string, options?: ConnectOptions): Promise<number> {
      const failure = await visit(url, options).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(UpgradeError);
      return (failure as UpgradeError).statusCode;
    }

    describe('Opening handshake', () => {
      it('brings path, query, host and cookies as they were sent', async () => {
        const request = await seen(at('/request/J%C3%BCrgen%20B?a=%26&b=%C3%A4'), { cookies: { sid: 'a b' } });
        expect(request).to.deep.include({
          url: '/request/J%C3%BCrgen%20B?a=%26&b=%C3%A4',
          name: 'Jürgen B',
          host: `127.0.0.1:${proxy.port}`,
          cookies: { sid: 'a b' },
          isSecure: false,
        });
      });

      it('says who asked, and how', async () => {
        const { headers } = await seen(at('/request/ann'));
        expect(headers['x-forwarded-for']).to.equal('127.0.0.1');
        expect(headers['x-forwarded-proto']).to.equal('http');
      });

      it('is served below a path that the proxy takes away', async () => {
        const { url, name: person } = await seen(at('/app/request/ann?b=c'));
        expect([url, person]).to.deep.equal(['/request/ann?b=c', 'ann']);
      });

      it('lets pages of the proxy’s host in', async () => {
        const origin = `http://127.0.0.1:${proxy.port}`;
        expect((await seen(at('/request/ann'), { headers: { Origin: origin } })).origin).to.equal(origin);
      });

      it('refuses other pages with 403', async () => {
        expect(await refusal(at('/echo'), { headers: { Origin: 'https://elsewhere.example' } })).to.equal(403);
      });

      it('refuses even those of the proxy’s host where the proxy hides that', async () => {
        const headers = { Origin: `http://127.0.0.1:${proxy.port}` };
        expect(await refusal(at('/hidden/echo'), { headers })).to.equal(403);
        // A client without an origin is let in, so it is not the path.
        expect((await seen(at('/hidden/request/ann'))).host).to.equal(`127.0.0.1:${server.port}`);
      });

      it('refuses what it does not serve with 404', async () => {
        expect(await refusal(at('/nowhere'))).to.equal(404);
      });

      it('agrees on a subprotocol and on compression', async () => {
        const { session, closed } = await visit(at('/compressed'), { compression: true, subprotocols: ['echo.v2'] });
        expect(session.subprotocol).to.equal('echo.v2');
        expect(session.upgradeResponse.extensions).to.include('permessage-deflate');
        session.close();
        await closed.next();
        await server.nextClosed();
      });

      it('answers requests that ask for no upgrade with the page', async () => {
        const response = await fetch(`http://127.0.0.1:${proxy.port}/echo`);
        expect([response.status, await response.text()]).to.deep.equal([200, 'a page\n']);
      });
    });

    for (const [title, address, path] of [
      ['Messages', at, '/echo'],
      ['Messages, compressed', at, '/compressed/context'],
      ['Messages over TLS that ends at the proxy', atSecure, '/echo'],
    ] as const) {
      describe(title, () => {
        it('come back, whatever their size', async () => {
          const { session, messages, closed } = await visit(address(path), { compression: { threshold: 0 } });
          for (const size of [0, 1, 125, 126, 65_535, 65_536, 1024 * 1024, 12 * 1024 * 1024]) {
            const bytes = Buffer.alloc(size, 'moorage');
            await session.sendBinary(bytes);
            expect(bytes.equals((await messages.next()) as Buffer), `${size} bytes`).to.equal(true);
          }
          session.close();
          await closed.next();
          await server.nextClosed();
        });

        it('come back in their order, pings and fragments among them', async () => {
          const { session, messages, pongs, closed } = await visit(address(path), { compression: { threshold: 0 } });
          for (let index = 0; index < 500; index++) {
            void session.sendPartialText('message ', false);
            void session.sendPing(Buffer.from(String(index)));
            void session.sendPartialText(String(index), true);
          }
          for (let index = 0; index < 500; index++) expect(await messages.next()).to.equal(`message ${index}`);
          expect(await pongs.next()).to.equal('0');
          session.close();
          await closed.next();
          await server.nextClosed();
        });
      });
    }

    describe('TLS that ends at the proxy', () => {
      it('is unknown to our server but for what the proxy says', async () => {
        const { isSecure, headers, host } = await seen(atSecure('/request/ann'));
        expect(isSecure).to.equal(false);
        expect(headers['x-forwarded-proto']).to.equal('https');
        expect(host).to.equal(`127.0.0.1:${proxy.securePort}`);
      });

      it('lets pages of the proxy’s host in', async () => {
        const origin = `https://127.0.0.1:${proxy.securePort}`;
        expect((await seen(atSecure('/request/ann'), { headers: { Origin: origin } })).origin).to.equal(origin);
      });
    });

    describe('Closing handshake', () => {
      it('tells the server code and reason of the client', async () => {
        const { session, closed } = await visit(at('/echo'));
        session.close(4000, 'à bientôt');
        expect((await closed.next()).code).to.equal(4000);
        expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'à bientôt' });
      });

      it('tells the client code and reason of the server', async () => {
        const { messages, closed } = await visit(at('/leave/1001'));
        expect(await messages.next()).to.equal('hello');
        expect(await closed.next()).to.deep.equal({ code: 1001, reason: 'over' });
      });

      it('tells the server of a client that drops TCP: 1006', async () => {
        const { session } = await visit(at('/echo'));
        session.disconnect();
        expect((await server.nextClosed()).code).to.equal(1006);
      });
    });

    it(`keeps a quiet connection open by pings, of either side, where silence of ${SILENCE} s is cut`, async () => {
      const keptByServer = await visit(at('/quiet/pinged'));
      const keptByClient = await visit(at('/quiet'), { keepAlive: { interval: 500 } });
      const keptOverTls = await visit(atSecure('/quiet/pinged'));
      // The clock is the proxy: each of these is cut once it was silent for too long, and the kept ones are older.
      for (let time = 0; time < 2; time++) {
        const silent = await visit(at('/quiet'));
        expect((await silent.closed.next()).code).to.equal(1006);
      }
      for (const { session, messages, closed } of [keptByServer, keptByClient, keptOverTls]) {
        await session.sendText('still here');
        expect(await messages.next()).to.equal('still here');
        session.close();
        expect((await closed.next()).code).to.equal(1000);
      }
    });
  });
}
