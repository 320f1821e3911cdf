import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { DeflateCodec } from './deflate.js';
import { FrameReader, WireViolation } from './frame-reader.js';
import { close, encodeFrames, type Frame, fragments, OPCODE } from './frames.js';
import { MessageReader } from './message-reader.js';

/** What the side under test sent before the end, or that it was silent when the case waited: all that verdicts look at. */
export interface PeerEvent {
  readonly type: 'text' | 'binary' | 'ping' | 'pong' | 'timeout';
  readonly payload: Buffer;
}

/** How bytes leave: all at once, a write for each frame, or writes of so many bytes. */
export type Chops = 'at once' | 'by frame' | number;

/** How the connection ended, as verdicts judge it. */
export interface Ending {
  /** Who sent a Close or dropped TCP first. */
  readonly begunBy: 'suite' | 'subject' | 'nobody';
  /** Both sides sent a Close. */
  readonly clean: boolean;
  /** Of the Close that the subject sent. */
  readonly code: number | undefined;
  /** The suite, as a client, had to end TCP, which is the server's part (RFC 6455 §7.1.1). */
  readonly droppedBySuite: boolean;
}

/**
 * The suite's end of a connection, on either side. It says what a case tells it to, answers a Close and nothing else, and
 * keeps what it hears.
 */
export class Peer {
  readonly events: PeerEvent[] = [];
  /** What the other side did that no WebSocket may do. */
  violation: string | undefined;
  readonly codec: DeflateCodec | undefined;
  readonly #role: 'client' | 'server';
  readonly #socket: Socket;
  readonly #nextMask: (() => number) | undefined;
  #sentClose = false;
  #receivedClose = false;
  #code: number | undefined;
  #begunBy: Ending['begunBy'] = 'nobody';
  #droppedBySuite = false;
  #over = false;
  /** What has arrived is told in order, also behind a message that is still being expanded. */
  #untold = 0;
  #told: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;

  /** @param role of the suite on this connection; `head` is what came behind the handshake. */
  constructor(socket: Socket, role: 'client' | 'server', codec?: DeflateCodec, head: Buffer = Buffer.alloc(0)) {
    this.#socket = socket;
    this.#role = role;
    this.codec = codec;
    this.#nextMask = role === 'client' ? maskSource() : undefined;
    const messages = new MessageReader(
      {
        message: (type, payload, compressed) => this.#onMessage(type, payload, compressed),
        control: (type, payload) => this.#inOrder(() => this.#hear({ type, payload })),
        close: (code) => this.#inOrder(() => this.#onClose(code)),
      },
      codec !== undefined,
    );
    const frames = new FrameReader(role === 'server', (frame) => messages.push(frame));
    const read = (chunk: Buffer) => {
      if (this.violation === undefined) {
        this.#guard(() => frames.push(chunk));
      }
    };
    socket.setNoDelay(true);
    socket.resume();
    socket.on('data', read);
    socket.on('end', () => this.#inOrder(() => this.#onEnd()));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#inOrder(() => this.#onEnd()));
    if (head.length > 0) {
      read(head);
    }
  }

  /** The other side has ended the connection or is about to: what a case still had to say has no reader. */
  get ending(): boolean {
    return this.#receivedClose || this.#over;
  }

  get end(): Ending {
    return {
      begunBy: this.#begunBy,
      clean: this.#sentClose && this.#receivedClose && this.violation === undefined,
      code: this.#code,
      droppedBySuite: this.#droppedBySuite,
    };
  }

  /** Sends frames, right or wrong. Chopped ones stop where the other side ends the connection. */
  async send(frames: readonly Frame[], chops: Chops = 'at once'): Promise<void> {
    this.#note(frames);
    if (chops === 'by frame') {
      for (const frame of frames) {
        await this.sendBytes(encodeFrames([frame], this.#nextMask));
      }
    } else {
      await this.sendBytes(encodeFrames(frames, this.#nextMask), chops);
    }
  }

  /** Bytes of frames that a case cuts up itself. */
  encode(frames: readonly Frame[]): Buffer {
    return encodeFrames(frames, this.#nextMask);
  }

  async sendBytes(bytes: Buffer, chop: 'at once' | number = 'at once'): Promise<void> {
    const size = chop === 'at once' ? bytes.length : chop;
    for (let at = 0; at < bytes.length && !this.ending; at += size) {
      this.#socket.write(bytes.subarray(at, at + size));
      // A turn of the loop between writes, so that each is a segment of its own.
      await new Promise(setImmediate);
    }
  }

  /** Sends a message, compressed where that was agreed on, in frames of at most `fragmentSize` bytes; 0 for one frame. */
  async sendMessage(type: 'text' | 'binary', payload: Buffer, fragmentSize = 0): Promise<void> {
    const { codec } = this;
    const packed = codec?.compress(payload) ?? payload;
    const data = packed instanceof Promise ? await packed : packed;
    const rsv = codec === undefined ? 0 : 4;
    const bytes = this.encode(fragments(OPCODE[type], data, fragmentSize === 0 ? Infinity : fragmentSize, rsv));
    this.#socket.write(bytes);
  }

  /** Waits till `holds`, or the other side ends the connection, or for so many milliseconds; whether it holds. */
  async until(holds: () => boolean, milliseconds: number): Promise<boolean> {
    if (!holds() && !this.ending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          if (holds() || this.ending) {
            clearTimeout(timer);
            resolve();
          }
        };
      });
      this.#wake = undefined;
    }
    return holds();
  }

  /** Waits for the other side to end the connection; one that doesn't in time is an event that verdicts count. */
  async expectSilence(milliseconds: number): Promise<void> {
    await this.until(() => false, milliseconds);
    if (!this.ending) {
      this.#hear({ type: 'timeout', payload: Buffer.alloc(0) });
    }
  }

  /** Begins the closing handshake, unless it has begun. */
  async close(code = 1000): Promise<void> {
    if (!this.#sentClose && !this.#over) {
      await this.send([close(code)]);
    }
  }

  /**
   * Waits for the end of TCP, which the server brings about; where that doesn't come in time, or the handshake before it,
   * drops the connection.
   */
  async finish(milliseconds: number): Promise<void> {
    await this.until(() => this.#receivedClose, milliseconds);
    if (this.#role === 'server' && this.#receivedClose) {
      this.#socket.end();
    }
    const over = new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, milliseconds, false);
      const look = () => {
        if (this.#over) {
          clearTimeout(timer);
          resolve(true);
        }
      };
      this.#wake = look;
      look();
    });
    if (!(this.#receivedClose || this.#over) || !(await over)) {
      this.#droppedBySuite = this.#role === 'client';
      this.#begunBy = this.#begunBy === 'nobody' ? 'suite' : this.#begunBy;
    }
    this.#wake = undefined;
    this.#socket.destroy();
    this.codec?.close();
  }

  #onMessage(type: 'text' | 'binary', payload: Buffer, compressed: boolean): void {
    this.#inOrder(() => {
      const expanded = compressed && this.codec !== undefined ? this.codec.expand(payload) : payload;
      return expanded instanceof Promise
        ? expanded.then((whole) => this.#hearMessage(type, whole))
        : this.#hearMessage(type, expanded);
    });
  }

  #hearMessage(type: 'text' | 'binary', payload: Buffer): void {
    if (type === 'text' && !isUtf8(payload)) {
      throw new WireViolation('a text message is not UTF-8');
    }
    this.#hear({ type, payload });
  }

  #hear(event: PeerEvent): void {
    this.events.push(event);
    this.#wake?.();
  }

  #onClose(code: number | undefined): void {
    if (this.#receivedClose) {
      throw new WireViolation('a second Close');
    }
    this.#receivedClose = true;
    this.#code = code;
    if (!this.#sentClose) {
      this.#begun('subject');
      this.#sentClose = true;
      this.#socket.write(encodeFrames([close(code)], this.#nextMask));
    }
    this.#wake?.();
  }

  #onEnd(): void {
    if (!this.#over) {
      this.#over = true;
      this.#begun('subject');
      this.#wake?.();
    }
  }

  #begun(by: 'suite' | 'subject'): void {
    this.#begunBy = this.#begunBy === 'nobody' ? by : this.#begunBy;
  }

  #note(frames: readonly Frame[]): void {
    // One with RSV bits isn't a Close but a fault.
    if (frames.some(({ opcode, rsv }) => opcode === OPCODE.close && rsv === 0) && !this.#sentClose) {
      this.#sentClose = true;
      this.#begun('suite');
    }
  }

  #inOrder(tell: () => void | Promise<void>): void {
    if (this.#untold === 0) {
      const telling = this.#guard(tell);
      if (telling !== undefined) {
        this.#untold = 1;
        this.#told = telling.then(() => this.#oneTold());
      }
    } else {
      this.#untold++;
      this.#told = this.#told.then(() => this.#guard(tell)).then(() => this.#oneTold());
    }
  }

  #oneTold(): void {
    this.#untold--;
  }

  /** Runs what may find the other side at fault; a connection with such a fault has nothing more to tell. */
  #guard(work: () => void | Promise<void>): Promise<void> | undefined {
    const fail = (cause: unknown) => {
      this.violation ??= cause instanceof Error ? cause.message : String(cause);
      this.#begun('suite');
      this.#socket.destroy();
    };
    try {
      const working = work();
      return working instanceof Promise ? working.catch(fail) : undefined;
    } catch (cause) {
      fail(cause);
      return undefined;
    }
  }
}

/** Masks that differ from frame to frame and are the same in every run (xorshift32). */
function maskSource(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
