import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect } from 'chai';
import { createChat } from '#samples/chat/server.js';
import { SampleServer } from './sample-server.js';

describe('The page of the chat sample', () => {
  let server: SampleServer;

  before(async () => {
    server = await SampleServer.start(createChat());
  });

  after(() => server.stop());

  /** Sends the path as it is, which `fetch` would tidy up. */
  async function get(path: string): Promise<number | undefined> {
    const sent = request({ host: '127.0.0.1', port: server.port, path }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  for (const [path, type] of [
    ['/', 'text/html; charset=utf-8'],
    ['/?from=somewhere', 'text/html; charset=utf-8'],
    ['/rooms/lobby', 'text/html; charset=utf-8'],
    ['/chat.css', 'text/css; charset=utf-8'],
    ['/main.js', 'text/javascript; charset=utf-8'],
    ['/base.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml; charset=utf-8'],
  ] as const) {
    it(`serves ${path} as ${type}`, async () => {
      const response = await fetch(server.url(path));
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal(type);
      const body = await response.arrayBuffer();
      expect(Number(response.headers.get('content-length')))
        .to.equal(body.byteLength)
        .and.to.be.greaterThan(100);
    });
  }

  it('allows nothing but its own files, and no type but the one it names', async () => {
    const { headers, body } = await fetch(server.url('/'));
    await body?.cancel();
    expect(headers.get('content-security-policy')).to.match(/^default-src 'self'; /);
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
  });

  it('has no inline script, style or handler', async () => {
    const html = await (await fetch(server.url('/'))).text();
    expect(html).not.to.match(/<style|style=|<script(?![^>]*src=)|\son\w+=/i);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const response = await fetch(server.url('/chat.css'), { method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(Number(response.headers.get('content-length'))).to.be.greaterThan(100);
    expect(await response.text()).to.equal('');
  });

  it('answers other methods with 405', async () => {
    const response = await fetch(server.url('/'), { method: 'POST', body: 'x' });
    expect(response.status).to.equal(405);
    expect(response.headers.get('allow')).to.equal('GET, HEAD');
    expect(await response.text()).to.equal('Only GET and HEAD are answered here.\n');
  });

  for (const path of [
    '/nothing',
    '/rooms/',
    '/rooms/a/b',
    '/index.html',
    '/../package.json',
    '/..%2fserver.ts',
    '/constructor',
  ])
    it(`answers ${path} with 404`, async () => {
      expect(await get(path)).to.equal(404);
    });
});
