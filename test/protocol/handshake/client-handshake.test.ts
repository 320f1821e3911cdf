import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkRequestHeaders,
  type ResponseHead,
  type UpgradeOffer,
  upgradeFields,
  verifyUpgrade,
} from '#moorage/protocol/handshake/client-handshake.js';
import { UpgradeError } from '#moorage/protocol/handshake/upgrade-error.js';

// The key and the answer to it that RFC 6455 §1.3 gives.
const OFFER: UpgradeOffer = {
  host: 'server.example.com',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  subprotocols: ['chat', 'superchat'],
  extensions: 'x-one; level=2, x-two',
  headers: {},
};
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

function switching(...more: string[]): ResponseHead {
  const rawHeaders = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', ACCEPT, ...more];
  return { statusCode: 101, httpVersion: '1.1', rawHeaders };
}

function without(name: string, ...instead: string[]): ResponseHead {
  const { rawHeaders } = switching();
  const at = rawHeaders.indexOf(name);
  return { ...switching(), rawHeaders: [...rawHeaders.slice(0, at), ...rawHeaders.slice(at + 2), ...instead] };
}

function refusalOf(head: ResponseHead, body?: string): UpgradeError {
  try {
    verifyUpgrade(OFFER, head, body);
  } catch (cause) {
    expect(cause).to.be.instanceOf(UpgradeError);
    return cause as UpgradeError;
  }
  throw new Error('Expected an UpgradeError');
}

describe('RFC 6455 §4.1: a client’s request', () => {
  it('has the fields of the handshake, Host first', () => {
    expect(Object.entries(upgradeFields(OFFER))).to.deep.equal([
      ['Host', 'server.example.com'],
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Protocol', 'chat, superchat'],
      ['Sec-WebSocket-Extensions', 'x-one; level=2, x-two'],
    ]);
  });

  it('names no subprotocol and no extension where none is offered', () => {
    const fields = upgradeFields({ ...OFFER, subprotocols: [], extensions: '' });
    expect(Object.keys(fields)).to.not.include.members(['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions']);
  });

  it('has what the application adds, a Host among it in place of the URL’s', () => {
    const fields = upgradeFields({
      ...OFFER,
      headers: { origin: 'http://example.com', host: 'virtual', 'X-A': ['1', '2'] },
    });
    expect(fields['Host']).to.equal('virtual');
    expect(fields['host']).to.equal(undefined);
    expect(fields['origin']).to.equal('http://example.com');
    expect(fields['X-A']).to.deep.equal(['1', '2']);
  });

  for (const name of ['Connection', 'UPGRADE', 'Sec-WebSocket-Key', 'sec-websocket-protocol', 'Content-Length', 'TE']) {
    it(`refuses a ${name} of the application`, () => {
      expect(() => checkRequestHeaders({ [name]: 'x' })).to.throw(
        `The header ${name} is written by the handshake itself: leave it out of the headers that are added.`,
      );
    });
  }

  it('refuses a value that would become a field of its own, without showing it', () => {
    expect(() => checkRequestHeaders({ 'X-A': 'secret\r\nX-B: 1' }))
      .to.throw('The header X-A has a line break')
      .that.does.not.match(/secret/);
  });
});

describe('RFC 6455 §4.1: a server’s answer', () => {
  it('that is right says what was agreed', () => {
    const response = verifyUpgrade(
      OFFER,
      switching(
        'Sec-WebSocket-Protocol',
        'superchat',
        'Sec-WebSocket-Extensions',
        'x-two',
        'Set-Cookie',
        'a=1',
        'set-cookie',
        'b=2',
      ),
    );
    expect(response.subprotocol).to.equal('superchat');
    expect(response.extensions).to.equal('x-two');
    expect(response.headers['set-cookie']).to.deep.equal(['a=1', 'b=2']);
    expect(Object.isFrozen(response.headers)).to.equal(true);
  });

  it('may leave out subprotocol and extensions', () => {
    const response = verifyUpgrade(OFFER, switching());
    expect([response.subprotocol, response.extensions]).to.deep.equal([undefined, '']);
  });

  const right: [string, ResponseHead][] = [
    ['Upgrade in another case', without('Upgrade', 'uPGRADE', 'WebSocket')],
    ['Connection as a list', without('Connection', 'connection', 'keep-alive , UPGRADE')],
    ['Connection in two fields', without('Connection', 'Connection', 'keep-alive', 'Connection', 'upgrade')],
    [
      'several extensions in several fields',
      switching('Sec-WebSocket-Extensions', 'x-one', 'Sec-WebSocket-Extensions', 'x-two'),
    ],
  ];
  for (const [what, head] of right) {
    it(`is right with ${what}`, () => {
      expect(() => verifyUpgrade(OFFER, head)).to.not.throw();
    });
  }

  const wrong: [string, ResponseHead, string, RegExp][] = [
    ['another status', { ...switching(), statusCode: 200 }, 'MOORAGE_UPGRADE_REFUSED', /answered 200 instead of 101/],
    [
      'a redirect',
      { statusCode: 302, httpVersion: '1.1', rawHeaders: ['Location', '/x'] },
      'MOORAGE_UPGRADE_REFUSED',
      /redirect to "\/x"\. Connect there, or allow it with followRedirects/,
    ],
    ['HTTP/1.0', { ...switching(), httpVersion: '1.0' }, 'MOORAGE_RESPONSE_MALFORMED', /HTTP\/1\.0/],
    ['no Upgrade', without('Upgrade'), 'MOORAGE_RESPONSE_UPGRADE', /no Upgrade instead of "Upgrade: websocket"/],
    ['another Upgrade', without('Upgrade', 'Upgrade', 'h2c'), 'MOORAGE_RESPONSE_UPGRADE', /Upgrade: "h2c"/],
    ['Upgrade as a list', without('Upgrade', 'Upgrade', 'websocket, h2c'), 'MOORAGE_RESPONSE_UPGRADE', /h2c/],
    ['Upgrade twice', switching('Upgrade', 'websocket'), 'MOORAGE_RESPONSE_UPGRADE', /"websocket" and "websocket"/],
    ['no Connection', without('Connection'), 'MOORAGE_RESPONSE_CONNECTION', /no Connection/],
    [
      'another Connection',
      without('Connection', 'Connection', 'keep-alive, upgrades'),
      'MOORAGE_RESPONSE_CONNECTION',
      /must be among its tokens/,
    ],
    ['no Accept', without('Sec-WebSocket-Accept'), 'MOORAGE_RESPONSE_ACCEPT', /no Sec-WebSocket-Accept/],
    [
      'another Accept',
      without('Sec-WebSocket-Accept', 'Sec-WebSocket-Accept', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='),
      'MOORAGE_RESPONSE_ACCEPT',
      /does not answer this request/,
    ],
    [
      'the Accept in another case',
      without('Sec-WebSocket-Accept', 'Sec-WebSocket-Accept', ACCEPT.toUpperCase()),
      'MOORAGE_RESPONSE_ACCEPT',
      /does not answer/,
    ],
    ['the Accept twice', switching('Sec-WebSocket-Accept', ACCEPT), 'MOORAGE_RESPONSE_ACCEPT', /and/],
    [
      'a subprotocol that was not offered',
      switching('Sec-WebSocket-Protocol', 'other'),
      'MOORAGE_RESPONSE_SUBPROTOCOL',
      /the subprotocol "other", and offered was one of: chat, superchat/,
    ],
    [
      'a subprotocol in another case',
      switching('Sec-WebSocket-Protocol', 'Chat'),
      'MOORAGE_RESPONSE_SUBPROTOCOL',
      /"Chat"/,
    ],
    [
      'two subprotocols',
      switching('Sec-WebSocket-Protocol', 'chat, superchat'),
      'MOORAGE_RESPONSE_SUBPROTOCOL',
      /"chat, superchat"/,
    ],
    [
      'two fields of subprotocols',
      switching('Sec-WebSocket-Protocol', 'chat', 'Sec-WebSocket-Protocol', 'chat'),
      'MOORAGE_RESPONSE_SUBPROTOCOL',
      /subprotocols "chat" and "chat"/,
    ],
    ['an empty subprotocol', switching('Sec-WebSocket-Protocol', ''), 'MOORAGE_RESPONSE_SUBPROTOCOL', /""/],
    [
      'an extension that was not offered',
      switching('Sec-WebSocket-Extensions', 'x-one, permessage-deflate'),
      'MOORAGE_RESPONSE_EXTENSION',
      /"permessage-deflate", which was not offered \(offered: x-one; level=2, x-two\)/,
    ],
    [
      'extensions that can’t be read',
      switching('Sec-WebSocket-Extensions', 'x-one; =1'),
      'MOORAGE_RESPONSE_EXTENSION',
      /can't be read/,
    ],
    [
      'too many fields',
      switching(...Array.from({ length: 252 }, () => 'x')),
      'MOORAGE_RESPONSE_TOO_LARGE',
      /129 header fields: at most 128/,
    ],
  ];
  for (const [what, head, code, text] of wrong) {
    it(`is refused with ${what}: ${code}`, () => {
      const error = refusalOf(head);
      expect(error.code).to.equal(code);
      expect(error.message).to.match(text);
      expect(error.statusCode).to.equal(head.statusCode);
    });
  }

  it('is kept in the error: status, headers and the beginning of its body', () => {
    const error = refusalOf(
      { statusCode: 403, httpVersion: '1.1', rawHeaders: ['X-Why', 'a', 'x-why', 'b', '__proto__', 'c'] },
      'Not you',
    );
    expect(error.statusCode).to.equal(403);
    expect(error.headers['x-why']).to.equal('a, b');
    expect(Object.getPrototypeOf(error.headers)).to.equal(null);
    expect(error.body).to.equal('Not you');
  });

  it('is right or an UpgradeError, whatever stands in it', () => {
    const name = fc.constantFrom(
      'upgrade',
      'connection',
      'sec-websocket-accept',
      'sec-websocket-protocol',
      'sec-websocket-extensions',
      'x',
    );
    const value = fc.oneof(fc.string(), fc.constantFrom('websocket', 'Upgrade', ACCEPT, 'chat', 'x-one'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (fields) => {
        try {
          const { subprotocol, extensions } = verifyUpgrade(OFFER, { ...switching(), rawHeaders: fields.flat() });
          expect(fields.filter(([field]) => field === 'sec-websocket-accept')).to.deep.equal([
            ['sec-websocket-accept', ACCEPT],
          ]);
          expect([undefined, 'chat', 'superchat']).to.include(subprotocol);
          expect(extensions).to.match(/^$|x-/);
        } catch (cause) {
          if (!(cause instanceof UpgradeError)) throw cause;
        }
      }),
    );
  });
});
