import { expect } from 'chai';
import {
  type Broker,
  type ContainerEvent,
  OnWebSocketClose,
  OnWebSocketMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { TestBench, type TestPeer } from 'moorage/testing';
import type { Clock } from '#moorage/engine/clock.js';
import { PacedCloses } from '#moorage/server/paced-closes.js';
import { deferred } from './serving.js';

@WebSocket({ path: '/members' })
class Member {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

async function connectAll(bench: TestBench, count: number): Promise<TestPeer[]> {
  const peers: TestPeer[] = [];
  for (let i = 0; i < count; i++) peers.push(await bench.connect(Member));
  return peers;
}

/** How many of the peers have been sent a Close by now. */
function closedOf(container: WebSocketContainer, count: number): number {
  return count - [...container.openSessions].filter((session) => session.isOpen).length;
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
}

describe('Closing many sessions', () => {
  it('closes up to a hundred at once', async () => {
    await using bench = new TestBench();
    const peers = await connectAll(bench, 100);
    const report = bench.container.close();
    for (const peer of peers) await peer.expectClose(1001, 'Server closing');
    expect(bench.now).to.equal(0);
    expect(await report).to.deep.equal({ closed: 100, destroyed: 0 });
  });

  it('closes more in batches of a hundred, one every 50 ms', async () => {
    await using bench = new TestBench();
    await connectAll(bench, 250);
    const report = bench.container.close();
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      await bench.settle();
      seen.push(closedOf(bench.container, 250));
      await bench.advance(50);
    }
    expect(seen).to.deep.equal([100, 200, 250]);
    expect(await report).to.deep.equal({ closed: 250, destroyed: 0 });
  });

  it('makes the batches larger where they would take more than half of the timeout', async () => {
    await using bench = new TestBench();
    await connectAll(bench, 450);
    const report = bench.container.close({ timeout: 200 });
    await bench.settle();
    expect(closedOf(bench.container, 450)).to.equal(150);
    await bench.advance(100);
    expect(await report).to.deep.equal({ closed: 450, destroyed: 0 });
  });

  it('spreads them evenly over the time that is asked for', async () => {
    await using bench = new TestBench();
    await connectAll(bench, 5);
    const report = bench.container.close({ spread: 4_000, batch: 1 });
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      await bench.settle();
      seen.push(closedOf(bench.container, 5));
      await bench.advance(999);
      seen.push(closedOf(bench.container, 5));
      await bench.advance(1);
    }
    expect(seen).to.deep.equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(await report).to.deep.equal({ closed: 5, destroyed: 0 });
  });

  it('sends all at once with a spread of 0', async () => {
    await using bench = new TestBench();
    await connectAll(bench, 150);
    const report = bench.container.close({ spread: 0 });
    await bench.settle();
    expect(bench.now).to.equal(0);
    expect(await report).to.deep.equal({ closed: 150, destroyed: 0 });
  });

  it('serves whoever is still to come as before', async () => {
    await using bench = new TestBench();
    const [first, second] = (await connectAll(bench, 2)) as [TestPeer, TestPeer];
    const report = bench.container.close({ spread: 1_000, batch: 1 });
    await first.expectClose(1001);
    second.sendText('still here');
    await second.expectText('still here');
    await bench.advance(1_000);
    await second.expectClose(1001);
    expect(await report).to.deep.equal({ closed: 2, destroyed: 0 });
  });

  it('passes over who has left by itself', async () => {
    await using bench = new TestBench();
    const [first, second, third] = (await connectAll(bench, 3)) as [TestPeer, TestPeer, TestPeer];
    const report = bench.container.close({ spread: 2_000, batch: 1 });
    await first.expectClose(1001);
    second.sendClose(1000);
    await second.expectClose(1000);
    await bench.advance(1_000);
    await third.expectClose(1001);
    expect(await report).to.deep.equal({ closed: 3, destroyed: 0 });
    expect(bench.now).to.equal(1_000);
  });

  it('sends the rest at once when somebody brings the deadline forward', async () => {
    await using bench = new TestBench();
    const peers = await connectAll(bench, 3);
    const report = bench.container.close({ timeout: 60_000, spread: 50_000, batch: 1 });
    await bench.settle();
    expect(closedOf(bench.container, 3)).to.equal(1);
    void bench.container.close({ timeout: 5_000 });
    for (const peer of peers) await peer.expectClose(1001);
    expect(await report).to.deep.equal({ closed: 3, destroyed: 0 });
    expect(bench.now).to.equal(0);
  });

  it('goes by the clock where a timer comes late', () => {
    let now = 0;
    let tick = () => {};
    const clock: Clock = {
      now: () => now,
      every: () => () => {},
      after: (_, done) => {
        tick = done;
        return () => {};
      },
    };
    const closed: number[] = [];
    const sessions = Array.from({ length: 10 }, (_, i) => ({ isOpen: true, close: () => closed.push(i) }));
    new PacedCloses(sessions as unknown as Session[], 'bye', { batch: 2, interval: 50 }, clock).begin();
    expect(closed).to.have.length(2);
    now = 151;
    tick();
    expect(closed).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    now = 160;
    tick();
    expect(closed).to.have.length(8);
  });

  it('refuses a spread or a batch that is none, and changes nothing then', async () => {
    await using bench = new TestBench();
    const { container } = bench;
    for (const options of [
      { spread: -1 },
      { spread: 1.5 },
      { spread: Infinity },
      { spread: 10_001 },
      { timeout: 100, spread: 101 },
      { batch: 0 },
      { batch: 2.5 },
    ]) {
      expect(await failure(container.close(options)), JSON.stringify(options)).to.be.instanceOf(RangeError);
    }
    expect(((await failure(container.close({ timeout: 100, spread: 101 }))) as Error).message).to.equal(
      'container.close({ spread }) was given 101. It takes whole milliseconds from 0 up to the timeout, which is 100.',
    );
    expect(container.state).to.equal('open');
  });
});

describe("A container's state", () => {
  it('is open, closing from the call of close on, and closed when it has settled', async () => {
    const gate = deferred();
    @WebSocket({ path: '/slow' })
    class Slow {
      @OnWebSocketClose
      onClose(_: Session): Promise<void> {
        return gate.promise;
      }
    }
    await using bench = new TestBench();
    const { container } = bench;
    expect(container.state).to.equal('open');
    await bench.connect(Slow);
    const report = container.close();
    expect(container.state).to.equal('closing');
    await bench.settle();
    expect(container.state).to.equal('closing');
    gate.resolve();
    await report;
    expect(container.state).to.equal('closed');
  });
});

describe('A broker that does not close', () => {
  const stuck: Broker = { publish: () => {}, subscribe: () => {}, close: () => new Promise(() => {}) };

  it('holds the container no longer than its deadline, and is reported', async () => {
    const events: ContainerEvent[] = [];
    await using bench = new TestBench({ broker: stuck, onEvent: (event) => void events.push(event) });
    let settled = false;
    const report = bench.container.close({ timeout: 100 }).finally(() => {
      settled = true;
    });
    await bench.advance(99);
    expect(settled).to.equal(false);
    await bench.advance(1);
    expect(await report).to.deep.equal({ closed: 0, destroyed: 0 });
    const [event] = events;
    expect(event).to.include({ type: 'error', during: 'broker' });
    expect(event).to.have.nested.property('cause.code', 'MOORAGE_BROKER_NOT_CLOSED');
  });

  it('is left at once when a second call asks for it', async () => {
    await using bench = new TestBench({ broker: stuck, onEvent: () => {} });
    const report = bench.container.close({ timeout: Infinity });
    await bench.settle();
    void bench.container.close({ timeout: 0 });
    await bench.advance(0);
    expect(await report).to.deep.equal({ closed: 0, destroyed: 0 });
  });

  it('is awaited where it does in time', async () => {
    const gate = deferred();
    let closed = false;
    const broker: Broker = {
      ...stuck,
      close: () =>
        gate.promise.then(() => {
          closed = true;
        }),
    };
    const container = new WebSocketContainer({ broker });
    const report = container.close();
    gate.resolve();
    await report;
    expect(closed).to.equal(true);
  });
});
