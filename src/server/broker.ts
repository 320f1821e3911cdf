import type { PreparedMessage } from '../engine/prepared-message.js';

/** Takes what another node has published. */
export type BrokerListener = (topic: string, message: PreparedMessage) => void;

/**
 * Carries what is published to a topic to the other nodes of a service. A container has one broker of its own: what it
 * publishes reaches its own members directly and everybody else's through here.
 *
 * An implementation over a message bus sends `message.opcode` and `message.payload` (with a name of the node, to know its own
 * again) and makes `PreparedMessage.text` or `.binary` of what comes in.
 */
export interface Broker {
  /** Brings a message to the listeners of all other nodes, never to this one's. A failure is reported by the container. */
  publish(topic: string, message: PreparedMessage): void | PromiseLike<void>;
  /** Called once, by the container that the broker is given to. */
  subscribe(listener: BrokerListener): void;
  /** Called when the container has closed. */
  close?(): void | PromiseLike<void>;
}

/**
 * A broker among containers of one process. Alone, as every container has it by default, it has nobody to bring anything to.
 *
 * @example
 * const broker = new InMemoryBroker();
 * const first = new WebSocketContainer({ server, broker });
 * const second = new WebSocketContainer({ server: other, broker: broker.peer() });
 */
export class InMemoryBroker implements Broker {
  /** All that reach each other, this one among them. */
  #peers = new Set<InMemoryBroker>([this]);
  #listener: BrokerListener | undefined;

  /** The broker of another container: what either publishes reaches the other. */
  peer(): InMemoryBroker {
    const peer = new InMemoryBroker();
    peer.#peers = this.#peers.add(peer);
    return peer;
  }

  publish(topic: string, message: PreparedMessage): void {
    for (const peer of this.#peers) {
      if (peer !== this) {
        peer.#listener?.(topic, message);
      }
    }
  }

  subscribe(listener: BrokerListener): void {
    this.#listener = listener;
  }

  close(): void {
    this.#listener = undefined;
    this.#peers.delete(this);
  }
}
