import { Duplex } from 'node:stream';

/**
 * A socket without a network. The test plays the other end: it delivers bytes in the cuts it wants, ends or resets the
 * stream, stalls the writing direction, and reads what was written, write by write.
 */
export class MemoryTransport extends Duplex {
  /** What each write brought; a gathered write is one. */
  readonly writes: Buffer[] = [];
  /** The number of chunks of each write. */
  readonly gathered: number[] = [];
  /** FIN was sent. */
  finished = false;
  /** Gets every write that goes through, in place of nobody. */
  onWrite: ((bytes: Buffer) => void) | null = null;
  /** Gets our FIN. */
  onFinish: (() => void) | null = null;
  #stalled = false;
  #held: (() => void) | null = null;
  #failure: Error | null = null;

  constructor() {
    super({ allowHalfOpen: true });
  }

  /** Everything written so far. */
  get wire(): Buffer {
    return Buffer.concat(this.writes);
  }

  /** Bytes from the peer, each argument as one read. They are copied, as bytes of a network are. */
  deliver(...chunks: Uint8Array[]): void {
    for (const chunk of chunks) {
      this.push(Buffer.from(chunk));
    }
  }

  /** Bytes from the peer, one at a time. */
  deliverBytewise(bytes: Uint8Array): void {
    this.deliver(...[...bytes].map((byte) => Uint8Array.of(byte)));
  }

  /** The peer's FIN. */
  finish(): void {
    this.push(null);
  }

  /** The peer's RST. */
  reset(): void {
    this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }

  /** The peer stops reading: the next write is taken and not acknowledged. */
  stall(): void {
    this.#stalled = true;
  }

  /** The peer reads what waits, and all that follows. */
  unstall(): void {
    this.#stalled = false;
    this.acknowledge();
  }

  /** The peer reads the write that waits, and stalls again after the next. */
  acknowledge(): void {
    const held = this.#held;
    this.#held = null;
    held?.();
  }

  /** Lets the next write fail. */
  failWrites(cause: Error): void {
    this.#failure = cause;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (cause?: Error | null) => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (cause?: Error | null) => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: () => void): void {
    this.finished = true;
    this.onFinish?.();
    done();
  }

  #take(chunks: Buffer[], done: (cause?: Error | null) => void): void {
    if (this.#failure !== null) {
      done(this.#failure);
      return;
    }
    const bytes = Buffer.concat(chunks);
    if (bytes.length === 0) {
      done(); // Nothing to take; it only asks to be told when all before it has been taken.
      return;
    }
    this.writes.push(bytes);
    this.gathered.push(chunks.length);
    this.onWrite?.(bytes);
    if (this.#stalled) {
      this.#held = done;
    } else {
      done();
    }
  }
}

/** Two transports that are each other's peer. What one writes the other reads in later turns, in pieces of `cut` bytes. */
export function memoryPair(cut = Infinity): [MemoryTransport, MemoryTransport] {
  const pair: [MemoryTransport, MemoryTransport] = [new MemoryTransport(), new MemoryTransport()];
  const connect = (from: MemoryTransport, to: MemoryTransport): void => {
    from.onWrite = (bytes) => {
      for (let at = 0; at < bytes.length; at += Math.min(cut, bytes.length)) {
        setImmediate(() => to.destroyed || to.deliver(bytes.subarray(at, at + cut)));
      }
    };
    from.onFinish = () => setImmediate(() => to.destroyed || to.finish());
    from.once('close', () => setImmediate(() => to.destroyed || to.readableEnded || to.finish()));
  };
  connect(pair[0], pair[1]);
  connect(pair[1], pair[0]);
  return pair;
}
