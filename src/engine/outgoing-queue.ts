import { SessionClosedError } from '../protocol/errors.js';
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
import { Backlog, type Unit } from './backlog.js';
import type { Settling } from './contract.js';
import { Drain } from './drain.js';
import type { EngineEnvironment } from './environment.js';
import type { Outgoing } from './outgoing.js';
import { OutgoingSlab } from './outgoing-slab.js';
import type { PreparedMessage } from './prepared-message.js';
import type { ConnectionSettings } from './settings.js';
import type { SharedRun } from './shared-run.js';
import type { Transport } from './transport.js';
import type { Flushable } from './turn.js';
import { writeChunks } from './write-chunks.js';

/** Payloads up to here are copied beside their header; longer ones are lent, and leave in one gathered write. */
export const COPIED_UP_TO = 8 * 1024;

/** What a queue is doing. */
const State = {
  Idle: 0,
  /** Waiting for the end of the turn. */
  Listed: 1,
  /** Waiting for the transport to take what it was given. */
  Writing: 2,
  Ended: 3,
} as const;

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

  /** The frames of this turn, side by side in the shared slab. */
  #region: Buffer | null = null;
  #start = 0;
  #end = 0;
  /** The frames of this turn, where they all are shared with other connections. */
  #run: SharedRun | null = null;
  /** What stands before the region or the run, and all that waits for the transport; most connections never have one. */
  #backlog: Backlog | null = null;
  #bytes = 0;
  #state: (typeof State)[keyof typeof State] = State.Idle;
  #endAfterFlush = false;
  #drain: Drain | null = null;

  constructor(transport: Transport, environment: EngineEnvironment, settings: ConnectionSettings) {
    this.#transport = transport;
    this.#environment = environment;
    this.#settings = settings;
  }

  /** Bytes accepted and not yet taken by the operating system. */
  get bytes(): number {
    return this.#state === State.Writing ? this.#bytes + this.#transport.pendingBytes : this.#bytes;
  }

  /** Whether the peer has let more pile up than the settings allow. */
  get isOverCap(): boolean {
    return this.#bytes > 0 && this.bytes > this.#settings.maxQueuedBytes;
  }

  drained(): Settling {
    if (this.#drain === null) {
      if (this.bytes < this.#settings.writeHighWater) {
        return undefined;
      }
      this.#drain = new Drain();
    }
    return this.#drain.promise;
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
    const fits = frames.length <= COPIED_UP_TO; // A longer one is worth no copy, and would be kept for the next.
    if (fits && this.#region === null && this.#backlog === null && this.#state !== State.Writing) {
      this.#run = this.#run === null ? this.#environment.runs.beginningWith(frames) : this.#run.with(frames);
      this.#bytes += frames.length;
    } else {
      this.#push(frames, frames.length);
    }
    return this.#accepted();
  }

  /** A ping or pong: in order with what this turn produced, ahead of what waits for the transport. */
  control(opcode: Opcode, payload: Uint8Array): Settling {
    const first = firstByte(opcode, true);
    if (this.#state !== State.Writing) {
      this.#short(first, payload);
      return this.#accepted();
    }
    this.#backlog ??= new Backlog();
    if (opcode === Opcode.Pong) {
      if (this.bytes > this.#settings.writeHighWater) {
        // RFC 6455 §5.5.3: of several pings, only the most recent need be answered.
        this.#bytes -= this.#backlog.dropPongs();
      }
      const slab = this.#environment.slab;
      const end = this.#draft(slab, first, payload);
      this.#backlog.addPong(slab.buffer, slab.position, end);
      this.#bytes += end - slab.position;
    } else {
      const frame = generateFrame(first, payload, this.#nextMask());
      this.#backlog.addPing(frame);
      this.#bytes += frame.length;
    }
    return this.#accepted();
  }

  /** The Close, behind all data; nothing but pongs may follow (RFC 6455 §5.5.1). */
  close(payload: Uint8Array): void {
    this.#short(firstByte(Opcode.Close, true), payload);
    this.#list();
  }

  /** Forgets data that isn't on the wire: a connection that failed owes the peer nothing but the Close. */
  dropUnsent(): void {
    if (this.#state === State.Writing) {
      this.#forget();
    }
  }

  /** Ends the sending direction once everything queued has been written. */
  end(): void {
    this.#endAfterFlush = true;
    this.#list();
  }

  /** The transport is gone: memory is returned, and whoever waits learns of it. */
  abandon(): void {
    this.#state = State.Ended; // And no longer Writing: a destroyed stream goes on counting what it will never write.
    this.#forget();
  }

  /** The transport has taken a write, at once or late. */
  written(): void {
    if (this.#state === State.Writing && this.#transport.pendingBytes === 0) {
      this.#state = State.Idle;
      this.flush();
    }
  }

  flush(): void {
    if (this.#state === State.Listed) {
      this.#state = State.Idle;
    }
    while (this.#state === State.Idle && this.#bytes > 0) {
      this.#write();
      if (this.#transport.pendingBytes > 0) {
        this.#state = State.Writing;
      }
    }
    if (this.#drain !== null && this.bytes <= this.#settings.writeLowWater) {
      this.#drain.settle();
      this.#drain = null;
    }
    if (this.#endAfterFlush && this.#bytes === 0 && this.#state !== State.Ended) {
      this.#state = State.Ended;
      this.#transport.end();
    }
  }

  #forget(): void {
    this.#region = null;
    this.#run = null;
    this.#backlog = null;
    this.#bytes = 0;
    if (this.#drain !== null) {
      this.#drain.fail(SessionClosedError.unsent());
      this.#drain = null;
    }
  }

  #nextMask(): number | undefined {
    return this.#environment.nextMask?.();
  }

  #short(first: number, payload: Uint8Array): void {
    const slab = this.#environment.slab;
    const end = this.#draft(slab, first, payload);
    this.#place(slab, slab.position, end);
  }

  /** Writes a frame into the slab without giving its bytes away; returns where it ends. */
  #draft(slab: OutgoingSlab, first: number, payload: Uint8Array): number {
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
    return end;
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
    const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (mask !== undefined) {
      applyMask(body, 0, body.length, mask, 0);
    }
    this.#push([header, body], header.length + body.length);
  }

  /** Takes bytes just written into the slab: there to stay, or as a draft when they will have to wait. */
  #place(slab: OutgoingSlab, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#state === State.Writing) {
      this.#backlog ??= new Backlog();
      this.#backlog.addCopy(slab.buffer, start, end);
      return;
    }
    slab.commit(end);
    if (this.#region === slab.buffer && this.#end === start) {
      this.#end = end; // Nobody else wrote to the slab in between.
      return;
    }
    this.#setAside();
    this.#region = slab.buffer;
    this.#start = start;
    this.#end = end;
  }

  #push(unit: Unit, length: number): void {
    this.#setAside();
    this.#backlog ??= new Backlog();
    this.#backlog.add(unit);
    this.#bytes += length;
  }

  #setAside(): void {
    const frames = this.#takeFrames();
    if (frames !== null) {
      this.#backlog ??= new Backlog();
      this.#backlog.add(frames);
    }
  }

  /** The frames of this turn that are in no backlog. */
  #takeFrames(): Buffer | null {
    let frames: Buffer | null = null;
    if (this.#region !== null) {
      frames = this.#region.subarray(this.#start, this.#end);
      this.#region = null;
    } else if (this.#run !== null) {
      frames = this.#run.bytes;
      this.#run = null;
    }
    return frames;
  }

  /** The end of every send: asks for a flush, at once when much has come together, and says how the sender stands. */
  #accepted(): Settling {
    if (this.#bytes >= this.#settings.writeHighWater && this.#state !== State.Writing) {
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
    if (this.#state === State.Idle) {
      this.#state = State.Listed;
      this.#environment.turn.add(this);
    }
  }

  /** One write: all there is, or about as much as the high-water mark, so that a ping never waits for more. */
  #write(): void {
    if (this.#backlog === null) {
      this.#bytes = 0;
      this.#transport.write(this.#takeFrames()!);
      return;
    }
    this.#setAside();
    const chunks: Buffer[] = [];
    this.#bytes -= this.#backlog.take(chunks, this.#settings.writeHighWater);
    if (this.#backlog.isEmpty) {
      this.#backlog = null;
    }
    writeChunks(this.#transport, this.#environment.slab, chunks);
  }
}
