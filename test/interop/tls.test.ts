import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ConnectError, type TlsOptions, WebSocketClient } from 'moorage';
import { WebSocket as WsClient } from 'ws';
import { Certificates } from './certificates.js';
import { requireProgram } from './missing.js';
import { PeerServer, type SeenRequest } from './peer-server.js';
import { Visitor } from './visitor.js';

describe('Interop over TLS', () => {
  const client = new WebSocketClient({ keepAlive: false });
  let certificates: Certificates;
  let otherCertificates: Certificates;
  let server: PeerServer;

  before(async function () {
    certificates = new Certificates(this);
    otherCertificates = new Certificates(this);
    server = await PeerServer.start(certificates.server);
  });

  after(async () => {
    await client.close({ timeout: 1_000 });
    await server?.stop();
    certificates?.remove();
    otherCertificates?.remove();
  });

  async function visit(url: string, tls: TlsOptions): Promise<Visitor> {
    const visitor = new Visitor();
    await client.connect(visitor, url, { tls });
    return visitor;
  }

  async function refusal(url: string, tls: TlsOptions): Promise<ConnectError> {
    const failure = await visit(url, tls).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(ConnectError);
    return failure as ConnectError;
  }

  const codeOf = ({ cause }: ConnectError): unknown => (cause as NodeJS.ErrnoException).code;

  describe('our client with our server', () => {
    it('connects where the certificate is vouched for, and both know that it is secure', async () => {
      const { session, messages, closed } = await visit(server.url('/request/ann'), { ca: certificates.ca });
      expect(session.isSecure).to.equal(true);
      expect((JSON.parse(String(await messages.next())) as SeenRequest).isSecure).to.equal(true);
      session.close();
      await closed.next();
    });

    it('connects by name', async () => {
      const url = server.url('/echo').replace('127.0.0.1', 'localhost');
      const { session, messages, closed } = await visit(url, { ca: certificates.ca });
      await session.sendText('by name');
      expect(await messages.next()).to.equal('by name');
      session.close();
      await closed.next();
      await server.nextClosed();
    });

    it('echoes messages larger than TLS records', async () => {
      const { session, messages, closed } = await visit(server.url('/echo'), { ca: certificates.ca });
      for (const size of [16_383, 16_384, 16_385, 4 * 1024 * 1024]) {
        const bytes = Buffer.alloc(size, 'moorage');
        await session.sendBinary(bytes);
        expect(bytes.equals((await messages.next()) as Buffer), `${size} bytes`).to.equal(true);
      }
      session.close(4000, 'enough');
      expect((await closed.next()).code).to.equal(4000);
      expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'enough' });
    });

    it('refuses the certificate of an authority that it does not know', async () => {
      const failure = await refusal(server.url('/echo'), {});
      expect(codeOf(failure)).to.equal('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });

    it('refuses the certificate of another authority than the one it was told', async () => {
      const failure = await refusal(server.url('/echo'), { ca: otherCertificates.ca });
      expect(codeOf(failure)).to.be.oneOf(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_SIGNATURE_FAILURE']);
    });

    it('refuses a certificate for another host', async () => {
      const failure = await refusal(server.url('/echo'), {
        ca: certificates.ca,
        servername: 'elsewhere.example',
      });
      expect(codeOf(failure)).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
    });

    it('is refused where the server does not speak TLS, and where only the server does', async () => {
      const plain = await PeerServer.start();
      const { ca } = certificates;
      try {
        await refusal(plain.url('/echo').replace('ws:', 'wss:'), { ca });
        await refusal(server.url('/echo').replace('wss:', 'ws:'), { ca });
      } finally {
        await plain.stop();
      }
    });

    it('shows the certificate that it was given to a server that asks for one', async () => {
      const { ca } = certificates;
      const asking = await PeerServer.start({ ...certificates.server, ca, requestCert: true });
      try {
        const { session, messages, closed } = await visit(asking.url('/echo'), { ca, ...certificates.client });
        await session.sendText('known');
        expect(await messages.next()).to.equal('known');
        session.close();
        await closed.next();
        await refusal(asking.url('/echo'), { ca });
      } finally {
        await asking.stop();
      }
    });
  });

  describe('the ws client with our server', () => {
    it('echoes', async () => {
      const socket = new WsClient(server.url('/echo'), { ca: certificates.ca });
      await once(socket, 'open');
      const bytes = Buffer.alloc(4 * 1024 * 1024, 'moorage');
      socket.send(bytes);
      const [echoed] = (await once(socket, 'message')) as [Buffer];
      expect(echoed.equals(bytes)).to.equal(true);
      socket.close(4000, 'enough');
      await once(socket, 'close');
      expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'enough' });
    });

    it('may come from a page of https, not from one of http', async () => {
      const { ca } = certificates;
      const host = server.url('').replace('wss://', '');
      const own = new WsClient(server.url('/echo'), { ca, origin: `https://${host}` });
      await once(own, 'open');
      own.close();
      await server.nextClosed();
      const other = new WsClient(server.url('/echo'), { ca, origin: `http://${host}` });
      const [error] = (await once(other, 'error')) as [Error];
      expect(error.message).to.equal('Unexpected server response: 403');
    });
  });

  it('curl gets the page, and the upgrade', async function () {
    requireProgram(this, ['curl', '--version'], 'On Debian: apt-get install curl');
    const url = server.url('/leave/1000').replace('wss:', 'https:');
    const curl = [
      '-s',
      '-S',
      '-i',
      '-N',
      '--http1.1',
      '--max-time',
      '20',
      '--cacert',
      certificates.path('authority.crt'),
    ];
    expect((await promisify(execFile)('curl', [...curl, url])).stdout).to.match(/^HTTP\/1.1 200 .*a page\n$/s);
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const fields = Object.entries(upgrade).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    expect((await promisify(execFile)('curl', [...curl, ...fields, url])).stdout).to.match(/^HTTP\/1.1 101 .*hello/s);
  });
});
