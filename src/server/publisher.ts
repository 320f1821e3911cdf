import { toBytes } from '../endpoint/bytes.js';
import { described } from '../endpoint/described.js';
import { ConfigurationError } from '../endpoint/errors.js';
import { optionProblems } from '../endpoint/option-rules.js';
import { broadcastTo, type Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { PreparedMessage } from '../engine/prepared-message.js';
import { checkIsObject, InvalidArgumentError } from '../protocol/invalid-argument.js';
import type { Broker } from './broker.js';
import type { EventReporter } from './event-reporter.js';
import { Delivery, type Publication } from './publication.js';
import { ContainerError } from './server-errors.js';
import type { OpenSessions } from './session-directory.js';
import type { TopicDirectory } from './topic-directory.js';
import { DELIVER, type SlowPolicy } from './topic-member.js';

/** What can be sent to many: a string as text, bytes as binary (they are copied), or a message that was prepared. */
export type PublishedMessage = string | Uint8Array | ArrayBuffer | PreparedMessage;

export interface PublishOptions {
  /** One session that does not get it, such as the one that it comes from. */
  readonly except?: Session | undefined;
}

export interface TopicOptions {
  /** What to do about slow members. Default: the container's `slowMembers`. */
  readonly slow?: SlowPolicy;
}

/** A topic, by its name. It need not have members, and is there before anybody joins. */
export interface Topic {
  readonly name: string;
  /** The sessions of this container that have joined, live. */
  readonly members: OpenSessions;
  publish(message: PublishedMessage, options?: PublishOptions): Publication;
}

const SLOW_POLICIES = Object.keys(DELIVER);

/** What the option for slow members accepts. */
export const SLOW_RULE = {
  accepts: (value: unknown) => typeof value === 'string' && SLOW_POLICIES.includes(value),
  accepted: SLOW_POLICIES.map((policy) => `'${policy}'`).join(', '),
};

/** Sends to many. */
export class Publisher {
  readonly #topics: TopicDirectory;
  readonly #broker: Broker;
  readonly #reporter: EventReporter;

  constructor(topics: TopicDirectory, broker: Broker, reporter: EventReporter) {
    this.#topics = topics;
    this.#broker = broker;
    this.#reporter = reporter;
    broker.subscribe((topic, message) => topics.deliver(topic, message, new Delivery()));
  }

  publish(topic: string, message: PublishedMessage, options: PublishOptions = {}): Publication {
    checkIsObject('container.publish(topic, message, options)', options);
    const { except } = options;
    checkTopic('publish', topic);
    const prepared = preparedMessage('publish', message);
    const delivery = new Delivery();
    this.#topics.deliver(topic, prepared, delivery, except);
    try {
      const publishing: unknown = this.#broker.publish(topic, prepared);
      if (isThenable(publishing)) {
        Promise.resolve(publishing).then(undefined, (cause: unknown) => this.#failed(cause));
      }
    } catch (cause) {
      this.#failed(cause);
    }
    return delivery;
  }

  broadcast(
    sessions: Iterable<Session>,
    message: PublishedMessage,
    except: Session | undefined,
    filter: ((session: Session) => boolean) | undefined,
  ): Publication {
    const prepared = preparedMessage('broadcast', message);
    const delivery = new Delivery();
    for (const session of sessions) {
      if (session.isOpen && session !== except && (filter === undefined || filter(session))) {
        try {
          delivery.count(broadcastTo(session, prepared));
        } catch (cause) {
          delivery.dropped += 1;
          this.#reporter.error(cause, 'publish', 'WebSocketContainer', session);
        }
      }
    }
    return delivery;
  }

  topic(name: string, options: TopicOptions = {}): Topic {
    checkTopic('topic', name);
    const problems = optionProblems(options, { slow: SLOW_RULE });
    if (problems.length > 0) {
      throw new ConfigurationError(`The options of the topic ${JSON.stringify(name)}`, problems);
    }
    if (options.slow !== undefined) {
      this.#topics.configure(name, options.slow);
    }
    return Object.freeze({
      name,
      members: this.#topics.membersOf(name),
      publish: (message: PublishedMessage, publishing?: PublishOptions) => this.publish(name, message, publishing),
    });
  }

  /** @param overdue settles when nobody waits for the broker any more. */
  async close(overdue: Promise<void>): Promise<void> {
    try {
      const closing: unknown = this.#broker.close?.();
      if (isThenable(closing)) {
        await Promise.race([closing, overdue.then(leaveBroker)]);
      }
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #failed(cause: unknown): void {
    this.#reporter.error(cause, 'broker', 'WebSocketContainer');
  }
}

function leaveBroker(): never {
  throw new ContainerError(
    'MOORAGE_BROKER_NOT_CLOSED',
    "The broker's close() had not settled at the deadline of container.close(), which went on without it: end what it waits for, or give a longer timeout.",
  );
}

function checkTopic(method: string, topic: unknown): void {
  if (typeof topic !== 'string' || topic === '') {
    throw new InvalidArgumentError(
      `container.${method} takes the name of a topic, a string that is not empty, and was given ${described(topic)}.`,
    );
  }
}

function preparedMessage(method: string, message: PublishedMessage): PreparedMessage {
  if (typeof message === 'string') {
    return PreparedMessage.text(message);
  }
  if (message instanceof PreparedMessage) {
    return message;
  }
  const bytes = toBytes(message);
  if (bytes === undefined) {
    throw new InvalidArgumentError(
      `container.${method} takes a string, a Buffer, Uint8Array or ArrayBuffer, or a PreparedMessage, and was given ${described(message)}. JSON.stringify(value) sends an object.`,
    );
  }
  return PreparedMessage.binary(bytes);
}
