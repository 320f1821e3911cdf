import { expect } from 'chai';
import { InvalidUrlError } from 'moorage';
import { parseTarget } from '#moorage/client/connect-target.js';

describe('RFC 6455 §3: a WebSocket URL', () => {
  const targets: [string, ReturnType<typeof parseTarget>['origin'], number, string, string][] = [
    ['ws://example.com', 'ws://example.com', 80, 'example.com', '/'],
    ['wss://example.com/chat?a=b%20c', 'wss://example.com', 443, 'example.com', '/chat?a=b%20c'],
    ['WS://EXAMPLE.com:80/x', 'ws://example.com', 80, 'example.com', '/x'],
    ['wss://example.com:444', 'wss://example.com:444', 444, 'example.com:444', '/'],
    ['http://example.com/x', 'ws://example.com', 80, 'example.com', '/x'],
    ['https://example.com/x', 'wss://example.com', 443, 'example.com', '/x'],
    ['ws://[::1]:8080/', 'ws://[::1]:8080', 8080, '[::1]:8080', '/'],
    ['ws://bücher.example/ü', 'ws://xn--bcher-kva.example', 80, 'xn--bcher-kva.example', '/%C3%BC'],
  ];
  for (const [url, origin, port, host, path] of targets) {
    it(`${url} is ${origin}, port ${port}`, () => {
      const target = parseTarget(url);
      expect(target).to.include({ origin, port, host, path, secure: origin.startsWith('wss') });
      expect(parseTarget(new URL(url))).to.deep.equal(target);
    });
  }

  it('gives an IPv6 address to the resolver without its brackets', () => {
    expect(parseTarget('ws://[::1]/').hostname).to.equal('::1');
  });

  it('with a user name means Basic authentication, and keeps it out of messages', () => {
    const target = parseTarget('wss://J%C3%BCrg:p%40ss@example.com/x');
    expect(target.authorization).to.equal(`Basic ${Buffer.from('Jürg:p@ss').toString('base64')}`);
    expect(target.href).to.equal('wss://example.com/x');
  });

  const refused: [unknown, string][] = [
    [
      'ws://example.com/#',
      'The URL has a fragment (#…), which RFC 6455 §3 rules out. Leave it out, or write %23 for a # in the path.',
    ],
    ['ws://example.com/a#b', 'The URL has a fragment'],
    [
      'ftp://example.com/',
      'The URL has the scheme "ftp:". Accepted are ws: and wss: URLs such as "wss://example.com/chat"',
    ],
    ['example.com', "The URL can't be read."],
    ['/chat', "The URL can't be read."],
    ['ws://', "The URL can't be read."],
    ['ws://h:99999', "The URL can't be read."],
    ['ws://%ff:x@h/', "The user name or password in the URL can't be percent-decoded"],
    [undefined, 'The URL is of type undefined.'],
    [null, 'The URL is null.'],
  ];
  for (const [url, text] of refused) {
    it(`is refused when it is ${String(url)}`, () => {
      expect(() => parseTarget(url as string))
        .to.throw(InvalidUrlError, text)
        .with.property('code', 'MOORAGE_INVALID_URL');
    });
  }
});
