import { expect } from 'chai';
import { authorityOf, pathOf, queryOf } from '#moorage/protocol/handshake/request-head.js';
import { UpgradeRequest } from '#moorage/protocol/handshake/upgrade-request.js';

function request(rawHeaders: readonly string[], url = '/', secure = false): UpgradeRequest {
  return UpgradeRequest.from({ method: 'GET', url, httpVersion: '1.1', rawHeaders, secure });
}

describe('UpgradeRequest', () => {
  const typical = request(
    [
      'Host',
      'example.com:8080',
      'ORIGIN',
      'http://example.com:8080',
      'Cookie',
      'a=1',
      'X-Many',
      'one',
      'cookie',
      'b=2',
      'x-many',
      'two',
      'Sec-WebSocket-Protocol',
      'chat, superchat',
      'Sec-WebSocket-Protocol',
      'third',
      'Sec-WebSocket-Extensions',
      'permessage-deflate; client_max_window_bits',
    ],
    '/chat/caf%C3%A9?name=J%C3%BCrgen&x=1&x=2',
    true,
  );

  it('shows the request line', () => {
    expect(typical.method).to.equal('GET');
    expect(typical.url).to.equal('/chat/caf%C3%A9?name=J%C3%BCrgen&x=1&x=2');
    expect(typical.httpVersion).to.equal('1.1');
    expect(typical.isSecure).to.equal(true);
  });

  it('shows the path as it was sent, and the query both as sent and decoded', () => {
    expect(typical.path).to.equal('/chat/caf%C3%A9');
    expect(typical.queryString).to.equal('name=J%C3%BCrgen&x=1&x=2');
    expect(typical.query.get('name')).to.equal('Jürgen');
    expect(typical.query.getAll('x')).to.deep.equal(['1', '2']);
  });

  it('finds headers by a name in any case, joined or one by one', () => {
    expect(typical.header('X-MANY')).to.equal('one, two');
    expect(typical.headerValues('x-many')).to.deep.equal(['one', 'two']);
    expect(typical.header('Cookie')).to.equal('a=1; b=2');
    expect(typical.header('absent')).to.equal(undefined);
    expect(typical.headerValues('absent')).to.deep.equal([]);
  });

  it('does not take a value for a name', () => {
    expect(request(['A', 'Host', 'Host', 'h']).headerValues('host')).to.deep.equal(['h']);
  });

  it('lists all headers in lower case, without a prototype', () => {
    expect(Object.getPrototypeOf(typical.headers)).to.equal(null);
    expect({ ...typical.headers }).to.deep.equal({
      host: 'example.com:8080',
      origin: 'http://example.com:8080',
      cookie: 'a=1; b=2',
      'x-many': 'one, two',
      'sec-websocket-protocol': 'chat, superchat, third',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    });
    expect(request(['__proto__', 'x']).headers['__proto__']).to.equal('x');
  });

  it('derives what the handshake needs and users ask for', () => {
    expect(typical.host).to.equal('example.com:8080');
    expect(typical.origin).to.equal('http://example.com:8080');
    expect({ ...typical.cookies }).to.deep.equal({ a: '1', b: '2' });
    expect(typical.subprotocols).to.deep.equal(['chat', 'superchat', 'third']);
    expect(typical.extensions).to.deep.equal([
      { name: 'permessage-deflate', parameters: [{ name: 'client_max_window_bits', value: undefined }] },
    ]);
  });

  it('has empty lists and nothing else where nothing was sent', () => {
    const bare = request([]);
    expect(bare.rawHeaders).to.deep.equal([]);
    expect(bare.httpVersion).to.equal('1.1');
    expect({ ...bare.headers }).to.deep.equal({});
    expect({ ...bare.cookies }).to.deep.equal({});
    expect(bare.subprotocols).to.deep.equal([]);
    expect(bare.extensions).to.deep.equal([]);
    expect(bare.origin).to.equal(undefined);
    expect(bare.host).to.equal(undefined);
    expect([...bare.query]).to.deep.equal([]);
  });

  it('keeps names and values as they came, empty ones too', () => {
    const raw = ['A', '', 'b', 'c: d', 'E', ''];
    expect(request(raw).rawHeaders).to.deep.equal(raw);
    expect(request(['A', '']).header('a')).to.equal('');
  });

  it('keeps no reference to the array it was made from', () => {
    const raw = ['A', '1'];
    const copy = request(raw);
    raw[1] = '2';
    expect(copy.header('A')).to.equal('1');
  });

  it('takes the host of an absolute request-target before that of the header (RFC 9112 §3.2.2)', () => {
    const absolute = request(['Host', 'other'], 'ws://example.com:81/chat?x=1');
    expect(absolute.host).to.equal('example.com:81');
    expect(absolute.path).to.equal('/chat');
    expect(absolute.queryString).to.equal('x=1');
  });
});

describe('Request-target', () => {
  for (const [url, path, query, authority] of [
    ['/', '/', '', undefined],
    ['/chat', '/chat', '', undefined],
    ['/chat?', '/chat', '', undefined],
    ['/chat?a?b', '/chat', 'a?b', undefined],
    ['/?next=ws://h/p', '/', 'next=ws://h/p', undefined],
    ['//evil/chat', '//evil/chat', '', undefined],
    ['ws://h/chat?x', '/chat', 'x', 'h'],
    ['wss://h:1/a/b', '/a/b', '', 'h:1'],
    ['http://h', '/', '', 'h'],
    ['http://h?x=/y', '/', 'x=/y', 'h'],
    ['http:///chat', '/chat', '', ''],
    ['*', '', '', undefined],
    ['', '', '', undefined],
    ['host:443', '', '', undefined],
    ['chat', '', '', undefined],
    ['WSS://h/chat', '/chat', '', 'h'],
    ['://h/chat', '', '', undefined],
    ['ftp://h/chat', '', '', undefined],
    ['a/ws://h/chat', '', '', undefined],
    ['?a://b', '', 'a://b', undefined],
  ] as const) {
    it(`${JSON.stringify(url)} has the path ${JSON.stringify(path)} and the query ${JSON.stringify(query)}`, () => {
      expect(pathOf(url)).to.equal(path);
      expect(queryOf(url)).to.equal(query);
      expect(authorityOf(url)).to.equal(authority);
    });
  }
});
