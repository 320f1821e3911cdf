import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ConfigurationError, OnWebSocketClose, OnWebSocketMessage, WebSocket, WebSocketContainer } from 'moorage';
import { type CloseOnSignalsOptions, closeOnSignals, type ShutdownStep } from 'moorage/operations';
import { afterTest, deferred, Log, putAwayAfterEach, serve, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';

let gate = deferred();

@WebSocket({ path: '/echo' })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketClose
  onClose(): Promise<void> {
    return gate.promise;
  }
}

/** None that anybody else listens to. */
const SIGNAL = 'SIGUSR2';

describe('Closing on signals', () => {
  putAwayAfterEach();

  beforeEach(() => {
    gate = deferred();
    gate.resolve();
  });

  const bound = async (options: CloseOnSignalsOptions = {}, handler = () => {}) => {
    const steps = new Log<ShutdownStep>();
    const serving = await serve((container) => container.addEndpoint(Echo), { handler });
    const { container, server } = serving;
    const shutdown = closeOnSignals(container, {
      server,
      signals: [SIGNAL],
      exit: false,
      onStep: steps.add,
      ...options,
    });
    afterTest(() => shutdown.unbind());
    const signal = () => process.emit(SIGNAL, SIGNAL);
    return { ...serving, shutdown, steps, signal };
  };

  it('closes the container, then the server, then what comes after', async () => {
    const order: string[] = [];
    const { container, server, target, shutdown, steps, signal } = await bound({
      after: () => order.push(`after, listening: ${server_().listening}, container: ${container_().state}`),
    });
    const server_ = () => server;
    const container_ = () => container;
    const peer = tracked(await RawPeer.open(target, '/echo'));
    expect(shutdown.ready).to.equal(true);
    signal();
    expect(shutdown.ready).to.equal(false);
    expect(container.state).to.equal('closing');
    expect(await peer.readClose()).to.deep.equal({ code: 1001, reason: 'Server closing' });
    expect((await RawPeer.request(target, { path: '/echo' })).response.status).to.equal(503);
    expect(server.listening).to.equal(true);
    peer.sendClose(1001);
    const report = await shutdown.done;
    expect(report).to.deep.include({ signal: SIGNAL, closed: 1, destroyed: 0 });
    expect(report.milliseconds).to.be.at.least(0);
    expect(order).to.deep.equal(['after, listening: false, container: closed']);
    expect(steps.entries).to.deep.equal([
      { type: 'draining', signal: SIGNAL, openConnections: 1 },
      { type: 'closed', report },
    ]);
    expect(process.listenerCount(SIGNAL)).to.equal(0);
  });

  it('lets requests under way finish', async () => {
    const asked = deferred();
    const answer = deferred();
    const server = createServer(async (_request, response) => {
      asked.resolve();
      await answer.promise;
      response.end('done');
    });
    const container = new WebSocketContainer({ server });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const shutdown = closeOnSignals(container, { server, signals: [SIGNAL], exit: false });
    const response = fetch(`http://127.0.0.1:${port}/`);
    await asked.promise;
    const done = shutdown.begin();
    await new Promise(setImmediate);
    answer.resolve();
    expect(await (await response).text()).to.equal('done');
    expect(await done).to.deep.include({ signal: undefined, closed: 0, destroyed: 0 });
    expect(server.listening).to.equal(false);
  });

  it('cuts them off at the deadline', async () => {
    const asked = deferred();
    const { server, shutdown, target } = await bound({ timeout: 20 }, () => asked.resolve());
    const failed = once(request({ port: target.port, host: '127.0.0.1' }).end(), 'error');
    await asked.promise;
    await shutdown.begin();
    await failed;
    expect(server.listening).to.equal(false);
  });

  it('waits for no connection that somebody else has upgraded on the server', async () => {
    const { server, shutdown, target } = await bound({ timeout: 20 });
    const upgraded = deferred();
    server.on('upgrade', (asked, socket) => {
      if (asked.url === '/other') {
        socket
          .on('error', () => {})
          .write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n');
        afterTest(() => socket.destroy());
        upgraded.resolve();
      }
    });
    const other = request({
      port: target.port,
      host: '127.0.0.1',
      path: '/other',
      headers: { Connection: 'Upgrade', Upgrade: 'other' },
    });
    other.on('upgrade', (_, socket) => afterTest(() => socket.destroy())).end();
    await upgraded.promise;
    expect(await shutdown.begin()).to.deep.include({ closed: 0, destroyed: 0 });
  });

  it('serves on for a while before it closes, but is not ready', async () => {
    const { target, container, shutdown, steps, signal } = await bound({ delay: 60_000 });
    signal();
    expect(shutdown.ready).to.equal(false);
    const peer = tracked(await RawPeer.open(target, '/echo'));
    expect(container.state).to.equal('open');
    signal(); // the second one ends the wait too
    await peer.readEnd();
    await shutdown.done;
    expect(steps.entries.map(({ type }) => type)).to.deep.equal(['draining', 'hurried', 'closed']);
  });

  it('ends at once at the second signal', async () => {
    const asked = deferred();
    const { target, shutdown, steps, signal } = await bound({ timeout: Infinity }, () => asked.resolve());
    gate = deferred();
    const peer = tracked(await RawPeer.open(target, '/echo'));
    const hanging = once(request({ port: target.port, host: '127.0.0.1' }).end(), 'error');
    await asked.promise;
    signal();
    await peer.readClose();
    signal();
    expect(await shutdown.done).to.deep.include({ closed: 0, destroyed: 1 });
    await hanging;
    expect(steps.entries.map(({ type }) => type)).to.deep.equal(['draining', 'hurried', 'closed']);
    gate.resolve();
  });

  it('spreads the Closes as it is told', async () => {
    const { target, shutdown } = await bound({ timeout: 60_000, spread: 30_000, batch: 1 });
    const first = tracked(await RawPeer.open(target, '/echo'));
    const second = tracked(await RawPeer.open(target, '/echo'));
    const done = shutdown.begin();
    await first.readClose();
    first.sendClose(1001);
    second.sendText('still here');
    expect(String((await second.readFrame()).payload)).to.equal('still here');
    process.emit(SIGNAL, SIGNAL);
    expect(await done).to.deep.include({ closed: 1, destroyed: 1 });
  });

  it('tells of a failure of what comes after', async () => {
    const cause = new Error('the database does not answer');
    const { shutdown, steps } = await bound({ after: () => Promise.reject(cause) });
    const failure = await shutdown.begin().catch((thrown: unknown) => thrown);
    expect(failure).to.equal(cause);
    expect(await steps.until(({ type }) => type === 'failed')).to.deep.equal({ type: 'failed', cause });
  });

  it('refuses what can’t be', () => {
    const container = new WebSocketContainer();
    expect(() => closeOnSignals({} as WebSocketContainer)).to.throw(
      TypeError,
      'closeOnSignals takes a WebSocketContainer',
    );
    expect(() => closeOnSignals(container, { timeout: -1 })).to.throw(RangeError);
    for (const [options, message] of [
      [{ signals: ['TERM'] }, "a list of names of signals, such as ['SIGTERM', 'SIGINT']"],
      [{ delay: Infinity }, 'delay is Infinity. Accepted: whole milliseconds from 0.'],
      [{ server: {} }, 'server is an object. Accepted: the server of node:http'],
      [{ exits: true }, 'Did you mean exit?'],
    ] as const) {
      expect(() => closeOnSignals(container, options as CloseOnSignalsOptions), message).to.throw(
        ConfigurationError,
        message,
      );
    }
    expect(process.listenerCount(SIGNAL)).to.equal(0);
  });

  describe('of a process', () => {
    const program = fileURLToPath(new URL('./signalled-server.js', import.meta.url));

    const started = async (mode: string) => {
      const child: ChildProcess = spawn(process.execPath, [program, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
      afterTest(() => child.kill('SIGKILL'));
      const output = new Log();
      const lines: Interface = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      lines.on('line', output.add);
      const exited = once(child, 'exit');
      const port = Number((await output.until((line) => line.startsWith('port '))).slice(5));
      return { child, output, exited, target: { port } };
    };

    it('ends it with 0 when everything has closed, whatever else is open', async () => {
      const { child, output, exited, target } = await started('good');
      const peer = tracked(await RawPeer.open(target, '/echo'));
      child.kill('SIGTERM');
      expect((await peer.readClose()).code).to.equal(1001);
      peer.sendClose(1001);
      expect(await exited).to.deep.equal([0, null]);
      expect(output.entries.slice(1)).to.deep.equal(['draining', 'after', 'closed']);
    });

    it('ends it with 1 when what comes after fails', async () => {
      const { child, output, exited } = await started('failing');
      child.kill('SIGINT');
      expect(await exited).to.deep.equal([1, null]);
      expect(output.entries.slice(1)).to.deep.equal(['draining', 'failed']);
    });

    it('ends it at the second signal, as that would', async () => {
      const { child, output, exited, target } = await started('good');
      const peer = tracked(await RawPeer.open(target, '/echo'));
      child.kill('SIGTERM');
      await peer.readClose();
      child.kill('SIGTERM');
      expect(await exited).to.deep.equal([143, null]);
      expect(output.entries.slice(1)).to.deep.equal(['draining', 'hurried']);
    });
  });
});
