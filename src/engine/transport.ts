import type { Duplex } from 'node:stream';
import type { SocketAddress } from './contract.js';
import { FULL_CHUNK, isReading, setReading, takeTurns } from './fair-reading.js';
import { ANCHORED_FROM, anchor } from './heap-anchors.js';

/** What a transport reports. Each is called in the turn in which it happened. */
export interface TransportEvents {
  /** Bytes; the receiver owns them. */
  received(chunk: Buffer): void;
  /** The peer sends no more (FIN). */
  ended(): void;
  /** The stream broke; `closed` follows. */
  failed(cause: Error): void;
  /** Nothing more comes or goes. */
  closed(): void;
  /** What was written has been taken by the operating system, or never will be. */
  written(): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Where a stream keeps who is told of its events. The listeners below are the same four functions for every stream and
 * find their receiver there: four closures apiece would be a third of what an idle connection costs.
 */
const receiver = Symbol('moorage.receiver');

interface Carrier extends Duplex {
  [receiver]?: TransportEvents | undefined;
}

function onData(this: Carrier, chunk: Buffer): void {
  this[receiver]?.received(chunk);
  if (chunk.length >= ANCHORED_FROM) {
    anchor(chunk);
    if (chunk.length >= FULL_CHUNK) {
      takeTurns(this);
    }
  }
}

function onEnd(this: Carrier): void {
  this[receiver]?.ended();
}

function onError(this: Carrier, cause: Error): void {
  this[receiver]?.failed(cause);
}

function onClose(this: Carrier): void {
  this[receiver]?.closed();
  this[receiver] = undefined;
}

/** A Node `Duplex` as the engine wants it: what is a TLS or TCP socket, a pipe or an HTTP/2 stream looks the same from above. */
export class Transport {
  readonly #duplex: Carrier;
  /** Tells of a write that was taken; only while writes are late. */
  #written: (() => void) | null = null;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
  }

  /** Tells of everything that happens from now on. Call it once. */
  listen(events: TransportEvents): void {
    const duplex = this.#duplex;
    duplex[receiver] = events;
    duplex.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    if (duplex.destroyed) {
      process.nextTick(() => events.closed()); // It said so before anybody listened.
    }
  }

  /** Bytes given to `write` that the operating system hasn't taken. */
  get pendingBytes(): number {
    return this.#duplex.writableLength;
  }

  /** The peer's FIN has been read. */
  get hasEnded(): boolean {
    return this.#duplex.readableEnded;
  }

  get isSecure(): boolean {
    return 'encrypted' in this.#duplex && this.#duplex.encrypted === true;
  }

  /** Where the other end is, as far as the stream says. */
  get remoteAddress(): SocketAddress {
    const socket = this.#duplex as Partial<Record<'remoteAddress' | 'remoteFamily', string> & { remotePort: number }>;
    return { address: socket.remoteAddress, port: socket.remotePort, family: socket.remoteFamily };
  }

  get localAddress(): SocketAddress {
    const socket = this.#duplex as Partial<Record<'localAddress' | 'localFamily', string> & { localPort: number }>;
    return { address: socket.localAddress, port: socket.localPort, family: socket.localFamily };
  }

  get isReading(): boolean {
    return isReading(this.#duplex);
  }

  /** Lets bytes come, or holds them back so that the sender blocks. */
  reading(wanted: boolean): void {
    setReading(this.#duplex, wanted);
  }

  /** `TransportEvents.written` follows when `pendingBytes` isn't 0 afterwards, and may follow in any case. */
  write(chunk: Buffer): void {
    this.#write(chunk);
    this.#afterWrite();
  }

  /** Several chunks in one write. */
  writeAll(chunks: readonly Buffer[]): void {
    const last = chunks.length - 1;
    this.#duplex.cork();
    for (let at = 0; at < last; at++) {
      this.#duplex.write(chunks[at]!);
    }
    this.#write(chunks[last]!);
    this.#duplex.uncork();
    this.#afterWrite();
  }

  /** Sends what was written, then says that no more comes (FIN). */
  end(): void {
    this.#duplex.end();
  }

  /** Ends both directions at once; `closed` follows. */
  destroy(): void {
    this.#duplex.destroy();
  }

  #write(chunk: Buffer): void {
    if (this.#written === null) {
      this.#duplex.write(chunk);
    } else {
      this.#duplex.write(chunk, this.#written);
    }
  }

  /**
   * A socket with room takes a write before it returns, and a callback would only cost a turn of the tick queue. So
   * none is given until a write is late; from then on, as always over TLS, one is, until a write is in time again.
   */
  #afterWrite(): void {
    const duplex = this.#duplex;
    if (duplex.writableLength === 0) {
      this.#written = null;
    } else if (this.#written === null) {
      this.#written = () => duplex[receiver]?.written();
      duplex.write(NOTHING, this.#written);
    }
  }
}
