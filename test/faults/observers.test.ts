import { expect } from 'chai';
import {
  type Broker,
  type BrokerListener,
  type ContainerEvent,
  PreparedMessage,
  WebSocketClient,
  WebSocketContainer,
} from 'moorage';
import { putAwayAfterEach, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';
import { FAULTS, NEVER } from './faults.js';
import { beside, ProcessWatch, unchecked } from './watch.js';

/** Settles once warnings, which Node emits in a turn of their own, have been heard. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('An event listener that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const fault of [...FAULTS, NEVER]) {
    it(`and ${fault.what}: connections come and go as without it; a warning is printed`, async () => {
      let heard = 0;
      const onEvent = () => {
        heard += 1;
        return fault.fail() as undefined;
      };
      const field = await beside(
        (container) =>
          container.addEndpoint(
            '/faulty',
            unchecked({ onWebSocketText: () => Promise.reject(new Error('of a handler')) }),
          ),
        { onEvent },
      );
      const peer = tracked(await RawPeer.open(field.target, '/faulty'));
      peer.sendText('go');
      expect((await peer.readClose()).code).to.equal(1011);
      await peer.readEnd();
      const { response } = await RawPeer.request(field.target, { path: '/nowhere' });
      expect(response.status).to.equal(404);
      await field.isUnharmed();
      await nextTurn();
      expect(heard).to.be.above(3);
      const printed = watch.warnings.filter(({ name }) => name === 'MoorageWarning');
      expect(printed).to.have.length(fault === NEVER ? 0 : heard);
    });
  }

  for (const fault of FAULTS) {
    it(`to listen at all: a handler that ${fault.what} is printed once`, async () => {
      const events: ContainerEvent[] = [];
      const container = new WebSocketContainer();
      container.addEndpoint('/faulty', unchecked({ onWebSocketText: fault.fail }));
      const { port } = await container.listen(0, '127.0.0.1');
      try {
        const peer = tracked(await RawPeer.open(port, '/faulty'));
        peer.sendText('go');
        expect((await peer.readClose()).code).to.equal(1011);
        await peer.readEnd();
        peer.destroy();
        await nextTurn();
        expect(watch.warnings.map(({ name }) => name)).to.deep.equal(['MoorageWarning']);
        expect(events).to.deep.equal([]);
      } finally {
        await container.close({ timeout: 0 });
      }
    });
  }
});

class FailingBroker implements Broker {
  readonly #part: string;
  readonly #fail: () => unknown;
  listener: BrokerListener | undefined;

  constructor(part: 'publish' | 'close' | 'subscribe', fail: () => unknown) {
    this.#part = part;
    this.#fail = fail;
  }

  publish(): undefined {
    return this.#part === 'publish' ? (this.#fail() as undefined) : undefined;
  }

  subscribe(listener: BrokerListener): void {
    this.listener = listener;
    if (this.#part === 'subscribe') this.#fail();
  }

  close(): undefined {
    return this.#part === 'close' ? (this.#fail() as undefined) : undefined;
  }
}

describe('A broker that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  const joining = unchecked({
    onWebSocketConnect: (session: { join(topic: string): boolean }) => {
      session.join('news');
    },
  });

  for (const fault of [...FAULTS, NEVER]) {
    it(`to publish, and ${fault.what}: the members here get it all the same, one report`, async () => {
      const broker = new FailingBroker('publish', fault.fail);
      const field = await beside((container) => container.addEndpoint('/joining', joining), { broker });
      const member = tracked(await RawPeer.open(field.target, '/joining'));
      field.container.publish('news', 'here it is');
      expect(await member.readText()).to.equal('here it is');
      await nextTurn();
      expect(field.reports().map(({ during }) => during)).to.deep.equal(fault === NEVER ? [] : ['broker']);
      await field.isUnharmed();
    });

    it(`to close, and ${fault.what}: the container closes`, async () => {
      const broker = new FailingBroker('close', fault.fail);
      const field = await beside((container) => container.addEndpoint('/joining', joining), { broker });
      await field.container.close({ timeout: 100 });
      await nextTurn();
      expect(field.reports().map(({ during }) => during)).to.deep.equal(['broker']);
    });
  }

  it('to subscribe: the constructor throws what it threw', () => {
    const cause = new Error('no bus');
    const fail = () => {
      throw cause;
    };
    expect(() => new WebSocketContainer({ broker: new FailingBroker('subscribe', fail) })).to.throw(cause);
  });

  it('by bringing nonsense: members get none of it, and what is right afterwards', async () => {
    const broker = new FailingBroker('publish', () => undefined);
    const field = await beside((container) => container.addEndpoint('/joining', joining), { broker });
    const member = tracked(await RawPeer.open(field.target, '/joining'));
    for (const nonsense of [undefined, null, 42, 'text', Symbol('s'), {}, [], () => undefined, Buffer.from('x')]) {
      for (const [topic, message] of [
        ['news', nonsense],
        [nonsense, PreparedMessage.text('lost')],
      ]) {
        try {
          broker.listener?.(topic as string, message as PreparedMessage);
        } catch {
          // Its own caller may hear of it; nobody else.
        }
      }
    }
    broker.listener?.('news', PreparedMessage.text('right'));
    expect(await member.readText()).to.equal('right');
    await field.isUnharmed();
  });
});

const SILENT = unchecked({ onWebSocketText: () => undefined });

describe('A listener of a kept connection that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const fault of FAULTS) {
    it(`and ${fault.what}: the connection is kept all the same, and warnings are printed`, async () => {
      const field = await beside(() => undefined);
      const client = new WebSocketClient();
      const kept = client.keepConnected(SILENT, `ws://127.0.0.1:${field.target.port}/good`, {
        reconnect: { onEvent: () => fault.fail() as undefined },
      });
      const session = await kept.opened();
      expect(session.isOpen).to.equal(true);
      await kept.stop();
      await client.close();
      await nextTurn();
      expect(new Set(watch.warnings.map(({ name }) => name))).to.deep.equal(new Set(['MoorageWarning']));
    });

    it(`in shouldReconnect, and ${fault.what}: it is kept no longer`, async () => {
      const field = await beside(() => undefined);
      const client = new WebSocketClient();
      const kept = client.keepConnected(SILENT, `ws://127.0.0.1:${field.target.port}/nowhere`, {
        reconnect: { shouldReconnect: () => fault.fail() as boolean },
      });
      expect((await kept.ended).why).to.equal('refused');
      await client.close();
      await nextTurn();
      expect(watch.warnings.map(({ name }) => name)).to.deep.equal(['MoorageWarning']);
    });
  }
});
