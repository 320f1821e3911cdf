import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { requireProgram } from './missing.js';
import { PeerServer } from './peer-server.js';

// curl knows nothing of WebSocket here: it sends the request it is told to and prints the bytes that come back.

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

function curl(url: string, headers: Readonly<Record<string, string>> = {}, ...options: string[]): Promise<Answer> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const command = ['-s', '-S', '-i', '-N', '--http1.1', '--max-time', '20', ...options, ...fields, url];
  return new Promise((resolve, reject) => {
    execFile('curl', command, { encoding: 'buffer' }, (error, stdout, stderr) => {
      // 52 and 56 are curl's words for a connection that ends without a body of known length.
      if (error !== null && stdout.length === 0) return reject(new Error(`curl: ${stderr.toString()}`));
      const end = stdout.indexOf('\r\n\r\n');
      const head = stdout.subarray(0, end).toString('latin1');
      resolve({ status: Number(head.split(' ')[1]), head, body: stdout.subarray(end + 4) });
    });
  });
}

describe('Interop with curl', () => {
  let server: PeerServer;

  before(async function () {
    requireProgram(this, ['curl', '--version'], 'On Debian: apt-get install curl');
    server = await PeerServer.start();
  });

  after(() => server?.stop());

  const at = (path: string): string => server.url(path).replace('ws:', 'http:');

  it('is answered 101, and the frames of the server follow', async () => {
    const { status, head, body } = await curl(at('/leave/1000'), UPGRADE);
    expect(status).to.equal(101);
    expect(head.toLowerCase()).to.include('upgrade: websocket').and.include('connection: upgrade');
    // RFC 6455 §1.3: the answer to the sample nonce.
    expect(head).to.match(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r?$/im);
    const hello = [0x81, 0x05, ...Buffer.from('hello')];
    const close = [0x88, 0x06, 0x03, 0xe8, ...Buffer.from('over')];
    expect(body).to.deep.equal(Buffer.from([...hello, ...close]));
  });

  it('gets the page when it asks for no upgrade', async () => {
    const { status, body } = await curl(at('/echo'));
    expect(status).to.equal(200);
    expect(body.toString()).to.equal('a page\n');
  });

  const { 'Sec-WebSocket-Key': _key, ...withoutKey } = UPGRADE;
  const { 'Sec-WebSocket-Version': _version, ...withoutVersion } = UPGRADE;
  for (const [title, path, headers, status, field] of [
    ['no endpoint', '/nowhere', UPGRADE, 404, ''],
    ['an old version', '/echo', { ...UPGRADE, 'Sec-WebSocket-Version': '8' }, 426, 'sec-websocket-version: 13'],
    ['no version', '/echo', withoutVersion, 426, 'sec-websocket-version: 13'],
    ['no key', '/echo', withoutKey, 400, ''],
    ['a short key', '/echo', { ...UPGRADE, 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400, ''],
    ['another origin', '/echo', { ...UPGRADE, Origin: 'https://elsewhere.example' }, 403, ''],
    ['another protocol', '/echo', { ...UPGRADE, Upgrade: 'h2c' }, 426, 'upgrade: websocket'],
    ['malformed subprotocols', '/echo', { ...UPGRADE, 'Sec-WebSocket-Protocol': 'a b' }, 400, ''],
  ] as const) {
    it(`is refused with ${status} for ${title}`, async () => {
      const answer = await curl(at(path), headers);
      expect(answer.status).to.equal(status);
      expect(answer.head.toLowerCase()).to.include('connection: close').and.include(field);
    });
  }

  it('is refused with 405 for POST', async () => {
    const { status, head } = await curl(at('/echo'), UPGRADE, '-X', 'POST');
    expect(status).to.equal(405);
    expect(head.toLowerCase()).to.include('allow: get');
  });
});
