import { SessionClosedError } from '../protocol/errors.js';
import type { ExtensionStack } from '../protocol/extensions/extension-stack.js';
import { firstByte, generateFrame } from '../protocol/frame-generator.js';
import { type Opcode, Opcode as Opcodes } from '../protocol/opcode.js';
import type { OutgoingFrame } from '../protocol/outgoing-frame.js';
import type { Settling } from './contract.js';
import { Fifo } from './fifo.js';
import { ignorable } from './ignorable.js';
import type { Outgoing } from './outgoing.js';
import { COPIED_UP_TO, type OutgoingQueue } from './outgoing-queue.js';
import { PreparedMessage } from './prepared-message.js';

type Item = OutgoingFrame | PreparedMessage;

/** Something to be sent whose turn has not come, or whose encoding takes time. */
interface Job {
  readonly item: Item;
  /** Bytes, as the sender sees them. */
  readonly size: number;
  resolve(settling: Settling): void;
  reject(cause: Error): void;
}

/** What of a connection's settings and circumstances matters here. */
export interface EncodingTerms {
  readonly maxQueuedBytes: number;
  /** Under it prepared messages are encoded once for all; `null` when each connection must do it for itself. */
  readonly shareKey: string | null;
}

/**
 * The extensions in front of the outgoing queue. What they do at once costs no promise and keeps order by itself. While
 * one takes its time, as a large message that is compressed off the event loop does, data wait behind it in order and
 * the Close behind them; pings and pongs pass.
 */
export class ExtendedOutgoing implements Outgoing {
  readonly #queue: OutgoingQueue;
  readonly #stack: ExtensionStack;
  readonly #terms: EncodingTerms;
  /** How the queue took the last frame. */
  #settling: Settling = undefined;
  /** Where frames go instead of the queue while a message is encoded for many connections. */
  #collected: OutgoingFrame[] | null = null;
  /** Not null while an encoding is under way: what waits for it. */
  #jobs: Fifo<Job> | null = null;
  #current: Job | null = null;
  #waitingBytes = 0;
  #close: Uint8Array | null = null;
  #ends = false;
  #dropped = false;

  constructor(queue: OutgoingQueue, stack: ExtensionStack, terms: EncodingTerms) {
    this.#queue = queue;
    this.#stack = stack;
    this.#terms = terms;
  }

  get bytes(): number {
    return this.#queue.bytes + this.#waitingBytes + (this.#current?.size ?? 0);
  }

  get isOverCap(): boolean {
    const waiting = this.#waitingBytes;
    return waiting > 0 ? waiting + this.#queue.bytes > this.#terms.maxQueuedBytes : this.#queue.isOverCap;
  }

  drained(): Settling {
    return this.#queue.drained();
  }

  text(text: string, compress?: boolean): Settling {
    return this.frame({ opcode: Opcodes.Text, fin: true, rsv: 0, payload: Buffer.from(text), compress });
  }

  frame(frame: OutgoingFrame): Settling {
    return this.#accept(frame, frame.payload.length);
  }

  prepared(message: PreparedMessage): Settling {
    return this.#accept(message, message.payload.length);
  }

  /** The end of the extensions' chain. */
  encoded(frame: OutgoingFrame): void {
    if (this.#collected !== null) {
      this.#collected.push(frame);
    } else if (!this.#dropped) {
      this.#settling = this.#queue.frame(frame);
    }
  }

  control(opcode: Opcode, payload: Uint8Array): Settling {
    return this.#queue.control(opcode, payload);
  }

  close(payload: Uint8Array): void {
    if (this.#jobs === null) {
      this.#queue.close(payload);
    } else {
      this.#close = payload;
    }
  }

  dropUnsent(): void {
    this.#drop();
    this.#queue.dropUnsent();
  }

  end(): void {
    if (this.#jobs === null) {
      this.#queue.end();
    } else {
      this.#ends = true;
    }
  }

  abandon(): void {
    this.#drop();
    this.#queue.abandon();
  }

  written(): void {
    this.#queue.written();
  }

  #accept(item: Item, size: number): Settling {
    if (this.#jobs !== null) {
      return this.#wait(lasting(item), size);
    }
    const encoding = this.#encode(item);
    if (encoding === undefined) {
      return this.#taken();
    }
    this.#jobs = new Fifo();
    return ignorable(
      new Promise((resolve, reject) => {
        this.#current = { item, size, resolve, reject };
        void this.#work(this.#jobs as Fifo<Job>, encoding);
      }),
    );
  }

  #wait(item: Item, size: number): Promise<void> {
    this.#waitingBytes += size;
    return ignorable(
      new Promise((resolve, reject) => {
        this.#jobs?.push({ item, size, resolve, reject });
      }),
    );
  }

  /** Finishes the encoding that is under way, then does what came to wait for it. */
  async #work(jobs: Fifo<Job>, underWay: Settling): Promise<void> {
    let encoding: Settling = underWay;
    while (this.#current !== null) {
      const job: Job = this.#current;
      try {
        if (encoding !== undefined) {
          await encoding;
        }
        job.resolve(this.#taken());
      } catch (cause) {
        job.reject(cause as Error);
      }
      if (this.#jobs !== jobs) {
        return; // Dropped meanwhile.
      }
      encoding = this.#next(jobs);
    }
    this.#jobs = null;
    this.#conclude();
  }

  /** Begins the next job. A rejection is left to be seen by who waits for it. */
  #next(jobs: Fifo<Job>): Settling {
    this.#current = jobs.shift() ?? null;
    if (this.#current === null) {
      return undefined;
    }
    this.#waitingBytes -= this.#current.size;
    try {
      return this.#encode(this.#current.item);
    } catch (cause) {
      return Promise.reject(cause as Error);
    }
  }

  #conclude(): void {
    if (this.#close !== null) {
      this.#queue.close(this.#close);
      this.#close = null;
    }
    if (this.#ends) {
      this.#queue.end();
    }
  }

  /** Nothing that is waiting or being encoded will be sent. */
  #drop(): void {
    this.#dropped = true;
    const jobs = this.#jobs;
    if (jobs === null) {
      return;
    }
    const cause = SessionClosedError.unsent();
    this.#jobs = null;
    this.#current?.reject(cause);
    this.#current = null;
    this.#waitingBytes = 0;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      job.reject(cause);
    }
    this.#conclude();
  }

  #taken(): Settling {
    const settling = this.#settling;
    this.#settling = undefined;
    return settling;
  }

  #encode(item: Item): Settling {
    if (!(item instanceof PreparedMessage)) {
      return this.#stack.send(item);
    }
    const { shareKey } = this.#terms;
    if (shareKey === null) {
      return this.#stack.send(item.asFrame);
    }
    const encoded = item.encoded(shareKey) ?? item.keep(shareKey, this.#encodeForAll(item));
    if (Buffer.isBuffer(encoded)) {
      this.#share(encoded);
      return undefined;
    }
    return encoded.then((frames) => this.#share(frames));
  }

  #share(frames: Buffer): void {
    if (!this.#dropped) {
      this.#settling = this.#queue.shared(frames);
    }
  }

  /** All frames of a message, unmasked. */
  #encodeForAll(message: PreparedMessage): Buffer | Promise<Buffer> {
    const collected: OutgoingFrame[] = [];
    this.#collected = collected;
    const finish = (): Buffer => {
      this.#collected = null;
      const frames = collected.map(({ opcode, fin, rsv, payload }) =>
        generateFrame(firstByte(opcode, fin, rsv), payload),
      );
      return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
    };
    const fail = (cause: unknown): never => {
      this.#collected = null;
      throw cause;
    };
    try {
      const encoding = this.#stack.send(message.asFrame);
      return encoding === undefined ? finish() : encoding.then(finish, fail);
    } catch (cause) {
      return fail(cause);
    }
  }
}

/** As it will still be when its turn comes. */
function lasting(item: Item): Item {
  if (item instanceof PreparedMessage || item.payload.length > COPIED_UP_TO) {
    return item;
  }
  return { ...item, payload: Buffer.from(item.payload) };
}
