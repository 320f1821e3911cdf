import { expect } from 'chai';
import { compileOrigins } from '#moorage/protocol/handshake/origin.js';
import { isRefusal, type Refusal, refusalResponse } from '#moorage/protocol/handshake/refusal.js';
import type { RequestHead } from '#moorage/protocol/handshake/request-head.js';
import { HandshakeError } from '#moorage/protocol/handshake/response-headers.js';
import {
  acceptUpgrade,
  checkUpgrade,
  DEFAULT_MAX_HEADER_FIELDS,
  DEFAULT_MAX_URL_LENGTH,
  type HandshakeRules,
  selectSubprotocol,
  type UpgradeChoice,
  type ValidUpgrade,
} from '#moorage/protocol/handshake/server-handshake.js';
import { UpgradeResponse } from '#moorage/protocol/handshake/upgrade-response.js';

const rules: HandshakeRules = {
  maxHeaderFields: DEFAULT_MAX_HEADER_FIELDS,
  maxUrlLength: DEFAULT_MAX_URL_LENGTH,
  origins: compileOrigins(['https://friend.example']),
};

/** The header fields of the example in RFC 6455 §1.2, without its optional ones. */
const REQUIRED = {
  Host: 'server.example.com',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

type Fields = Record<string, string | readonly string[] | undefined>;

/** A valid request with some fields set, repeated (a list) or taken away (undefined). */
function head(fields: Fields = {}, rest: Partial<RequestHead> = {}): RequestHead {
  const rawHeaders = Object.entries<Fields[string]>({ ...REQUIRED, ...fields }).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).flatMap((each) => [name, each]),
  );
  return { method: 'GET', url: '/chat', httpVersion: '1.1', rawHeaders, secure: false, ...rest };
}

function valid(fields: Fields = {}, rest: Partial<RequestHead> = {}): ValidUpgrade {
  const result = checkUpgrade(head(fields, rest), rules);
  if (isRefusal(result)) {
    expect.fail(`refused with ${result.status}: ${result.report}`);
  }
  return result;
}

function refused(fields: Fields, rest: Partial<RequestHead> = {}): Refusal {
  const result = checkUpgrade(head(fields, rest), rules);
  if (!isRefusal(result)) {
    expect.fail('accepted');
  }
  return result;
}

describe('Opening handshake of a server (RFC 6455 §4.2)', () => {
  describe('accepts', () => {
    it('the required fields alone', () => {
      const upgrade = valid();
      expect(upgrade.key).to.equal('dGhlIHNhbXBsZSBub25jZQ==');
      expect(upgrade.request.path).to.equal('/chat');
      expect(upgrade.subprotocols).to.deep.equal([]);
      expect(upgrade.extensions).to.deep.equal([]);
    });

    it('names in any case', () => {
      const rawHeaders = head().rawHeaders.map((text, i) => (i % 2 === 0 ? text.toUpperCase() : text));
      expect(isRefusal(checkUpgrade(head({}, { rawHeaders }), rules))).to.equal(false);
    });

    for (const [name, value] of [
      ['Upgrade', 'WebSocket'],
      ['Upgrade', 'h2c, websocket'],
      ['Upgrade', ['h2c', 'websocket']],
      ['Connection', 'upgrade'],
      ['Connection', 'keep-alive, Upgrade'],
      ['Connection', ['keep-alive', 'Upgrade']],
      ['Content-Length', '0'],
      ['Host', 'server.example.com:8080'],
      ['Host', '[::1]:8080'],
      ['Origin', undefined],
      ['Origin', 'http://server.example.com'],
      ['Origin', 'https://friend.example'],
    ] as const) {
      it(`${name}: ${value}`, () => {
        valid({ [name]: value });
      });
    }

    it('an absolute request-target (RFC 9112 §3.2.2)', () => {
      expect(valid({}, { url: 'ws://server.example.com/chat?x=1' }).request.path).to.equal('/chat');
    });

    it('subprotocols and extensions in several fields, in order', () => {
      const upgrade = valid({
        'Sec-WebSocket-Protocol': ['b, a', 'c'],
        'Sec-WebSocket-Extensions': ['x; p=1', 'y'],
      });
      expect(upgrade.subprotocols).to.deep.equal(['b', 'a', 'c']);
      expect(upgrade.extensions).to.deep.equal([
        { name: 'x', parameters: [{ name: 'p', value: '1' }] },
        { name: 'y', parameters: [] },
      ]);
    });

    it('as many subprotocols, extension offers, header fields and characters as are allowed', () => {
      const fields = Object.fromEntries(numbered(DEFAULT_MAX_HEADER_FIELDS - 7).map((name) => [name, '']));
      valid(
        {
          'Sec-WebSocket-Protocol': numbered(64).join(),
          'Sec-WebSocket-Extensions': numbered(16).join(),
          ...fields,
        },
        { url: `/${'x'.repeat(DEFAULT_MAX_URL_LENGTH - 1)}` },
      );
    });
  });

  describe('refuses', () => {
    for (const method of ['POST', 'HEAD', 'get', 'CONNECT', '']) {
      it(`the method ${JSON.stringify(method)} with 405`, () => {
        expect(refused({}, { method })).to.deep.include({ status: 405, headers: { Allow: 'GET' } });
      });
    }

    for (const httpVersion of ['1.0', '0.9', '', 'x']) {
      it(`HTTP ${JSON.stringify(httpVersion)} with 505`, () => {
        expect(refused({}, { httpVersion })).to.deep.include({ status: 505 });
      });
    }

    for (const [name, value] of [
      ['Upgrade', undefined],
      ['Upgrade', 'h2c'],
      ['Upgrade', 'websockets'],
      ['Upgrade', ''],
      ['Connection', undefined],
      ['Connection', 'keep-alive'],
      ['Connection', 'close, upgraded'],
    ] as const) {
      it(`${name}: ${value} with 426`, () => {
        expect(refused({ [name]: value })).to.deep.include({ status: 426, headers: { Upgrade: 'websocket' } });
      });
    }

    for (const version of [undefined, '', '8', '12', '14', '013', '13, 8', ['13', '13'], ['8', '13']] as const) {
      it(`Sec-WebSocket-Version: ${version} with 426 and the version it speaks`, () => {
        expect(refused({ 'Sec-WebSocket-Version': version })).to.deep.include({
          status: 426,
          headers: { 'Sec-WebSocket-Version': '13', Upgrade: 'websocket' },
        });
      });
    }

    for (const [what, fields] of [
      ['no key', { 'Sec-WebSocket-Key': undefined }],
      ['an empty key', { 'Sec-WebSocket-Key': '' }],
      ['a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
      ['two keys', { 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }],
      ['a body', { 'Content-Length': '5' }],
      ['a length that is no number', { 'Content-Length': 'x' }],
      ['two lengths', { 'Content-Length': ['0', '5'] }],
      ['a chunked body', { 'Transfer-Encoding': 'chunked' }],
      ['any transfer encoding', { 'Transfer-Encoding': 'identity' }],
      ['no host', { Host: undefined }],
      ['two hosts', { Host: ['a', 'a'] }],
      ['an empty host', { Host: '' }],
      ['a host that is none', { Host: 'a/b' }],
      ['empty subprotocols', { 'Sec-WebSocket-Protocol': '' }],
      ['subprotocols with a space', { 'Sec-WebSocket-Protocol': 'chat room' }],
      ['a quoted subprotocol', { 'Sec-WebSocket-Protocol': '"chat"' }],
      ['the same subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, b, a' }],
      ['the same subprotocol in two fields', { 'Sec-WebSocket-Protocol': ['a', 'a'] }],
      ['65 subprotocols', { 'Sec-WebSocket-Protocol': numbered(65).join() }],
      ['empty extensions', { 'Sec-WebSocket-Extensions': '' }],
      ['an extension without its parameter', { 'Sec-WebSocket-Extensions': 'a;' }],
      ['an open quote', { 'Sec-WebSocket-Extensions': 'a; b="c' }],
      ['17 extension offers', { 'Sec-WebSocket-Extensions': numbered(17).join() }],
    ] as const) {
      it(`${what} with 400`, () => {
        expect(refused(fields)).to.deep.include({ status: 400, headers: {} });
      });
    }

    it('an absolute request-target without a host with 400', () => {
      expect(refused({}, { url: 'ws:///chat' })).to.deep.include({ status: 400 });
    });

    it('a request-target over its limit with 414', () => {
      expect(refused({}, { url: `/${'x'.repeat(DEFAULT_MAX_URL_LENGTH)}` })).to.deep.include({ status: 414 });
    });

    it('header fields over their limit with 431', () => {
      const fields = Object.fromEntries(numbered(DEFAULT_MAX_HEADER_FIELDS - 4).map((name) => [name, '']));
      expect(refused(fields)).to.deep.include({ status: 431 });
    });

    for (const [what, fields] of [
      ['a foreign origin', { Origin: 'https://evil.example' }],
      ['an origin of the same host on another port', { Origin: 'http://server.example.com:81' }],
      ['null', { Origin: 'null' }],
      ['an empty origin', { Origin: '' }],
      ['two origins, even allowed ones', { Origin: ['https://friend.example', 'https://friend.example'] }],
    ] as const) {
      it(`${what} with 403`, () => {
        expect(refused(fields)).to.deep.include({ status: 403, body: 'Forbidden\n' });
      });
    }

    it('a foreign origin by name in the report, and not to the peer', () => {
      const refusal = refused({ Origin: 'https://evil.example' });
      expect(refusal.report).to.equal(
        'The origin https://evil.example is neither the server\'s own nor in its "origins"',
      );
      expect(refusalResponse(refusal)).not.to.contain('evil');
    });

    it('an http origin of its own host on a TLS connection', () => {
      expect(refused({ Origin: 'http://server.example.com' }, { secure: true })).to.deep.include({ status: 403 });
    });
  });

  it('checks in the order of its table, so that the first thing wrong is what the peer is told', () => {
    const mistakes: readonly [status: number, fields: Fields, rest?: Partial<RequestHead>][] = [
      [405, {}, { method: 'POST' }],
      [505, {}, { httpVersion: '1.0' }],
      [426, { Upgrade: undefined }],
      [426, { 'Sec-WebSocket-Version': '8' }],
      [400, { 'Sec-WebSocket-Key': 'x' }],
      [400, { 'Content-Length': '1' }],
      [400, { 'Sec-WebSocket-Protocol': ',' }],
      [414, {}, { url: `/${'x'.repeat(DEFAULT_MAX_URL_LENGTH)}` }],
      [403, { Origin: 'https://evil.example' }],
    ];
    for (let first = 0; first < mistakes.length; first++) {
      const rest = mistakes.slice(first);
      const fields = Object.assign({}, ...rest.map((mistake) => mistake[1])) as Fields;
      const changes = Object.assign({}, ...rest.map((mistake) => mistake[2])) as Partial<RequestHead>;
      expect(refused(fields, changes).status).to.equal(mistakes[first]?.[0]);
    }
  });

  it('asks an origin function last, and only about foreign origins', () => {
    const asked: string[] = [];
    const curious: HandshakeRules = { ...rules, origins: compileOrigins((origin) => asked.push(origin) > 0) };
    checkUpgrade(head({ Origin: 'https://a.example', 'Sec-WebSocket-Protocol': ',' }), curious);
    checkUpgrade(head({ Origin: 'http://server.example.com' }), curious);
    expect(asked).to.deep.equal([]);
    expect(isRefusal(checkUpgrade(head({ Origin: 'https://a.example' }), curious))).to.equal(false);
    expect(asked).to.deep.equal(['https://a.example']);
  });

  it('takes the host of an absolute request-target for its own', () => {
    const url = 'ws://real.example/chat';
    valid({ Origin: 'http://real.example' }, { url });
    expect(refused({ Origin: 'http://server.example.com' }, { url })).to.deep.include({ status: 403 });
  });
});

describe('The subprotocol', () => {
  it('is the first offered that is supported', () => {
    expect(selectSubprotocol(['x', 'b', 'a'], ['a', 'b'])).to.equal('b');
  });

  it('is none when nothing fits, by its exact name', () => {
    expect(selectSubprotocol(['Chat'], ['chat'])).to.equal(undefined);
    expect(selectSubprotocol([], ['chat'])).to.equal(undefined);
    expect(selectSubprotocol(['chat'], [])).to.equal(undefined);
  });
});

describe('The 101 response (RFC 6455 §4.2.2)', () => {
  it('is this, to the byte', () => {
    const { text, response } = acceptUpgrade(valid());
    expect(text).to.equal(
      'HTTP/1.1 101 Switching Protocols\r\n' +
        'Upgrade: websocket\r\n' +
        'Connection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n' +
        '\r\n',
    );
    expect(response).to.equal(UpgradeResponse.plain);
    expect(response.statusCode).to.equal(101);
    expect(response.subprotocol).to.equal(undefined);
    expect(response.extensions).to.equal('');
    expect(Object.keys(response.headers)).to.deep.equal([]);
  });

  it('names what was chosen and what the application added', () => {
    const headers = { 'X-Room': 'blue', 'Set-Cookie': ['a=1', 'b=2'] };
    const { text, response } = acceptUpgrade(valid({ 'Sec-WebSocket-Protocol': 'a, b' }), {
      subprotocol: 'b',
      extensions: 'permessage-deflate; server_no_context_takeover',
      headers,
    });
    expect(text.split('\r\n').slice(4)).to.deep.equal([
      'Sec-WebSocket-Protocol: b',
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover',
      'X-Room: blue',
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
      '',
      '',
    ]);
    expect(response.subprotocol).to.equal('b');
    expect(response.extensions).to.equal('permessage-deflate; server_no_context_takeover');
    expect({ ...response.headers }).to.deep.equal(headers);
  });

  it('keeps showing what was sent when the application changes its headers later', () => {
    const headers = { 'X-Room': 'blue', 'Set-Cookie': ['a=1'] };
    const { response } = acceptUpgrade(valid(), { headers });
    headers['X-Room'] = 'red';
    headers['Set-Cookie'].push('b=2');
    expect({ ...response.headers }).to.deep.equal({ 'X-Room': 'blue', 'Set-Cookie': ['a=1'] });
  });

  for (const [offered, end] of [
    [undefined, 'of which it has none, or leave it undefined.'],
    ['a, b', '(a, b) or leave it undefined.'],
  ] as const) {
    it(`refuses a subprotocol that was not among ${offered ?? 'nothing'}`, () => {
      const upgrade = valid({ 'Sec-WebSocket-Protocol': offered });
      expect(() => acceptUpgrade(upgrade, { subprotocol: 'c\r\nX: y' }))
        .to.throw(
          HandshakeError,
          'The subprotocol "c\\r\\nX: y" was chosen and not offered: choose one of the request\'s',
        )
        .with.property('message')
        .that.satisfies((message: string) => message.endsWith(end), end);
    });
  }

  for (const name of [
    'Sec-WebSocket-Accept',
    'sec-websocket-protocol',
    'Upgrade',
    'connection',
    'Content-Length',
    'Transfer-Encoding',
  ]) {
    it(`leaves ${name} to the handshake`, () => {
      expect(() => acceptUpgrade(valid(), { headers: { [name]: 'x' } }))
        .to.throw(
          HandshakeError,
          `The header ${name} is written by the handshake itself: leave it out of the headers that are added.`,
        )
        .with.property('code', 'MOORAGE_INVALID_HEADER');
    });
  }

  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'é']) {
    it(`refuses the header name ${JSON.stringify(name)}`, () => {
      expect(() => acceptUpgrade(valid(), { headers: { [name]: 'x' } })).to.throw(
        HandshakeError,
        `${JSON.stringify(name)} is no header name: letters, digits and`,
      );
    });
  }

  for (const value of ['a\r\nX-Injected: 1', 'a\n', '\r', 'a\0', '\x7f', 'é']) {
    it(`refuses the header value ${JSON.stringify(value)} without showing it`, () => {
      for (const each of [value, ['fine', value]]) {
        expect(() => acceptUpgrade(valid(), { headers: { 'X-A': each } })).to.throw(
          HandshakeError,
          /^The header X-A has a line break, NUL, another control character or a character beyond ASCII in its value: strings of visible ASCII, spaces and tabs are accepted; encode the rest, for example with encodeURIComponent\.$/,
        );
      }
    });
  }

  it('refuses a header value that is no string', () => {
    for (const value of [undefined, null, 7, [7]]) {
      expect(() => acceptUpgrade(valid(), { headers: { 'X-A': value } } as unknown as UpgradeChoice)).to.throw(
        HandshakeError,
        /^The header X-A has a value of type (undefined|null|number): strings/,
      );
    }
  });
});

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`);
}
