import { type Broker, type BrokerListener, Opcode, PreparedMessage } from 'moorage';

/** What travels from a worker to the primary, and from there to all other workers. */
export interface Published {
  readonly type: 'published';
  readonly topic: string;
  readonly isText: boolean;
  readonly payload: Uint8Array;
}

export function isPublished(message: unknown): message is Published {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'published';
}

/** This process's end of the channel to its parent: `process`, in a worker. */
export interface ParentChannel {
  send?(message: object, handle: undefined, options: undefined, callback: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/**
 * Brings what is published in one worker of a cluster to the others, over the channel that each has to the primary anyway.
 * The workers need `serialization: 'advanced'`, so that bytes travel as bytes.
 */
export class ClusterBroker implements Broker {
  readonly #parent: ParentChannel;
  #onMessage: ((message: unknown) => void) | undefined;

  constructor(parent: ParentChannel = process) {
    this.#parent = parent;
  }

  /** Settles when the channel has taken the message; rejects when there is no primary, which the container reports. */
  publish(topic: string, { opcode, payload }: PreparedMessage): Promise<void> {
    const message: Published = { type: 'published', topic, isText: opcode === Opcode.Text, payload };
    return new Promise((resolve, reject) => {
      if (this.#parent.send === undefined) {
        reject(new Error('This process is no worker of a cluster: there is nobody to publish to.'));
        return;
      }
      this.#parent.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  subscribe(listener: BrokerListener): void {
    this.#onMessage = (message) => {
      if (isPublished(message)) listener(message.topic, prepared(message));
    };
    this.#parent.on('message', this.#onMessage);
  }

  close(): void {
    if (this.#onMessage !== undefined) this.#parent.off('message', this.#onMessage);
  }
}

function prepared({ isText, payload }: Published): PreparedMessage {
  return isText ? PreparedMessage.text(Buffer.from(payload).toString()) : PreparedMessage.binary(payload);
}
