import { expect } from 'chai';
import { CloseCode, PreparedMessage } from 'moorage';
import { SessionClosedError } from '#moorage/protocol/errors.js';
import { Delivery } from '#moorage/server/publication.js';
import { TopicDirectory } from '#moorage/server/topic-directory.js';
import type { SlowPolicy } from '#moorage/server/topic-member.js';
import { FakeChannel } from '../endpoint/fake-channel.js';
import { deferred } from './serving.js';

/** A member, as the directory knows it: something with an identity, and a channel. */
class Member {
  readonly channel = new FakeChannel();
  #caughtUp = deferred();

  /** The queue is above its mark. */
  slowDown(): void {
    this.#caughtUp = deferred();
    this.channel.draining = this.#caughtUp.promise;
  }

  /** The queue has come down; who waits hears of it in the next microtask. */
  catchUp(): void {
    this.channel.draining = undefined;
    this.#caughtUp.resolve();
  }

  vanish(): void {
    this.channel.draining = undefined;
    this.channel.isOpen = false;
    this.#caughtUp.reject(new SessionClosedError());
  }

  get heard(): string[] {
    return this.channel.asked.map(([kind, what]) =>
      kind === 'prepared' ? (what as PreparedMessage).payload.toString() : String(kind),
    );
  }
}

const microtasks = () => new Promise((resolve) => setImmediate(resolve));

describe('Topics', () => {
  let failures: [cause: unknown, session: object][];
  beforeEach(() => {
    failures = [];
  });

  function directory(policy: SlowPolicy = 'wait', ...members: Member[]): TopicDirectory {
    const topics = new TopicDirectory(policy, (cause, session) => failures.push([cause, session]));
    for (const member of members) {
      topics.join(member, member.channel, 'news');
    }
    return topics;
  }

  function publish(topics: TopicDirectory, text: string, except?: Member): Record<string, number> {
    const delivery = new Delivery();
    topics.deliver('news', PreparedMessage.text(text), delivery, except);
    const { sent, held, dropped, disconnected } = delivery;
    return Object.fromEntries(Object.entries({ sent, held, dropped, disconnected }).filter(([, count]) => count > 0));
  }

  it('bring a message to every member once, but to the one that is left out', () => {
    const [ann, bob, eve] = [new Member(), new Member(), new Member()];
    const topics = directory('wait', ann, bob);
    topics.join(ann, ann.channel, 'news');
    topics.join(eve, eve.channel, 'other');
    expect(publish(topics, 'a')).to.deep.equal({ sent: 2 });
    expect(publish(topics, 'b', ann)).to.deep.equal({ sent: 1 });
    expect([ann.heard, bob.heard, eve.heard]).to.deep.equal([['a'], ['a', 'b'], []]);
  });

  it('share one message among all members', () => {
    const [ann, bob] = [new Member(), new Member()];
    publish(directory('wait', ann, bob), 'a');
    expect(ann.channel.asked[0]?.[1]).to.equal(bob.channel.asked[0]?.[1]);
  });

  it('know who joined what, in the order of joining', () => {
    const ann = new Member();
    const topics = directory('wait', ann);
    topics.join(ann, ann.channel, 'other');
    expect(topics.topicsOf(ann)).to.deep.equal(['news', 'other']);
    topics.leave(ann, 'news');
    topics.leave(ann, 'unknown');
    topics.leave(new Member(), 'other');
    expect(topics.topicsOf(ann)).to.deep.equal(['other']);
    expect(publish(topics, 'a')).to.deep.equal({});
    topics.leave(ann, 'other');
    expect(topics.topicsOf(ann)).to.deep.equal([]);
  });

  it('lose a session that has ended', () => {
    const [ann, bob] = [new Member(), new Member()];
    const topics = directory('wait', ann, bob);
    topics.join(ann, ann.channel, 'other');
    topics.ended(ann);
    topics.ended(new Member());
    expect(topics.topicsOf(ann)).to.deep.equal([]);
    expect(publish(topics, 'a')).to.deep.equal({ sent: 1 });
    expect([topics.membersOf('news').size, topics.membersOf('other').size]).to.deep.equal([1, 0]);
  });

  it('show their members, also those that join after the last has left', () => {
    const ann = new Member();
    const topics = directory();
    const members = topics.membersOf('news');
    expect([members.size, [...members]]).to.deep.equal([0, []]);
    for (let i = 0; i < 2; i++) {
      topics.join(ann, ann.channel, 'news');
      expect([members.size, [...members], members.has(ann as never)]).to.deep.equal([1, [ann], true]);
      topics.leave(ann, 'news');
      expect([members.size, members.has(ann as never)]).to.deep.equal([0, false]);
    }
  });

  it('take members that come and go while a message goes out', () => {
    const [ann, bob] = [new Member(), new Member()];
    const topics = directory('wait', ann, bob);
    const send = ann.channel.sendPrepared.bind(ann.channel);
    ann.channel.sendPrepared = (message) => {
      topics.ended(bob);
      return send(message);
    };
    expect(publish(topics, 'a')).to.deep.equal({ sent: 1 });
    expect(bob.heard).to.deep.equal([]);
  });

  it('go on to the others when one can’t be sent to, and tell', () => {
    const [ann, bob, eve] = [new Member(), new Member(), new Member()];
    const topics = directory('wait', ann, bob, eve);
    const cause = new Error('The extension failed');
    bob.channel.sendPrepared = () => {
      throw cause;
    };
    expect(publish(topics, 'a')).to.deep.equal({ sent: 2, dropped: 1 });
    expect([ann.heard, eve.heard]).to.deep.equal([['a'], ['a']]);
    expect(failures).to.deep.equal([[cause, bob]]);
  });

  describe("with slow: 'wait'", () => {
    it('queue for slow members too, and say when all have caught up', async () => {
      const [ann, bob] = [new Member(), new Member()];
      const topics = directory('wait', ann, bob);
      const draining = deferred();
      bob.channel.settling = draining.promise;
      const delivery = new Delivery();
      topics.deliver('news', PreparedMessage.text('a'), delivery);
      expect(delivery.sent).to.equal(2);
      let drained = false;
      const waiting = delivery.drained.then(() => {
        drained = true;
      });
      await microtasks();
      expect(drained).to.equal(false);
      draining.resolve();
      await waiting;
    });

    it('wait for nobody that is gone', async () => {
      const ann = new Member();
      const topics = directory('wait', ann);
      ann.channel.settling = Promise.reject(new SessionClosedError());
      const delivery = new Delivery();
      topics.deliver('news', PreparedMessage.text('a'), delivery);
      await delivery.drained;
    });
  });

  describe("with slow: 'drop'", () => {
    it('skip slow members until they have caught up', () => {
      const [ann, bob] = [new Member(), new Member()];
      const topics = directory('drop', ann, bob);
      bob.slowDown();
      expect(publish(topics, 'a')).to.deep.equal({ sent: 1, dropped: 1 });
      bob.catchUp();
      expect(publish(topics, 'b')).to.deep.equal({ sent: 2 });
      expect([ann.heard, bob.heard]).to.deep.equal([['a', 'b'], ['b']]);
    });
  });

  describe("with slow: 'latest'", () => {
    it('give slow members the newest when they have caught up', async () => {
      const [ann, bob] = [new Member(), new Member()];
      const topics = directory('latest', ann, bob);
      bob.slowDown();
      for (const text of ['a', 'b', 'c']) {
        expect(publish(topics, text)).to.deep.equal({ sent: 1, held: 1 });
      }
      expect(bob.heard).to.deep.equal([]);
      bob.catchUp();
      await microtasks();
      expect([ann.heard, bob.heard]).to.deep.equal([['a', 'b', 'c'], ['c']]);
      publish(topics, 'd');
      expect(bob.heard).to.deep.equal(['c', 'd']);
    });

    it('never give an older message after a newer', async () => {
      const ann = new Member();
      const topics = directory('latest', ann);
      ann.slowDown();
      publish(topics, 'old');
      ann.catchUp();
      publish(topics, 'new'); // In the turn in which the queue came down, before anyone heard of it.
      await microtasks();
      expect(ann.heard).to.deep.equal(['new']);
    });

    it('wait again when others have filled the queue in between', async () => {
      const ann = new Member();
      const topics = directory('latest', ann);
      ann.slowDown();
      publish(topics, 'a');
      ann.catchUp();
      ann.slowDown();
      await microtasks();
      expect(ann.heard).to.deep.equal([]);
      publish(topics, 'b');
      ann.catchUp();
      await microtasks();
      expect(ann.heard).to.deep.equal(['b']);
    });

    it('forget what is held back for a member that leaves or vanishes', async () => {
      const [ann, bob] = [new Member(), new Member()];
      const topics = directory('latest', ann, bob);
      ann.slowDown();
      bob.slowDown();
      publish(topics, 'a');
      topics.leave(ann, 'news');
      ann.catchUp();
      bob.vanish();
      await microtasks();
      expect([ann.heard, bob.heard]).to.deep.equal([[], []]);
    });
  });

  describe("with slow: 'disconnect'", () => {
    it('close slow members with 1013', () => {
      const [ann, bob] = [new Member(), new Member()];
      const topics = directory('disconnect', ann, bob);
      bob.slowDown();
      expect(publish(topics, 'a')).to.deep.equal({ sent: 1, disconnected: 1 });
      expect(bob.channel.asked).to.deep.equal([['close', CloseCode.TryAgainLater, 'Too slow']]);
    });
  });

  describe('to a member in the middle of a message in parts', () => {
    for (const policy of ['wait', 'drop', 'disconnect'] as const) {
      it(`with slow: '${policy}' do not count as sent what is not`, () => {
        const [ann, bob] = [new Member(), new Member()];
        const topics = directory(policy, ann, bob);
        ann.channel.parting = deferred().promise;
        expect(publish(topics, 'a')).to.deep.equal({ sent: 1, dropped: 1 });
        ann.channel.parting = undefined;
        expect(publish(topics, 'b')).to.deep.equal({ sent: 2 });
        expect([ann.heard, bob.heard]).to.deep.equal([['b'], ['a', 'b']]);
      });
    }

    it("with slow: 'latest' hold the newest back until the last part, and until the queue is short", async () => {
      const ann = new Member();
      const topics = directory('latest', ann);
      const parts = deferred();
      ann.channel.parting = parts.promise;
      for (const text of ['a', 'b']) {
        expect(publish(topics, text)).to.deep.equal({ held: 1 });
      }
      ann.slowDown();
      ann.channel.parting = undefined;
      parts.resolve();
      await microtasks();
      expect(ann.heard).to.deep.equal([]);
      ann.catchUp();
      await microtasks();
      expect(ann.heard).to.deep.equal(['b']);
    });
  });

  it('have a policy of their own, or the default, and take a new one from the next message on', () => {
    const ann = new Member();
    const topics = directory('drop', ann);
    topics.configure('prices', 'disconnect');
    topics.join(ann, ann.channel, 'prices');
    ann.slowDown();
    expect(publish(topics, 'a')).to.deep.equal({ dropped: 1 });
    topics.configure('news', 'latest');
    expect(publish(topics, 'b')).to.deep.equal({ held: 1 });
    const delivery = new Delivery();
    topics.deliver('prices', PreparedMessage.text('c'), delivery);
    expect(delivery.disconnected).to.equal(1);
  });
});
