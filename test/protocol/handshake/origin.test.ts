import { expect } from 'chai';
import fc from 'fast-check';
import { MoorageError } from '#moorage/protocol/errors.js';
import {
  compileOrigins,
  isAuthority,
  isSameOrigin,
  type OriginCheck,
  type OriginOption,
} from '#moorage/protocol/handshake/origin.js';
import { UpgradeRequest } from '#moorage/protocol/handshake/upgrade-request.js';

const request = UpgradeRequest.from({ method: 'GET', url: '/', httpVersion: '1.1', rawHeaders: [], secure: false });

describe('Same origin', () => {
  for (const [origin, host, secure] of [
    ['http://example.com', 'example.com', false],
    ['http://example.com', 'example.com:80', false],
    ['http://example.com:80', 'example.com', false],
    ['HTTP://Example.COM', 'eXample.com', false],
    ['http://localhost:8080', 'localhost:8080', false],
    ['http://[::1]:8080', '[::1]:8080', false],
    ['http://[2001:DB8::1]', '[2001:db8::1]', false],
    ['https://example.com', 'example.com', true],
    ['https://example.com', 'example.com:443', true],
    ['https://example.com:8443', 'example.com:8443', true],
  ] as const) {
    it(`is ${origin} for the host ${host}${secure ? ' over TLS' : ''}`, () => {
      expect(isSameOrigin(origin, host, secure)).to.equal(true);
    });
  }

  it('is an https page on a plain connection, since a proxy may have terminated its TLS', () => {
    expect(isSameOrigin('https://example.com', 'example.com', false)).to.equal(true);
    expect(isSameOrigin('https://example.com', 'example.com:443', false)).to.equal(true);
  });

  it('is not an http page on a TLS connection, which anybody on the wire may have written', () => {
    expect(isSameOrigin('http://example.com', 'example.com', true)).to.equal(false);
    expect(isSameOrigin('http://example.com:443', 'example.com:443', true)).to.equal(false);
  });

  for (const [origin, host] of [
    ['http://evil.example', 'example.com'],
    ['http://example.com.evil.net', 'example.com'],
    ['http://sub.example.com', 'example.com'],
    ['http://example.com', 'sub.example.com'],
    ['http://example.com:81', 'example.com'],
    ['http://example.com', 'example.com:81'],
    ['http://example.com', 'example.com:443'],
    ['http://example.com@evil.net', 'example.com'],
    ['http://evil.net/example.com', 'example.com'],
    ['http://example.com/', 'example.com'],
    ['http://example.com, http://evil.net', 'example.com'],
    ['ftp://example.com', 'example.com'],
    ['chrome-extension://example.com', 'example.com'],
    ['null', 'null'],
    ['http://null', 'other'],
    ['', ''],
    ['http://', ''],
    ['http://:80', ':80'],
    ['example.com', 'example.com'],
    ['://example.com', 'example.com'],
    ['http://example.com', ''],
    ['http://example.com', undefined],
    ['http://example.com:8o', 'example.com:8o'],
  ] as const) {
    it(`is not ${JSON.stringify(origin)} for the host ${JSON.stringify(host)}`, () => {
      expect(isSameOrigin(origin, host, false)).to.equal(false);
    });
  }
});

describe('Authority', () => {
  it('is a host, with or without a port', () => {
    for (const text of ['h', 'h:1', 'h:', '127.0.0.1:80', '[::1]', '[::1]:1', 'xn--nxasmq6b.example', 'under_score']) {
      expect(isAuthority(text), text).to.equal(true);
    }
  });

  it('is nothing that could be taken for more than that', () => {
    for (const text of [
      '',
      ':1',
      'a b',
      'a/b',
      'a?b',
      'a#b',
      'u@h',
      'a,b',
      'a\\b',
      'a:b',
      'a:1:2',
      '[::1]x',
      'é',
      'a\0',
    ]) {
      expect(isAuthority(text), text).to.equal(false);
    }
  });
});

describe('The origins option', () => {
  function allows(option: OriginOption | undefined, origin: string): boolean {
    return compileOrigins(option)(origin, request);
  }

  it('left out allows no foreign origin', () => {
    expect(allows(undefined, 'http://example.com')).to.equal(false);
    expect(allows([], 'http://example.com')).to.equal(false);
  });

  it('lists origins, whatever their case and default port', () => {
    const list = ['https://example.com', 'HTTP://Localhost:5173', 'https://app.example.com:443'];
    for (const origin of [
      'https://example.com',
      'https://example.com:443',
      'http://localhost:5173',
      'https://APP.example.com',
    ]) {
      expect(allows(list, origin), origin).to.equal(true);
    }
    for (const origin of [
      'http://example.com',
      'https://example.com:444',
      'http://localhost',
      'https://x.example.com',
      'null',
      '',
    ]) {
      expect(allows(list, origin), origin).to.equal(false);
    }
  });

  it('is a single origin too', () => {
    expect(allows('https://example.com', 'https://example.com')).to.equal(true);
    expect(allows('https://example.com', 'https://example.net')).to.equal(false);
  });

  it('takes other schemes, which browser extensions and apps have', () => {
    expect(allows(['chrome-extension://abcdef', 'capacitor://localhost'], 'chrome-extension://abcdef')).to.equal(true);
  });

  it('takes patterns, which must match the whole origin', () => {
    expect(allows(/https:\/\/\w+\.example\.com/, 'https://app.example.com')).to.equal(true);
    expect(allows(/https:\/\/\w+\.example\.com/, 'https://app.example.com.evil.net')).to.equal(false);
    expect(allows(/example\.com|example\.net/, 'https://example.com')).to.equal(false);
    expect(allows([/^https:\/\/a$/, /HTTPS:\/\/b/i], 'https://b')).to.equal(true);
  });

  it('takes patterns with flags that keep state, without their state', () => {
    const policy = compileOrigins(/https:\/\/a/gy);
    expect([1, 2, 3].map(() => policy('https://a', request))).to.deep.equal([true, true, true]);
  });

  it('allows everybody with *, alone or in a list', () => {
    for (const origin of ['https://anywhere.example', 'null', 'nonsense']) {
      expect(allows('*', origin)).to.equal(true);
      expect(allows(['https://example.com', '*'], origin)).to.equal(true);
    }
  });

  it('allows null only when it is listed', () => {
    expect(allows(['https://example.com'], 'null')).to.equal(false);
    expect(allows(['https://example.com', 'null'], 'null')).to.equal(true);
    expect(allows('null', 'null')).to.equal(true);
  });

  it('asks a function, which is given the origin and the request', () => {
    const asked: unknown[] = [];
    const policy = compileOrigins((...args) => asked.push(args) === 1);
    expect(policy('https://a', request)).to.equal(true);
    expect(policy('https://b', request)).to.equal(false);
    expect(asked).to.deep.equal([
      ['https://a', request],
      ['https://b', request],
    ]);
  });

  it('takes only true from a function for a yes', () => {
    expect(allows((() => 1) as unknown as OriginCheck, 'https://a')).to.equal(false);
    expect(allows((() => undefined) as unknown as OriginCheck, 'https://a')).to.equal(false);
  });

  it('refuses a promise from a function, which would pass for a yes, and lets it reject unseen', async () => {
    const policy = compileOrigins((async () => {
      throw new Error('database is down');
    }) as unknown as OriginCheck);
    expect(() => policy('https://a', request)).to.throw(
      MoorageError,
      'The "origins" function returned a promise: it must return true or false at once.',
    );
    await new Promise(setImmediate);
  });

  for (const [entry, found] of [
    ['example.com', '"example.com"'],
    ['https://example.com/', '"https://example.com/"'],
    ['https://*.example.com', '"https://*.example.com"'],
    ['', '""'],
    [7, 'a value of type number'],
    [null, 'null'],
  ] as const) {
    it(`refuses the entry ${JSON.stringify(entry)}, which could never match, when it is set`, () => {
      expect(() => compileOrigins([entry] as unknown as OriginOption))
        .to.throw(
          MoorageError,
          `"origins" has ${found}, which is no origin: scheme, host and port without a path are accepted, as in ` +
            '"https://example.com" or "http://localhost:5173", and a RegExp, "null" or "*".',
        )
        .with.property('code', 'MOORAGE_INVALID_OPTION');
    });
  }

  it('never throws for an origin of a peer', () => {
    const policy = compileOrigins(['https://example.com', /x/]);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ht:/[]@.,0\\ \0é') }), fc.boolean(), (text, secure) => {
        policy(text, request);
        isSameOrigin(text, text, secure);
      }),
    );
  });
});
