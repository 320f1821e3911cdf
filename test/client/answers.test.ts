import type { Socket } from 'node:net';
import { expect } from 'chai';
import { ConnectError, HandshakeTimeoutError, UpgradeError } from 'moorage';
import { putAwayAfterEach } from '../server/serving.js';
import { TEST_CERTIFICATE } from '../support/certificate.js';
import { type Asked, answering, gone, newClient, rejection, serverFrame } from './answering.js';
import { Witness } from './witness.js';

/** What a client makes of an answer. */
async function verdict(answer: (asked: Asked) => void, options = {}, witness = new Witness()): Promise<UpgradeError> {
  const server = await answering(answer);
  const error = await rejection(newClient().connect(witness, server.url, options));
  return error as UpgradeError;
}

describe('An answer to a client', () => {
  putAwayAfterEach();

  it('that is right opens the session', async () => {
    const server = await answering((asked) => asked.socket.write(asked.switching()));
    const session = await newClient().connect(Witness, server.url);
    expect(session.isOpen).to.equal(true);
    expect(session.remoteAddress.port).to.equal(server.port);
  });

  it('may bring frames in the same packet: they are kept, in order', async () => {
    const server = await answering((asked) => {
      const frames = [serverFrame(1, 'a'), serverFrame(1, 'b'), serverFrame(8, [3, 232])];
      asked.socket.end(Buffer.concat([Buffer.from(asked.switching()), ...frames]));
    });
    const witness = new Witness();
    await newClient().connect(witness, server.url);
    await witness.log.until((entry) => entry.startsWith('close'));
    expect(witness.log.entries).to.deep.equal(['connect', 'text a', 'text b', 'close 1000']);
  });

  it('may come in pieces of one byte', async () => {
    const server = await answering((asked) => {
      for (const byte of Buffer.concat([Buffer.from(asked.switching()), serverFrame(1, 'a')])) {
        asked.socket.write(Buffer.from([byte]));
      }
    });
    const witness = new Witness();
    await newClient().connect(witness, server.url);
    await witness.log.until((entry) => entry === 'text a');
  });

  it('may come after interim answers', async () => {
    const server = await answering((asked) => {
      asked.socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      asked.socket.write(asked.switching());
    });
    expect((await newClient().connect(Witness, server.url)).isOpen).to.equal(true);
  });

  const wrong: [string, (asked: Asked) => string, string][] = [
    ['no Upgrade', (asked) => asked.switching({ Upgrade: undefined }), 'MOORAGE_RESPONSE_UPGRADE'],
    ['another Upgrade', (asked) => asked.switching({ Upgrade: 'h2c' }), 'MOORAGE_RESPONSE_UPGRADE'],
    ['two Upgrades', (asked) => asked.switching({ Upgrade: ['websocket', 'websocket'] }), 'MOORAGE_RESPONSE_UPGRADE'],
    ['no Connection', (asked) => asked.switching({ Connection: undefined }), 'MOORAGE_RESPONSE_CONNECTION'],
    ['another Connection', (asked) => asked.switching({ Connection: 'close' }), 'MOORAGE_RESPONSE_CONNECTION'],
    ['no Accept', (asked) => asked.switching({ 'Sec-WebSocket-Accept': undefined }), 'MOORAGE_RESPONSE_ACCEPT'],
    [
      'a wrong Accept',
      (asked) => asked.switching({ 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }),
      'MOORAGE_RESPONSE_ACCEPT',
    ],
    [
      'two Accepts',
      (asked) => asked.switching({ 'Sec-WebSocket-Accept': [asked.accept, asked.accept] }),
      'MOORAGE_RESPONSE_ACCEPT',
    ],
    ['a subprotocol', (asked) => asked.switching({ 'Sec-WebSocket-Protocol': 'chat' }), 'MOORAGE_RESPONSE_SUBPROTOCOL'],
    [
      'an extension',
      (asked) => asked.switching({ 'Sec-WebSocket-Extensions': 'x-unknown' }),
      'MOORAGE_RESPONSE_EXTENSION',
    ],
    ['HTTP/1.0', (asked) => asked.switching().replace('HTTP/1.1', 'HTTP/1.0'), 'MOORAGE_RESPONSE_MALFORMED'],
    ['status 200', () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'MOORAGE_UPGRADE_REFUSED'],
    ['status 404', () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'MOORAGE_UPGRADE_REFUSED'],
    ['status 204', () => 'HTTP/1.1 204 No Content\r\n\r\n', 'MOORAGE_UPGRADE_REFUSED'],
    ['a redirect', () => 'HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', 'MOORAGE_UPGRADE_REFUSED'],
    ['no HTTP', () => 'SSH-2.0-OpenSSH_9.6\r\n', 'MOORAGE_RESPONSE_MALFORMED'],
    ['a broken field', (asked) => asked.switching({ 'Bad Name': '1' }), 'MOORAGE_RESPONSE_MALFORMED'],
    ['a field over 16 KiB', (asked) => asked.switching({ 'X-Long': 'x'.repeat(17_000) }), 'MOORAGE_RESPONSE_TOO_LARGE'],
    [
      '129 fields',
      (asked) => asked.switching({ X: Array.from({ length: 126 }, () => '1') }),
      'MOORAGE_RESPONSE_TOO_LARGE',
    ],
    [
      '2,100 fields, the right ones last',
      (asked) => asked.switching().replace('Upgrade', `${'A:1\r\n'.repeat(2_100)}Upgrade`),
      'MOORAGE_RESPONSE_TOO_LARGE',
    ],
    [
      '65 interim answers',
      (asked) => 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(65) + asked.switching(),
      'MOORAGE_RESPONSE_TOO_LARGE',
    ],
  ];
  for (const [what, answer, code] of wrong) {
    it(`with ${what} is ${code}, and the connection is ended`, async () => {
      const server = await answering((asked) => asked.socket.write(answer(asked)));
      const witness = new Witness();
      const error = await rejection(newClient().connect(witness, server.url));
      expect(error).to.be.instanceOf(UpgradeError);
      expect(error.code).to.equal(code);
      expect(witness.log.entries).to.deep.equal([`error ${code}`]);
      await gone(await server.sockets.until(() => true));
    });
  }

  it('that refuses is in the error: status, headers and body', async () => {
    const error = await verdict((asked) =>
      asked.socket.end('HTTP/1.1 403 Forbidden\r\nX-Why: banned\r\nContent-Length: 7\r\n\r\nNot you'),
    );
    expect(error.name).to.equal('UpgradeError');
    expect(error.statusCode).to.equal(403);
    expect(error.headers['x-why']).to.equal('banned');
    expect(error.body).to.equal('Not you');
    expect(error.message).to.match(
      /^The server answered 403 instead of 101 \(Switching Protocols\): it does not let this client in\./,
    );
  });

  it('that refuses with an endless body is read no further than 4 KiB', async () => {
    const error = await verdict(({ socket }) => {
      socket.write('HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`400\r\n${'x'.repeat(1024)}\r\n`));
        if (!socket.destroyed) socket.once('drain', more);
      };
      more();
    });
    expect(error.statusCode).to.equal(500);
    expect(error.body).to.equal('x'.repeat(4096));
  });

  it('that refuses and breaks off is still that refusal', async () => {
    const error = await verdict(({ socket }) => socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nnot now'));
    expect([error.statusCode, error.body]).to.deep.equal([503, 'not now']);
  });

  it('that refuses and never ends its body is that refusal at the deadline', async () => {
    const witness = new Witness();
    const answer = ({ socket }: Asked) => socket.write('HTTP/1.1 401 No\r\nContent-Length: 100\r\n\r\nwho?');
    const error = await verdict(answer, { timeout: 100 }, witness);
    expect([error.code, error.statusCode, error.body]).to.deep.equal(['MOORAGE_UPGRADE_REFUSED', 401, 'who?']);
    expect(witness.log.entries).to.deep.equal(['error MOORAGE_UPGRADE_REFUSED']);
  });

  for (const [what, end] of [
    ['FIN', (asked: Asked) => asked.socket.end()],
    ['reset', (asked: Asked) => asked.socket.resetAndDestroy()],
    ['FIN in the middle', (asked: Asked) => asked.socket.end(asked.switching().slice(0, 40))],
  ] as const) {
    it(`that is a ${what} is a ConnectError with its cause`, async () => {
      const error = await verdict(end);
      expect(error).to.be.instanceOf(ConnectError);
      expect(error.code).to.equal('MOORAGE_CONNECT_FAILED');
      expect(error.cause).to.be.instanceOf(Error);
    });
  }

  for (const [what, answer] of [
    ['silent', () => undefined],
    ['dripped', ({ socket }: Asked) => drip(socket, 'HTTP/1.1 101 Switching Protocols\r\nX: ')],
    [
      'interim for ever',
      ({ socket }: Asked) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n'),
    ],
  ] as const) {
    it(`that is ${what} ends at the deadline`, async () => {
      const witness = new Witness();
      const server = await answering(answer);
      const error = await rejection(newClient({ handshakeTimeout: 150 }).connect(witness, server.url));
      expect(error).to.be.instanceOf(HandshakeTimeoutError);
      expect(error.message).to.equal(
        `No WebSocket to ${server.url} within 150 ms: the server, or something on the way, does not answer. Raise the option timeout if it is only slow.`,
      );
      expect(witness.log.entries).to.deep.equal(['error MOORAGE_HANDSHAKE_TIMEOUT']);
    });
  }
});

/** A little at a time, until the client has enough: slower than the limit on interim answers. */
function drip(socket: Socket, first: string, more = 'x'): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(more), 20);
  socket.once('close', () => clearInterval(timer));
}

describe('A client over TLS', () => {
  putAwayAfterEach();

  it('connects where the certificate is trusted', async () => {
    const server = await answering((asked) => asked.socket.write(asked.switching()), { secure: true });
    const session = await newClient({ tls: { ca: TEST_CERTIFICATE } }).connect(Witness, server.url);
    expect(session.isSecure).to.equal(true);
    expect(session.upgradeRequest.isSecure).to.equal(true);
  });

  it('refuses a certificate that nobody vouches for, and says how to trust it', async () => {
    const server = await answering((asked) => asked.socket.write(asked.switching()), { secure: true });
    const error = await rejection(newClient().connect(Witness, server.url));
    expect(error).to.be.instanceOf(ConnectError);
    expect(error.message).to.match(/To trust a certificate of your own, give it as tls: \{ ca \}\.$/);
    expect(server.asked.entries).to.be.empty;
  });

  it('refuses a certificate for another host', async () => {
    const server = await answering((asked) => asked.socket.write(asked.switching()), { secure: true });
    const tls = { ca: TEST_CERTIFICATE, servername: 'other.example' };
    const error = await rejection(newClient().connect(Witness, server.url, { tls }));
    expect(error.message).to.match(/other\.example/);
  });

  it('says so when the port speaks no TLS', async () => {
    const plain = await answering(({ socket }) => socket.end());
    void plain.sockets.until(() => true).then((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await rejection(newClient().connect(Witness, plain.url.replace('ws:', 'wss:')));
    expect(error).to.be.instanceOf(ConnectError);
    expect(error.message).to.match(/does the port speak TLS\? If not, say ws: instead of wss:\.$/);
  });
});
