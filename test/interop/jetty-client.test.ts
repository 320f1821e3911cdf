import { expect } from 'chai';
import { ForeignProcess } from './foreign-process.js';
import { jettyProgram } from './jetty.js';
import { PeerServer } from './peer-server.js';

// Jetty's client checks itself what it gets, and says of each scenario that it passed or why not.

describe('Interop with the client of Jetty 9.4', () => {
  let server: PeerServer;
  let client: ForeignProcess;

  before(async function () {
    client = new ForeignProcess(await jettyProgram(this, 'ScenarioClient'));
    server = await PeerServer.start();
  });

  after(async () => {
    await client?.stop();
    await server?.stop();
  });

  async function run(scenario: string, path: string, extension = ''): Promise<void> {
    client.tell(`${scenario} ${server.url(path)} ${extension}`.trim());
    expect(await client.line()).to.equal('passed');
  }

  // Jetty takes each of the two context takeover parameters for the other. Both and neither mean the same then; of the
  // latter sort is the answer where windows are as large as they can be, since Jetty never offers to limit its own.
  for (const [title, path, extension] of [
    ['Without compression', '/echo', ''],
    ['With compression, each message on its own', '/compressed', 'permessage-deflate'],
    ['With compression, messages referring to earlier ones', '/compressed/context', 'permessage-deflate'],
  ] as const) {
    describe(title, () => {
      for (const [scenario, does] of [
        ['texts', 'echoes texts of every header size and beyond ASCII, each twice'],
        ['binaries', 'echoes bytes up to 12 MiB'],
        ['fragments', 'gathers fragments, of text and of bytes, with a ping between them'],
        ['pings', 'answers pings with their payload'],
        ['in_flight', 'answers a thousand messages in flight in their order'],
      ] as const) {
        it(does, async () => {
          await run(scenario, path, extension);
          expect(await server.nextClosed()).to.deep.equal({ code: 1000, reason: '' });
        });
      }

      it('sends fragments, with a ping between them', () =>
        run('pieces', extension === '' ? '/pieces' : `${path}/pieces`, extension));
    });
  }

  it('agrees on a subprotocol', async () => {
    await run('subprotocol', '/echo');
    await server.nextClosed();
  });

  it('is told code and reason that the client closes with', async () => {
    await run('close_4000', '/echo');
    expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'à bientôt' });
  });

  it('is told 1006 where the client drops TCP', async () => {
    await run('drop', '/echo');
    expect((await server.nextClosed()).code).to.equal(1006);
  });

  it('leaves with code and reason', () => run('server_leaves', '/leave/4001'));

  it('pings', () => run('server_pings', '/pings'));

  it('closes with 1009 for a message over the limit', () => run('too_large', '/small'));

  it('refuses with 404 where no endpoint is', () => run('not_found', '/nowhere'));

  it('refuses another origin with 403', () => run('foreign_origin', '/echo'));
});
