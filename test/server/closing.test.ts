import { expect } from 'chai';
import {
  type ContainerEvent,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { TestBench } from 'moorage/testing';
import { RawPeer, upgradeRequest } from '../support/raw-peer.js';
import { afterTest, deferred, Log, putAwayAfterEach, serve, tracked } from './serving.js';

const closed = new Log<string>();
let closing: Promise<void> | undefined;
let connecting: Promise<void> | undefined;

@WebSocket({ path: '/members' })
class Member {
  @OnWebSocketConnect
  onConnect(): Promise<void> | undefined {
    return connecting;
  }

  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }

  @OnWebSocketClose
  async onClose(_: Session, code: number, reason: string): Promise<void> {
    await closing;
    closed.add(`${code} ${reason}`.trim());
  }
}

describe('Closing a container', () => {
  putAwayAfterEach();

  beforeEach(() => {
    closed.entries.length = 0;
    closing = undefined;
    connecting = undefined;
  });

  const serveMembers = (onEvent: (event: ContainerEvent) => void = () => {}) =>
    serve((container) => container.addEndpoint(Member), { onEvent });

  it('sends every peer 1001 and awaits the close handlers', async () => {
    const { container, target } = await serveMembers();
    const peers = [tracked(await RawPeer.open(target, '/members')), tracked(await RawPeer.open(target, '/members'))];
    const gate = deferred();
    closing = gate.promise;
    let done = false;
    const report = container.close().finally(() => {
      done = true;
    });
    for (const peer of peers) {
      expect(await peer.readClose()).to.deep.equal({ code: 1001, reason: 'Server closing' });
      peer.sendClose(1001);
    }
    await new Promise(setImmediate);
    expect(done).to.equal(false);
    gate.resolve();
    expect(await report).to.deep.equal({ closed: 2, destroyed: 0 });
    expect(closed.entries).to.deep.equal(['1001', '1001']);
    expect(container.openSessions.size).to.equal(0);
    for (const peer of peers) expect(await peer.readEnd()).to.equal('fin');
  });

  it('answers new upgrades with 503 meanwhile, and those whose hook is undecided', async () => {
    const asked = deferred<AbortSignal>();
    const { container, target } = await serve((c) => c.addEndpoint(Member), {
      authorize: (request, { signal }) => {
        if (request.queryString !== 'wait') return true;
        asked.resolve(signal);
        return new Promise(() => {});
      },
    });
    const open = tracked(await RawPeer.open(target, '/members'));
    const undecided = tracked(await RawPeer.connect(target));
    undecided.send(upgradeRequest({ path: '/members?wait' }));
    const signal = await asked.promise;
    const report = container.close();
    expect((await undecided.readResponse()).status).to.equal(503);
    expect(signal.aborted).to.equal(true);
    const { response } = await RawPeer.request(target, { path: '/members' });
    expect(response.status).to.equal(503);
    expect(Number(response.headers['retry-after'])).to.be.greaterThan(0);
    await open.readClose();
    open.sendClose(1001);
    expect(await report).to.deep.equal({ closed: 1, destroyed: 0 });
  });

  it('cuts off at the deadline who has not answered', async () => {
    await using bench = new TestBench();
    const polite = await bench.connect(Member);
    const silent = await bench.connect(Member, { autoClose: false });
    const report = bench.container.close({ timeout: 100 });
    await polite.expectClose(1001);
    await silent.expectClose(1001);
    await bench.advance(99);
    await silent.expectNothing();
    await bench.advance(1);
    expect(await silent.expectEnd()).to.equal('destroyed');
    expect(await report).to.deep.equal({ closed: 1, destroyed: 1 });
    expect(closed.entries).to.deep.equal(['1001', '1006']);
  });

  it('does not wait beyond it for a close handler or a connect handler that never settles', async () => {
    await using bench = new TestBench({ patience: 50 });
    const gate = deferred();
    closing = gate.promise;
    const closer = await bench.connect(Member);
    closer.sendClose(1000);
    connecting = gate.promise;
    const connector = await bench.connect(Member);
    const report = bench.container.close({ timeout: 100 });
    await bench.advance(100);
    expect(await report).to.deep.equal({ closed: 0, destroyed: 2 });
    await connector.expectClose(1001);
    await connector.expectEnd();
    gate.resolve();
  });

  it('cuts everything off at once with a timeout of 0', async () => {
    const { container, target } = await serveMembers();
    const peer = tracked(await RawPeer.open(target, '/members'));
    expect(await container.close({ timeout: 0 })).to.deep.equal({ closed: 0, destroyed: 1 });
    await peer.readEnd();
  });

  it('happens once, however often it is asked for', async () => {
    const { container, target } = await serveMembers();
    const peer = tracked(await RawPeer.open(target, '/members'));
    const reports = [container.close(), container.close({ timeout: 60_000 })];
    await peer.readClose();
    peer.sendClose(1001);
    expect(await Promise.all(reports)).to.deep.equal([
      { closed: 1, destroyed: 0 },
      { closed: 1, destroyed: 0 },
    ]);
    expect(await container.close()).to.deep.equal({ closed: 1, destroyed: 0 });
  });

  it('gives the same promise each time', () => {
    const container = new WebSocketContainer();
    const closing = container.close();
    expect(container.close()).to.equal(closing);
    expect(container.close({ timeout: 0 })).to.equal(closing);
  });

  it('gives it also to a handler that it calls', async () => {
    const again: Promise<unknown>[] = [];
    const { container, target } = await serve((c) => c.addEndpoint(Member), {
      authorize: (_, { signal }) => {
        signal.addEventListener('abort', () => again.push(container.close()));
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const asked = deferred();
    const peer = tracked(await RawPeer.connect(target));
    peer.send(upgradeRequest({ path: '/members' }));
    await asked.promise;
    const closing = container.close();
    await closing;
    expect(again).to.have.length(1);
    expect(again[0]).to.equal(closing);
  });

  it('comes sooner when a shorter timeout is asked for meanwhile, never later', async () => {
    await using bench = new TestBench();
    const silent = await bench.connect(Member, { autoClose: false });
    const report = bench.container.close({ timeout: 60_000 });
    await silent.expectClose(1001);
    void bench.container.close({ timeout: 100 });
    void bench.container.close({ timeout: 500 });
    void bench.container.close();
    await bench.advance(99);
    await silent.expectNothing();
    await bench.advance(1);
    expect(await report).to.deep.equal({ closed: 0, destroyed: 1 });
    expect(await silent.expectEnd()).to.equal('destroyed');
  });

  it('is cut short by a second signal', async () => {
    const { container, target } = await serveMembers();
    const peer = tracked(await RawPeer.open(target, '/members'));
    const report = container.close({ timeout: Infinity });
    await peer.readClose();
    void container.close({ timeout: 0 });
    expect(await report).to.deep.equal({ closed: 0, destroyed: 1 });
  });

  it('refuses a timeout that is none, and changes nothing then', async () => {
    const { container, target } = await serveMembers();
    for (const timeout of [-1, Number.NaN, 1.5]) {
      const error = await container.close({ timeout }).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).to.be.instanceOf(RangeError);
    }
    tracked(await RawPeer.open(target, '/members'));
  });

  it('leaves a given server open', async () => {
    const { container, server } = await serveMembers();
    await container.close();
    expect(server.listening).to.equal(true);
    expect(server.listenerCount('upgrade')).to.equal(0);
  });

  it('closes a server of its own', async () => {
    const container = new WebSocketContainer();
    container.addEndpoint(Member);
    const { port } = await container.listen(0, '127.0.0.1');
    const idle = tracked(await RawPeer.connect(port));
    const peer = tracked(await RawPeer.open(port, '/members'));
    const report = container.close();
    await peer.readClose();
    peer.sendClose(1001);
    await peer.readEnd();
    peer.end();
    expect(await report).to.deep.equal({ closed: 1, destroyed: 0 });
    await idle.readEnd();
    const error = await RawPeer.connect(port).then(
      () => undefined,
      (cause: NodeJS.ErrnoException) => cause,
    );
    expect(error?.code).to.equal('ECONNREFUSED');
  });

  it('works for one that never served', async () => {
    expect(await new WebSocketContainer().close()).to.deep.equal({ closed: 0, destroyed: 0 });
  });

  it('comes with asynchronous disposal', async () => {
    const container = new WebSocketContainer();
    afterTest(() => container.close());
    const { port } = await container.listen(0, '127.0.0.1');
    await container[Symbol.asyncDispose]();
    const failure = await RawPeer.connect(port).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(failure).to.be.instanceOf(Error);
  });
});
