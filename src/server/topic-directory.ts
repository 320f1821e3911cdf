import type { Session } from '../endpoint/session.js';
import type { Topics } from '../endpoint/topics.js';
import type { Channel } from '../engine/contract.js';
import type { PreparedMessage } from '../engine/prepared-message.js';
import type { Delivery } from './publication.js';
import type { OpenSessions } from './session-directory.js';
import { DELIVER, type Deliver, type SlowPolicy, TopicMember } from './topic-member.js';

/** The members of one topic; there while it has any. */
interface Group {
  readonly name: string;
  deliver: Deliver;
  readonly members: Map<object, TopicMember>;
}

/** Hears that a message could not be sent to a session, as when an extension fails. Must not throw. */
export type DeliveryFailure = (cause: unknown, session: object) => void;

/** Who has joined what. A session that joined nothing isn't in here, a topic without members neither. */
export class TopicDirectory implements Topics {
  readonly #groups = new Map<string, Group>();
  readonly #groupsOf = new Map<object, Set<Group>>();
  /** Of the topics that have one of their own. */
  readonly #policies = new Map<string, SlowPolicy>();
  readonly #defaultPolicy: SlowPolicy;
  readonly #onFailure: DeliveryFailure;

  constructor(defaultPolicy: SlowPolicy, onFailure: DeliveryFailure) {
    this.#defaultPolicy = defaultPolicy;
    this.#onFailure = onFailure;
  }

  /** From the next message on. */
  configure(topic: string, policy: SlowPolicy): void {
    this.#policies.set(topic, policy);
    const group = this.#groups.get(topic);
    if (group !== undefined) {
      group.deliver = DELIVER[policy];
    }
  }

  join(session: object, channel: Channel, topic: string): void {
    let group = this.#groups.get(topic);
    if (group === undefined) {
      const policy = this.#policies.get(topic) ?? this.#defaultPolicy;
      group = { name: topic, deliver: DELIVER[policy], members: new Map() };
      this.#groups.set(topic, group);
    }
    if (group.members.has(session)) {
      return;
    }
    group.members.set(session, new TopicMember(session, channel));
    const joined = this.#groupsOf.get(session);
    if (joined === undefined) {
      this.#groupsOf.set(session, new Set([group]));
    } else {
      joined.add(group);
    }
  }

  leave(session: object, topic: string): void {
    const group = this.#groups.get(topic);
    const joined = this.#groupsOf.get(session);
    if (group === undefined || joined?.delete(group) !== true) {
      return;
    }
    this.#remove(session, group);
    if (joined.size === 0) {
      this.#groupsOf.delete(session);
    }
  }

  topicsOf(session: object): readonly string[] {
    return Array.from(this.#groupsOf.get(session) ?? [], ({ name }) => name);
  }

  ended(session: object): void {
    const joined = this.#groupsOf.get(session);
    if (joined === undefined) {
      return;
    }
    this.#groupsOf.delete(session);
    for (const group of joined) {
      this.#remove(session, group);
    }
  }

  /** To all members but one. Members that come or go meanwhile are no trouble, and one that fails is none for the others. */
  deliver(topic: string, message: PreparedMessage, delivery: Delivery, except?: object): void {
    const group = this.#groups.get(topic);
    if (group === undefined) {
      return;
    }
    const { deliver } = group;
    for (const member of group.members.values()) {
      if (member.session !== except) {
        try {
          deliver(member, message, delivery);
        } catch (cause) {
          delivery.dropped += 1;
          this.#onFailure(cause, member.session);
        }
      }
    }
  }

  /** The members of a topic, whenever it has some. */
  membersOf(topic: string): OpenSessions {
    return new TopicMembers(() => this.#groups.get(topic)?.members);
  }

  #remove(session: object, group: Group): void {
    group.members.get(session)?.leave();
    group.members.delete(session);
    if (group.members.size === 0) {
      this.#groups.delete(group.name);
    }
  }
}

/** A live view: a topic is made anew when somebody joins after the last has left. */
class TopicMembers implements OpenSessions {
  readonly #present: () => ReadonlyMap<object, TopicMember> | undefined;

  constructor(present: () => ReadonlyMap<object, TopicMember> | undefined) {
    this.#present = present;
  }

  get size(): number {
    return this.#present()?.size ?? 0;
  }

  has(session: Session): boolean {
    return this.#present()?.has(session) ?? false;
  }

  *[Symbol.iterator](): IterableIterator<Session> {
    // Only sessions join, and each by itself.
    yield* (this.#present()?.keys() ?? []) as Iterable<Session>;
  }
}
