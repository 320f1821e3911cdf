import { expect } from 'chai';
import {
  type AgreedExtension,
  type Broker,
  type BrokerListener,
  ConfigurationError,
  type ContainerEvent,
  type ContainerOptions,
  InMemoryBroker,
  OnWebSocketMessage,
  PreparedMessage,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { RawPeer } from '../support/raw-peer.js';
import { Log, putAwayAfterEach, type Serving, serve, tracked } from './serving.js';

/** Does what its peer says: `join x`, `leave x`, `topics`. */
@WebSocket('/member/{name}')
class Member {
  @OnWebSocketMessage
  onText(session: Session, command: string): string {
    const [verb, topic = ''] = command.split(' ');
    if (verb === 'join') return `joined ${session.join(topic)}`;
    if (verb === 'leave') session.leave(topic);
    return session.topics.join();
  }
}

@WebSocket('/other')
class Other {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

describe('Publishing', () => {
  putAwayAfterEach();

  let events: Log<ContainerEvent>;

  function serveMembers(options: ContainerOptions = {}): Promise<Serving> {
    events = new Log();
    return serve(
      (container) => {
        container.addEndpoint(Member);
        container.addEndpoint(Other);
      },
      { onEvent: events.add, ...options },
    );
  }

  async function member(serving: Serving, name: string, ...topics: string[]): Promise<RawPeer> {
    const peer = tracked(await RawPeer.open(serving.target, `/member/${name}`));
    for (const topic of topics) {
      expect(await tell(peer, `join ${topic}`)).to.equal('joined true');
    }
    return peer;
  }

  async function tell(peer: RawPeer, command: string): Promise<string> {
    peer.sendText(command);
    return peer.readText();
  }

  function sessionOf(container: WebSocketContainer, name: string): Session {
    const found = [...container.openSessions].find((session) => session.pathParameters['name'] === name);
    return found as Session;
  }

  it('reaches the sessions that have joined the topic, text and bytes, in order', async () => {
    const serving = await serveMembers();
    const { container } = serving;
    const peers = [await member(serving, 'ann', 'news'), await member(serving, 'bob', 'news', 'sport')];
    const stranger = await member(serving, 'eve', 'sport');
    expect(container.publish('news', 'text').sent).to.equal(2);
    expect(container.publish('news', new Uint8Array([1, 2])).sent).to.equal(2);
    expect(container.publish('news', new Uint8Array([3]).buffer).sent).to.equal(2);
    expect(container.publish('news', PreparedMessage.text('prepared')).sent).to.equal(2);
    for (const peer of peers) {
      expect(await peer.readText()).to.equal('text');
      expect((await peer.readMessage()).payload).to.deep.equal(Buffer.from([1, 2]));
      expect((await peer.readMessage()).payload).to.deep.equal(Buffer.from([3]));
      expect(await peer.readText()).to.equal('prepared');
    }
    expect(await tell(stranger, 'topics')).to.equal('sport');
    expect(container.publish('nothing', 'x')).to.include({ sent: 0, held: 0, dropped: 0, disconnected: 0 });
  });

  it('leaves out the one session that is named', async () => {
    const serving = await serveMembers();
    const ann = await member(serving, 'ann', 'news');
    const bob = await member(serving, 'bob', 'news');
    const { sent } = serving.container.publish('news', 'from ann', { except: sessionOf(serving.container, 'ann') });
    expect(sent).to.equal(1);
    expect(await bob.readText()).to.equal('from ann');
    expect(await tell(ann, 'topics')).to.equal('news');
  });

  it('reaches nobody who has left, or whose connection ends', async () => {
    const serving = await serveMembers();
    const ann = await member(serving, 'ann', 'news');
    const bob = await member(serving, 'bob', 'news', 'sport');
    const { members } = serving.container.topic('news');
    expect([...members].map((session) => session.pathParameters['name'])).to.deep.equal(['ann', 'bob']);
    expect(await tell(ann, 'leave news')).to.equal('');
    const session = sessionOf(serving.container, 'bob');
    bob.sendClose(1000);
    await events.until(({ type }) => type === 'session-closed');
    expect([members.size, session.topics, session.join('news')]).to.deep.equal([0, [], false]);
    expect(serving.container.publish('news', 'x').sent).to.equal(0);
  });

  it('sends one frame of a burst after another, in few writes', async () => {
    const serving = await serveMembers();
    const ann = await member(serving, 'ann', 'news');
    for (let i = 0; i < 100; i++) {
      serving.container.publish('news', String(i));
    }
    for (let i = 0; i < 100; i++) {
      expect(await ann.readText()).to.equal(String(i));
    }
  });

  it('goes by a topic’s handle too, which may be there before its members', async () => {
    const serving = await serveMembers();
    const news = serving.container.topic('news', { slow: 'drop' });
    expect(news.members.size).to.equal(0);
    const ann = await member(serving, 'ann', 'news');
    expect([news.name, news.members.size, news.publish('x').sent]).to.deep.equal(['news', 1, 1]);
    expect(await ann.readText()).to.equal('x');
  });

  it('takes nothing else for messages, topics and options', async () => {
    const container = new WebSocketContainer();
    for (const [call, text] of [
      [
        () => container.publish('news', { a: 1 } as never),
        'container.publish takes a string, a Buffer, Uint8Array or ArrayBuffer, or a PreparedMessage, and was given an object. JSON.stringify(value) sends an object.',
      ],
      [
        () => container.broadcast(5 as never),
        'container.broadcast takes a string, a Buffer, Uint8Array or ArrayBuffer, or a PreparedMessage, and was given 5.',
      ],
      [
        () => container.publish('', 'x'),
        'container.publish takes the name of a topic, a string that is not empty, and was given "".',
      ],
      [
        () => container.topic(7 as never),
        'container.topic takes the name of a topic, a string that is not empty, and was given 7.',
      ],
    ] as const) {
      expect(call).to.throw(TypeError, text).with.property('code', 'MOORAGE_INVALID_ARGUMENT');
    }
    expect(() => container.topic('news', { slow: 'ignore' as never })).to.throw(
      ConfigurationError,
      "slow is \"ignore\". Accepted: 'wait', 'drop', 'latest', 'disconnect'.",
    );
    expect(() => new WebSocketContainer({ slowMembers: 'never' as never })).to.throw(ConfigurationError, 'slowMembers');
    expect(() => new WebSocketContainer({ broker: {} as never })).to.throw(
      ConfigurationError,
      'broker is an object. Accepted: an object with the methods publish(topic, message) and subscribe(listener).',
    );
  });

  describe('to a member that does not read', () => {
    const LARGE = new Uint8Array(1024 * 1024);

    /** Publishes until the member is above its mark: what the operating system takes first is its own affair. */
    function flood(container: WebSocketContainer): void {
      const session = sessionOf(container, 'slow');
      while (session.queuedBytes < 64 * 1024) {
        container.publish('news', LARGE);
      }
    }

    async function stalled(options: ContainerOptions): Promise<[Serving, RawPeer]> {
      const serving = await serveMembers(options);
      const peer = await member(serving, 'slow', 'news');
      peer.pause();
      flood(serving.container);
      return [serving, peer];
    }

    it('waits, and tells when it has caught up', async () => {
      const [{ container }, peer] = await stalled({});
      const publication = container.publish('news', 'last');
      expect(publication).to.include({ sent: 1, dropped: 0 });
      const order: string[] = [];
      const drained = publication.drained.then(() => order.push('drained'));
      order.push('reading');
      peer.resume();
      await drained;
      expect(order).to.deep.equal(['reading', 'drained']);
    });

    it('drops', async () => {
      const [{ container }] = await stalled({ slowMembers: 'drop' });
      expect(container.publish('news', 'x')).to.include({ sent: 0, dropped: 1 });
    });

    it('keeps the latest', async () => {
      const [{ container }, peer] = await stalled({ slowMembers: 'latest' });
      for (const text of ['a', 'b', 'c']) {
        expect(container.publish('news', text)).to.include({ sent: 0, held: 1 });
      }
      peer.resume();
      let message = await peer.readMessage();
      while (message.opcode !== 1) {
        message = await peer.readMessage();
      }
      expect(message.payload.toString()).to.equal('c');
    });

    it('disconnects', async () => {
      const [{ container }] = await stalled({ slowMembers: 'disconnect' });
      expect(container.publish('news', 'x')).to.include({ sent: 0, disconnected: 1 });
      expect(container.topic('news').members.size).to.equal(0);
      expect(sessionOf(container, 'slow').isOpen).to.equal(false);
    });
  });

  describe('to a session in the middle of a message in parts', () => {
    it('is skipped, and counted so', async () => {
      const serving = await serveMembers();
      const { container } = serving;
      const ann = await member(serving, 'ann', 'news');
      const session = sessionOf(container, 'ann');
      void session.sendPartialText('a', false);
      expect(container.publish('news', 'x')).to.include({ sent: 0, dropped: 1 });
      expect(container.broadcast('y')).to.include({ sent: 0, dropped: 1 });
      void session.sendPartialText('b', true);
      expect(container.publish('news', 'z')).to.include({ sent: 1, dropped: 0 });
      expect(await ann.readText()).to.equal('ab');
      expect(await ann.readText()).to.equal('z');
    });

    it("comes after its last part with slow: 'latest'", async () => {
      const serving = await serveMembers({ slowMembers: 'latest' });
      const ann = await member(serving, 'ann', 'news');
      const session = sessionOf(serving.container, 'ann');
      void session.sendPartialText('a', false);
      expect(serving.container.publish('news', 'x')).to.include({ sent: 0, held: 1 });
      void session.sendPartialText('b', true);
      expect(await ann.readText()).to.equal('ab');
      expect(await ann.readText()).to.equal('x');
    });
  });

  describe('broadcast', () => {
    it('reaches every open session, or those of one endpoint that a filter lets through', async () => {
      const serving = await serveMembers();
      const { container } = serving;
      const ann = await member(serving, 'ann');
      const bob = await member(serving, 'bob');
      const other = tracked(await RawPeer.open(serving.target, '/other'));
      expect(container.broadcast('all').sent).to.equal(3);
      expect(container.broadcast('members', { to: Member }).sent).to.equal(2);
      expect(container.broadcast('others', { to: '/other' }).sent).to.equal(1);
      const { sent, drained } = container.broadcast('not bob', {
        to: Member,
        filter: (session) => session.pathParameters['name'] !== 'bob',
      });
      expect(sent).to.equal(1);
      await drained;
      expect(container.broadcast('not ann', { except: sessionOf(container, 'ann') }).sent).to.equal(2);
      expect(await ann.readText()).to.equal('all');
      expect(await ann.readText()).to.equal('members');
      expect(await ann.readText()).to.equal('not bob');
      expect(await bob.readText()).to.equal('all');
      expect(await bob.readText()).to.equal('members');
      expect(await bob.readText()).to.equal('not ann');
      expect(await other.readText()).to.equal('all');
      expect(await other.readText()).to.equal('others');
    });

    it('goes on to the others when it can’t be sent to one, which is dropped', async () => {
      const failing: AgreedExtension = {
        parameters: [],
        create: () => ({
          send() {
            throw new Error('no more ink');
          },
          receive: (frame, next) => next(frame),
        }),
      };
      const serving = await serveMembers({
        extensions: [{ name: 'x-fails', accept: () => failing, offers: () => [[]], confirm: () => failing }],
      });
      tracked(await RawPeer.open(serving.target, '/other', { 'Sec-WebSocket-Extensions': ['x-fails'] }));
      const ann = await member(serving, 'ann');
      expect(serving.container.broadcast('x')).to.include({ sent: 1, dropped: 1 });
      expect(await ann.readText()).to.equal('x');
      const failed = await events.until(({ type }) => type === 'error');
      expect(failed).to.include({ during: 'publish', endpoint: 'WebSocketContainer' });
      expect(String((failed as { cause?: unknown }).cause)).to.include('no more ink');
    });

    it('passes over sessions that are closing', async () => {
      const serving = await serveMembers();
      await member(serving, 'ann');
      sessionOf(serving.container, 'ann').close();
      expect(serving.container.openSessions.size).to.equal(1);
      expect(serving.container.broadcast('x').sent).to.equal(0);
    });
  });

  describe('through a broker', () => {
    it('reaches the members of other containers, and each member once', async () => {
      const broker = new InMemoryBroker();
      const [here, there] = [await serveMembers({ broker }), await serveMembers({ broker: broker.peer() })];
      const [ann, bob] = [await member(here, 'ann', 'news'), await member(there, 'bob', 'news')];
      expect(here.container.publish('news', 'from here').sent).to.equal(1);
      expect(there.container.publish('news', 'from there').sent).to.equal(1);
      for (const peer of [ann, bob]) {
        expect(await peer.readText()).to.equal('from here');
        expect(await peer.readText()).to.equal('from there');
        expect(await tell(peer, 'topics')).to.equal('news');
      }
    });

    it('reaches no container that has closed', async () => {
      const broker = new InMemoryBroker();
      const heard: string[] = [];
      const peer = broker.peer();
      peer.subscribe((topic) => heard.push(topic));
      broker.publish('a', PreparedMessage.text(''));
      peer.close();
      broker.publish('b', PreparedMessage.text(''));
      expect(heard).to.deep.equal(['a']);
    });

    it('of one’s own: is told what is published here, and brings what is published elsewhere', async () => {
      const published: unknown[] = [];
      let bring: BrokerListener | undefined;
      let closed = 0;
      const broker: Broker = {
        publish: (topic, message) => void published.push([topic, message.opcode, message.payload.toString()]),
        subscribe(listener) {
          bring = listener;
        },
        close() {
          closed += 1;
        },
      };
      const serving = await serveMembers({ broker });
      const ann = await member(serving, 'ann', 'news');
      serving.container.publish('news', 'here');
      bring?.('news', PreparedMessage.text('elsewhere'));
      expect(published).to.deep.equal([['news', 1, 'here']]);
      expect(await ann.readText()).to.equal('here');
      expect(await ann.readText()).to.equal('elsewhere');
      await serving.container.close({ timeout: 0 });
      expect(closed).to.equal(1);
    });

    it('that returns something else has not failed', async () => {
      const broker = { publish: () => 1 as never, subscribe() {} };
      const { container } = await serveMembers({ broker });
      container.publish('news', 'x');
      expect(events.entries).to.deep.equal([]);
    });

    it('that fails harms nobody, and is reported', async () => {
      const failures = [
        () => {
          throw new Error('thrown');
        },
        () => Promise.reject(new Error('rejected')),
      ];
      for (const [i, publish] of failures.entries()) {
        const serving = await serveMembers({ broker: { publish, subscribe() {} } });
        const ann = await member(serving, 'ann', 'news');
        expect(serving.container.publish('news', 'x').sent).to.equal(1);
        expect(await ann.readText()).to.equal('x');
        const event = await events.until(({ type }) => type === 'error');
        expect(event).to.include({ during: 'broker', endpoint: 'WebSocketContainer' });
        expect(String((event as { cause?: unknown }).cause)).to.equal(`Error: ${['thrown', 'rejected'][i]}`);
      }
    });
  });
});
