import { expect } from 'chai';
import { isRefusal, refusalResponse, refuse } from '#moorage/protocol/handshake/refusal.js';
import { HandshakeError } from '#moorage/protocol/handshake/response-headers.js';

describe('The response of a refusal', () => {
  it('is this, to the byte', () => {
    expect(refusalResponse(refuse(405, 'for the report alone', { Allow: 'GET' }))).to.equal(
      'HTTP/1.1 405 Method Not Allowed\r\n' +
        'Connection: close\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 19\r\n' +
        'Allow: GET\r\n' +
        '\r\n' +
        'Method Not Allowed\n',
    );
  });

  it('counts its body in bytes', () => {
    const text = refusalResponse(refuse(503, '', { 'Retry-After': '5' }, 'später'));
    expect(text).to.contain('\r\nContent-Length: 7\r\nRetry-After: 5\r\n\r\nspäter');
  });

  it('may bring its own type', () => {
    const text = refusalResponse(refuse(401, '', { 'content-type': 'application/json' }, '{}'));
    expect(text.match(/content-type/gi)).to.have.length(1);
    expect(text).to.contain('content-type: application/json\r\n');
  });

  it('sends a list of values as one field each', () => {
    const text = refusalResponse(refuse(401, '', { 'WWW-Authenticate': ['Basic', 'Bearer'] }));
    expect(text).to.contain('WWW-Authenticate: Basic\r\nWWW-Authenticate: Bearer\r\n');
  });

  it('has an empty reason for a status without a name', () => {
    expect(refusalResponse(refuse(499, ''))).to.match(/^HTTP\/1\.1 499 \r\n/);
  });

  for (const status of [100, 101, 200, 204, 299, 600, 403.5, Number.NaN]) {
    it(`can't have the status ${status}`, () => {
      expect(() => refusalResponse(refuse(status, ''))).to.throw(
        RangeError,
        `An upgrade can't be refused with status ${status}: use one from 300 to 599, such as 401 or 403.`,
      );
    });
  }

  it('can not be split by a header of the application', () => {
    for (const headers of [
      { 'X-A': 'a\r\n\r\n<script>' },
      { 'X-A: 1\r\nX-B': '' },
      { 'Content-Length': '0' },
      { Connection: 'keep-alive' },
    ]) {
      expect(() => refusalResponse(refuse(403, '', headers)))
        .to.throw(HandshakeError)
        .with.property('code', 'MOORAGE_INVALID_HEADER');
    }
  });

  it('is told from other values', () => {
    expect(isRefusal(refuse(403, ''))).to.equal(true);
    expect(isRefusal({})).to.equal(false);
  });
});
