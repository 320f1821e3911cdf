import type { Channel } from '../engine/contract.js';
import type { PreparedMessage } from '../engine/prepared-message.js';
import { CloseCode } from '../protocol/close-code.js';
import type { Delivery } from './publication.js';

/**
 * What a topic does about a member that is slow: one whose outgoing queue passed its `writeHighWater` and has not come
 * down to `writeLowWater` since.
 *
 * - `'wait'`: queues the message all the same, up to the connection's `maxQueuedBytes`, past which it ends with 1008.
 * - `'drop'`: skips the member.
 * - `'latest'`: holds the message back, in the place of one that is held back already; the member gets the newest when it
 *   has caught up.
 * - `'disconnect'`: closes the member with 1013 (Try Again Later), so that it may come back for a fresh start.
 *
 * A member in the middle of a message that is sent to it in parts can't be sent another (RFC 6455 §5.4). `'latest'`
 * holds the message back until the last part; the others skip the member.
 */
export type SlowPolicy = 'wait' | 'drop' | 'latest' | 'disconnect';

const CLOSE_REASON = 'Too slow';

/** A session in a topic. */
export class TopicMember {
  readonly session: object;
  readonly channel: Channel;
  /** Not null while the newest message waits for the member to catch up. */
  #held: PreparedMessage | null = null;
  #left = false;

  constructor(session: object, channel: Channel) {
    this.session = session;
    this.channel = channel;
  }

  /** Nothing reaches the member any more, what is held back neither. */
  leave(): void {
    this.#left = true;
    this.#held = null;
  }

  /** Queues it, unless a message in parts is in the way. */
  send(message: PreparedMessage, delivery: Delivery): void {
    if (this.channel.partsEnded() !== undefined) {
      delivery.count(false);
      return;
    }
    this.#held = null; // What was held back is old now, also when it was to go out in this very turn.
    delivery.count(this.channel.sendPrepared(message));
  }

  /** Undefined when a message can go out and the queue is short; else a promise for when to look again. */
  obstacle(): Promise<void> | undefined {
    return (this.channel.drained() ?? this.channel.partsEnded()) as Promise<void> | undefined;
  }

  /** Sends it when the member has caught up, unless a newer one takes its place. */
  hold(message: PreparedMessage, caughtUp: Promise<void>): void {
    const isWaiting = this.#held !== null;
    this.#held = message;
    if (!isWaiting) {
      caughtUp.then(
        () => this.#release(),
        () => this.leave(),
      );
    }
  }

  #release(): void {
    const message = this.#held;
    if (message === null || this.#left) {
      return;
    }
    const stillSlow = this.obstacle();
    if (stillSlow !== undefined) {
      // Others sent in between.
      this.#held = null;
      this.hold(message, stillSlow);
      return;
    }
    this.#held = null;
    this.channel.sendPrepared(message)?.catch(overlook);
  }
}

/** Brings a message to one member. */
export type Deliver = (member: TopicMember, message: PreparedMessage, delivery: Delivery) => void;

/** How a message is brought to a member under each policy: chosen once for a topic, not for each message. */
export const DELIVER: Readonly<Record<SlowPolicy, Deliver>> = {
  wait: (member, message, delivery) => member.send(message, delivery),
  drop(member, message, delivery) {
    if (member.channel.drained() === undefined) {
      member.send(message, delivery);
    } else {
      delivery.dropped += 1;
    }
  },
  latest(member, message, delivery) {
    const caughtUp = member.obstacle();
    if (caughtUp === undefined) {
      member.send(message, delivery);
    } else {
      member.hold(message, caughtUp);
      delivery.held += 1;
    }
  },
  disconnect(member, message, delivery) {
    if (member.channel.drained() === undefined) {
      member.send(message, delivery);
    } else {
      member.channel.close(CloseCode.TryAgainLater, CLOSE_REASON);
      delivery.disconnected += 1;
    }
  },
};

/** The member ended before it could get it. */
function overlook(): void {}
