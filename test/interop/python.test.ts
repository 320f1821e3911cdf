import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PeerServer } from './peer-server.js';
import { PYTHON, requirePythonWebsockets } from './python.js';

// `websockets` (Python) is the independent client: another language, another author. It checks itself what it gets, so
// here a scenario either exits 0 or fails with its traceback.

const SCRIPT = fileURLToPath(new URL('../../../test/interop/python-client.py', import.meta.url));

function run(scenario: string, url: string, ...compression: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(PYTHON, [SCRIPT, scenario, url, ...compression], { timeout: 50_000 }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`python-client.py ${scenario} failed:\n${stderr}`));
    });
  });
}

describe('Interop with the Python websockets client', () => {
  let server: PeerServer;

  before(async function () {
    requirePythonWebsockets(this);
    server = await PeerServer.start();
  });

  after(() => server?.stop());

  for (const [scenario, title] of [
    ['texts', 'echoes texts of every header size and beyond ASCII'],
    ['binaries', 'echoes bytes up to 12 MiB'],
    ['fragments', 'gathers fragments, of text and of bytes'],
    ['pings', 'answers pings with their payload, each once'],
    ['in_flight', 'answers a thousand messages in flight in their order'],
    ['subprotocol', 'agrees on a subprotocol'],
    ['no_compression', 'declines compression that is offered and not enabled'],
  ] as const) {
    it(title, async () => {
      await run(scenario, server.url('/echo'));
      expect(await server.nextClosed()).to.deep.equal({ code: 1000, reason: '' });
    });
  }

  for (const [title, path] of [
    ['each message on its own', '/compressed'],
    ['messages referring to earlier ones', '/compressed/context'],
  ] as const) {
    describe(`compressing ${title}`, () => {
      for (const [scenario, does] of [
        ['compression', 'agrees on it'],
        ['texts', 'echoes texts of every header size and beyond ASCII'],
        ['binaries', 'echoes bytes up to 12 MiB'],
        ['fragments', 'gathers fragments, of text and of bytes'],
        ['in_flight', 'answers a thousand messages in flight in their order'],
      ] as const) {
        it(does, async () => {
          await run(scenario, server.url(path), 'deflate');
          expect(await server.nextClosed()).to.deep.equal({ code: 1000, reason: '' });
        });
      }
    });
  }

  it('closes with a code and a reason of its own', async () => {
    await run('close_4000', server.url('/echo'));
    expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'à bientôt' });
  });

  it('is told code and reason when the server leaves', () => run('server_leaves', server.url('/leave/4001')));

  it('answers the server’s ping', () => run('server_pings', server.url('/pings')));

  it('is closed with 1009 for a message over the limit', () => run('too_large', server.url('/small')));

  it('is refused with 404 where no endpoint is', () => run('not_found', server.url('/nowhere')));

  it('is refused with 403 from another origin', () => run('foreign_origin', server.url('/echo')));
});
