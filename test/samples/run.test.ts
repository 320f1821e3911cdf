import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Peer } from './peer.js';

const MAIN = fileURLToPath(new URL('../../samples/chat/main.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

describe('A sample as a program', () => {
  const children = new Set<ChildProcess>();

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
  });

  /** Started from another folder, as a user may. `ready` settles with the URL that it prints. */
  function start(environment: Readonly<Record<string, string>>): {
    child: ChildProcess;
    ready: Promise<URL>;
    ended: Promise<Ended>;
  } {
    const child = spawn(process.execPath, [MAIN], { cwd: tmpdir(), env: { ...process.env, ...environment } });
    children.add(child);
    let output = '';
    const ended = once(child, 'close').then(([code]) => ({ code, output }));
    const ready = new Promise<URL>((resolve, reject) => {
      const collect = (data: Buffer): void => {
        output += data;
        const [url] = /http:\S+/.exec(output) ?? [];
        if (url !== undefined) resolve(new URL(url));
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      void ended.then(() => reject(new Error(`The program ended before it was ready:\n${output}`)));
    });
    ready.catch(() => undefined); // not every test waits for it
    return { child, ready, ended };
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`prints its URL, serves there, and ends well on ${signal}`, async () => {
      if (process.platform === 'win32') return; // there are no such signals to be sent
      const { child, ready, ended } = start({ PORT: '0', HOST: '127.0.0.1' });
      const url = await ready;
      const response = await fetch(url);
      expect(response.status).to.equal(200);
      await response.arrayBuffer();
      const peer = await Peer.open(`ws://${url.host}/chat/lobby`);
      child.kill(signal);
      expect(await peer.closed).to.include({ code: 1001 });
      expect(await ended).to.include({ code: 0 });
    });
  }

  it('says that the port is taken, and how to mend it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { ended } = start({ PORT: String(port), HOST: '127.0.0.1' });
    expect(await ended).to.deep.equal({
      code: 1,
      output: `Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start\n`,
    });
    other.close();
  });

  for (const value of ['http', '-1', '65536', '80.5', '1e3'])
    it(`says that ${value} is no port`, async () => {
      expect(await start({ PORT: value }).ended).to.deep.equal({
        code: 1,
        output: `PORT is "${value}"; it must be a whole number from 0 to 65535. For instance: PORT=8081 npm start\n`,
      });
    });
});
