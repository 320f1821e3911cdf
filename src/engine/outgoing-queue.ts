import {
  firstByte,
  generateFrame,
  headerLength,
  maxTextFrameLength,
  writeHeader,
  writeTextFrame,
} from '../protocol/frame-generator.js';
import { applyMask } from '../protocol/mask.js';
import { Opcode } from '../protocol/opcode.js';
import type { OutgoingFrame } from '../protocol/outgoing-frame.js';
import type { Settling } from './contract.js';
import { Drain } from './drain.js';
import type { EngineEnvironment } from './environment.js';
import { Fifo } from './fifo.js';
import type { Outgoing } from './outgoing.js';
import { OutgoingSlab } from './outgoing-slab.js';
import type { PreparedMessage } from './prepared-message.js';
import type { ConnectionSettings } from './settings.js';
import type { Transport } from './transport.js';
import type { Flushable } from './turn.js';
import { writeChunks } from './write-chunks.js';

/** Payloads up to here are copied beside their header; longer ones are lent, and leave in one gathered write. */
const COPIED_UP_TO = 8 * 1024;

/** Bytes that leave together: a whole number of frames, or a frame as its header and its payload. */
type Unit = Buffer | readonly [header: Buffer, payload: Buffer];

/**
 * What a connection has to send. Frames queue up during a turn and leave in one write at its end; while the transport
 * is busy they wait here, not in the stream below, so that a ping or pong can pass the data that isn't on the wire.
 *
 * The stream's own count of unwritten bytes is the only measure of backpressure: sends settle at once below the
 * high-water mark, and otherwise when the queue has come down to the low one.
 */
export class OutgoingQueue implements Flushable, Outgoing {
  readonly #transport: Transport;
  readonly #environment: EngineEnvironment;
  readonly #settings: ConnectionSettings;

  /** The tail of the queue while it still grows: frames side by side, in the shared slab or in memory of our own. */
  #region: Buffer | null = null;
  #start = 0;
  #end = 0;
  /** Whether the region is our own, and may be written to beyond `#end`. */
  #ownRegion = false;
  /** What stands before the region. */
  #units: Fifo<Unit> | null = null;
  /** Control frames that pass waiting data. */
  #urgent: Buffer[] | null = null;
  #bytes = 0;
  #listed = false;
  #writing = false;
  #ended = false;
  #endAfterFlush = false;
  #drain: Drain | null = null;

  constructor(transport: Transport, environment: EngineEnvironment, settings: ConnectionSettings) {
    this.#transport = transport;
    this.#environment = environment;
    this.#settings = settings;
  }

  /** Bytes accepted and not yet taken by the operating system. */
  get bytes(): number {
    return this.#writing ? this.#bytes + this.#transport.pendingBytes : this.#bytes;
  }

  /** Whether the peer has let more pile up than the settings allow. */
  get isOverCap(): boolean {
    return this.#bytes > 0 && this.bytes > this.#settings.maxQueuedBytes;
  }

  /** A whole text message. */
  text(text: string): Settling {
    const longest = maxTextFrameLength(text.length);
    const first = firstByte(Opcode.Text, true);
    if (longest <= OutgoingSlab.LARGEST) {
      const slab = this.#environment.slab;
      slab.reserve(longest);
      const start = slab.position;
      const end = writeTextFrame(slab.buffer, start, first, text, this.#nextMask());
      this.#place(slab, start, end);
    } else {
      this.#long(first, Buffer.from(text), true);
    }
    return this.#accepted();
  }

  /** Any data frame. A payload over 8 KiB is lent until the result settles, except where masking copies it. */
  frame(frame: OutgoingFrame): Settling {
    const { payload } = frame;
    const first = firstByte(frame.opcode, frame.fin, frame.rsv);
    if (payload.length <= COPIED_UP_TO) {
      this.#short(first, payload);
    } else {
      this.#long(first, payload, false);
    }
    return this.#accepted();
  }

  prepared(message: PreparedMessage): Settling {
    // A client masks each frame with a key of its own (RFC 6455 §5.3): there is nothing to share but the encoding.
    return this.#environment.nextMask === undefined ? this.shared(message.frame) : this.frame(message.asFrame);
  }

  /** Frames that were generated before, shared with other connections. */
  shared(frames: Buffer): Settling {
    this.#push(frames, frames.length);
    return this.#accepted();
  }

  /** A ping or pong: in order with what this turn produced, ahead of what waits for the transport. */
  control(opcode: Opcode, payload: Uint8Array): Settling {
    const first = firstByte(opcode, true);
    if (!this.#writing) {
      this.#short(first, payload);
      return this.#accepted();
    }
    const frame = generateFrame(first, payload, this.#nextMask());
    this.#urgent ??= [];
    if (opcode === Opcode.Pong && this.bytes > this.#settings.writeHighWater) {
      // RFC 6455 §5.5.3: of several pings, only the most recent need be answered.
      this.#dropWaitingPongs(first);
    }
    this.#urgent.push(frame);
    this.#bytes += frame.length;
    return this.#accepted();
  }

  /** The Close, behind all data; nothing but pongs may follow (RFC 6455 §5.5.1). */
  close(payload: Uint8Array): void {
    this.#short(firstByte(Opcode.Close, true), payload);
    this.#list();
  }

  /** Forgets data that isn't on the wire: a connection that failed owes the peer nothing but the Close. */
  dropUnsent(cause: Error): void {
    if (this.#writing) {
      this.#forget(cause);
    }
  }

  /** Ends the sending direction once everything queued has been written. */
  end(): void {
    this.#endAfterFlush = true;
    this.#list();
  }

  /** The transport is gone: memory is returned, and whoever waits learns of it. */
  abandon(cause: Error): void {
    this.#ended = true;
    this.#writing = false; // A destroyed stream goes on counting what it will never write.
    this.#forget(cause);
  }

  /** The transport has taken a write, at once or late. */
  written(): void {
    if (!this.#writing) {
      return;
    }
    this.#writing = this.#transport.pendingBytes > 0;
    this.flush();
  }

  flush(): void {
    this.#listed = false;
    while (!this.#writing && this.#bytes > 0 && !this.#ended) {
      writeChunks(this.#transport, this.#environment.slab, this.#take());
      this.#writing = this.#transport.pendingBytes > 0;
    }
    if (this.#drain !== null && this.bytes <= this.#settings.writeLowWater) {
      this.#drain.settle();
      this.#drain = null;
    }
    if (this.#endAfterFlush && this.#bytes === 0 && !this.#ended) {
      this.#ended = true;
      this.#transport.end();
    }
  }

  #forget(cause: Error): void {
    this.#region = null;
    this.#units = null;
    this.#urgent = null;
    this.#bytes = 0;
    this.#drain?.fail(cause);
    this.#drain = null;
  }

  #nextMask(): number | undefined {
    return this.#environment.nextMask?.();
  }

  #short(first: number, payload: Uint8Array): void {
    const slab = this.#environment.slab;
    const mask = this.#nextMask();
    const header = headerLength(payload.length, mask !== undefined);
    slab.reserve(header + payload.length);
    const { buffer, position: start } = slab;
    const at = writeHeader(buffer, start, first, payload.length, mask);
    buffer.set(payload, at);
    const end = at + payload.length;
    if (mask !== undefined) {
      applyMask(buffer, at, end, mask, 0);
    }
    this.#place(slab, start, end);
  }

  #long(first: number, payload: Uint8Array, owned: boolean): void {
    const mask = this.#nextMask();
    if (mask !== undefined && !owned) {
      // The caller's bytes are never changed: masked in a copy.
      const frame = generateFrame(first, payload, mask);
      this.#push(frame, frame.length);
      return;
    }
    const header = Buffer.allocUnsafe(headerLength(payload.length, mask !== undefined));
    writeHeader(header, 0, first, payload.length, mask);
    const body = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (mask !== undefined) {
      applyMask(body, 0, body.length, mask, 0);
    }
    this.#push([header, body], header.length + body.length);
  }

  /** Takes bytes just written into the slab: there to stay, or as a draft when they will have to wait. */
  #place(slab: OutgoingSlab, start: number, end: number): void {
    if (this.#writing) {
      this.#setAside(slab.buffer, start, end);
    } else {
      slab.commit(end);
      this.#append(slab.buffer, start, end);
    }
    this.#bytes += end - start;
  }

  /** Extends the region when nobody else wrote to the slab in between. */
  #append(buffer: Buffer, start: number, end: number): void {
    if (this.#region === buffer && this.#end === start) {
      this.#end = end;
    } else {
      this.#closeRegion();
      this.#region = buffer;
      this.#ownRegion = false;
      this.#start = start;
      this.#end = end;
    }
  }

  /**
   * A frame that the transport has no room for may wait for long. Left in the slab it would keep 64 KiB alive that are
   * mostly other connections' frames, and a slow consumer of small messages would hold a multiple of its cap.
   */
  #setAside(buffer: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#region === null || !this.#ownRegion || this.#end + length > this.#region.length) {
      this.#closeRegion();
      this.#region = OutgoingSlab.ownBlock(length, this.#bytes);
      this.#ownRegion = true;
      this.#start = 0;
      this.#end = 0;
    }
    this.#end += buffer.copy(this.#region, this.#end, start, end);
  }

  #push(unit: Unit, length: number): void {
    this.#closeRegion();
    this.#units ??= new Fifo();
    this.#units.push(unit);
    this.#bytes += length;
  }

  #closeRegion(): void {
    if (this.#region !== null) {
      this.#units ??= new Fifo();
      this.#units.push(this.#region.subarray(this.#start, this.#end));
      this.#region = null;
    }
  }

  /** The end of every send: asks for a flush, at once when much has come together, and says how the sender stands. */
  #accepted(): Settling {
    if (this.#bytes >= this.#settings.writeHighWater && !this.#writing) {
      this.flush();
    } else {
      this.#list();
    }
    if (this.bytes < this.#settings.writeHighWater) {
      return undefined;
    }
    this.#drain ??= new Drain();
    return this.#drain.promise;
  }

  #list(): void {
    if (!this.#listed && !this.#writing) {
      this.#listed = true;
      this.#environment.turn.add(this);
    }
  }

  /** What goes into the next write: urgent frames, then data, up to the high-water mark so that a ping never waits for more. */
  #take(): Buffer[] {
    const chunks: Buffer[] = this.#urgent ?? [];
    this.#urgent = null;
    const units = this.#units;
    if (units === null && chunks.length === 0) {
      chunks.push(this.#region!.subarray(this.#start, this.#end));
      this.#region = null;
      this.#bytes = 0;
      return chunks;
    }
    this.#closeRegion();
    let taken = 0;
    for (const chunk of chunks) {
      taken += chunk.length;
    }
    const waiting = this.#units;
    if (waiting !== null) {
      while (!waiting.isEmpty && taken < this.#settings.writeHighWater) {
        const unit = waiting.shift()!;
        if (Buffer.isBuffer(unit)) {
          chunks.push(unit);
          taken += unit.length;
        } else {
          chunks.push(unit[0], unit[1]);
          taken += unit[0].length + unit[1].length;
        }
      }
      if (waiting.isEmpty) {
        this.#units = null;
      }
    }
    this.#bytes -= taken;
    return chunks;
  }

  #dropWaitingPongs(first: number): void {
    const kept = this.#urgent!.filter((frame) => frame[0] !== first);
    for (const frame of this.#urgent!) {
      if (frame[0] === first) this.#bytes -= frame.length;
    }
    this.#urgent = kept;
  }
}
