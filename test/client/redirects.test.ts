import { expect } from 'chai';
import { UpgradeError } from 'moorage';
import { putAwayAfterEach } from '../server/serving.js';
import { TEST_CERTIFICATE } from '../support/certificate.js';
import { type Asked, answering, newClient, rejection } from './answering.js';
import { Witness } from './witness.js';

const accept = (asked: Asked) => asked.socket.write(asked.switching());

function redirect(location: string, status = 302): (asked: Asked) => void {
  return (asked) => asked.socket.end(`HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
}

const CREDENTIALS = {
  headers: {
    Authorization: 'Bearer secret',
    Cookie: 'sid=secret',
    'Proxy-Authorization': 'Basic secret',
    'X-Api-Key': 'secret',
    'X-Whatever': 'secret',
    Host: 'virtual.example',
    'User-Agent': 'tests',
    Origin: 'http://page.example',
  },
  cookies: { token: 'secret' },
  followRedirects: 3,
};

describe('A redirect', () => {
  putAwayAfterEach();

  it('is not followed unless that was asked for', async () => {
    const target = await answering(accept);
    const server = await answering(redirect(target.url));
    const error = (await rejection(newClient().connect(Witness, server.url))) as UpgradeError;
    expect(error).to.be.instanceOf(UpgradeError);
    expect([error.code, error.statusCode, error.headers['location']]).to.deep.equal([
      'MOORAGE_UPGRADE_REFUSED',
      302,
      target.url,
    ]);
    expect(target.asked.entries).to.be.empty;
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`by ${status} is followed where it was, with a new key`, async () => {
      const server = await answering((asked) =>
        asked.requestLine.startsWith('GET /old ') ? redirect('new?x=1', status)(asked) : accept(asked),
      );
      const session = await newClient().connect(Witness, `${server.url}old`, { followRedirects: 1 });
      expect(session.upgradeRequest.url).to.equal('/new?x=1');
      const [first, second] = server.asked.entries;
      expect(first?.headers['sec-websocket-key']).to.not.equal(second?.headers['sec-websocket-key']);
    });
  }

  it('within the origin keeps headers and cookies', async () => {
    const server = await answering((asked) =>
      asked.requestLine.startsWith('GET / ') ? redirect('/next')(asked) : accept(asked),
    );
    await newClient().connect(Witness, server.url, CREDENTIALS);
    const { headers } = server.asked.entries[1] as Asked;
    expect(headers['authorization']).to.equal('Bearer secret');
    expect(headers['cookie']).to.equal('sid=secret; token=secret');
    expect(headers['x-api-key']).to.equal('secret');
    expect(headers['host']).to.equal('virtual.example');
  });

  it('to another origin takes no credential along, whatever its name', async () => {
    const target = await answering(accept);
    const server = await answering(redirect(target.url.replace('ws:', 'http:')));
    await newClient().connect(Witness, server.url.replace('//', '//ann:secret@'), CREDENTIALS);
    const asked = target.asked.entries[0] as Asked;
    expect(asked.text).to.not.include('secret');
    expect(asked.headers['host']).to.equal(`127.0.0.1:${target.port}`);
    expect(asked.headers['user-agent']).to.equal('tests');
    expect(asked.headers['origin']).to.equal('http://page.example');
  });

  it('to another origin and back does not bring them back', async () => {
    let hop = 0;
    const first = await answering((asked) => (hop++ === 0 ? redirect(second.url)(asked) : accept(asked)));
    const second = await answering((asked) => redirect(first.url)(asked));
    await newClient().connect(Witness, first.url, CREDENTIALS);
    expect(first.asked.entries[1]?.text).to.not.include('secret');
  });

  it('with a user name in its URL does not authenticate', async () => {
    const server = await answering((asked) =>
      asked.requestLine.startsWith('GET / ')
        ? redirect(`${server.url.replace('//', '//a:b@')}next`)(asked)
        : accept(asked),
    );
    await newClient().connect(Witness, server.url, { followRedirects: 1 });
    expect(server.asked.entries[1]?.headers['authorization']).to.equal(undefined);
  });

  it('from ws: to wss: is followed', async () => {
    const target = await answering(accept, { secure: true });
    const server = await answering(redirect(target.url));
    const session = await newClient({ tls: { ca: TEST_CERTIFICATE } }).connect(Witness, server.url, {
      followRedirects: 1,
    });
    expect(session.isSecure).to.equal(true);
  });

  it('from wss: to ws: is refused', async () => {
    const target = await answering(accept);
    const server = await answering(redirect(target.url), { secure: true });
    const error = await rejection(
      newClient({ tls: { ca: TEST_CERTIFICATE } }).connect(Witness, server.url, { followRedirects: 1 }),
    );
    expect(error.code).to.equal('MOORAGE_REDIRECT_REFUSED');
    expect(error.message).to.match(/redirects from wss: to the unencrypted ws:\/\/127\.0\.0\.1/);
    expect(target.asked.entries).to.be.empty;
  });

  for (const location of ['ftp://example.com/', 'http://[', 'javascript:alert(1)', 'ws://h:99999/']) {
    it(`to ${location} is refused`, async () => {
      const server = await answering(redirect(location));
      const error = await rejection(newClient().connect(Witness, server.url, { followRedirects: 1 }));
      expect(error.code).to.equal('MOORAGE_REDIRECT_REFUSED');
      expect((error as UpgradeError).statusCode).to.equal(302);
    });
  }

  it('without a Location is a refusal', async () => {
    const server = await answering(({ socket }) => socket.end('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n'));
    const error = await rejection(newClient().connect(Witness, server.url, { followRedirects: 1 }));
    expect(error.code).to.equal('MOORAGE_UPGRADE_REFUSED');
  });

  it('after a redirect, for ever, ends at the limit', async () => {
    const server = await answering((asked) => redirect(server.url)(asked));
    const error = await rejection(newClient().connect(Witness, server.url, { followRedirects: 4 }));
    expect(error.code).to.equal('MOORAGE_TOO_MANY_REDIRECTS');
    expect(error.message).to.equal('The server redirects again after 4 redirects, the limit of followRedirects.');
    expect(server.asked.entries).to.have.lengthOf(5);
  });

  it('does not stretch the deadline', async () => {
    const server = await answering((asked) => {
      setTimeout(() => redirect(server.url)(asked), 20);
    });
    const error = await rejection(
      newClient().connect(Witness, server.url, { followRedirects: 1_000_000, timeout: 150 }),
    );
    expect(error.code).to.equal('MOORAGE_HANDSHAKE_TIMEOUT');
  });
});
