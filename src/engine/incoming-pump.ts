import type { FrameParser } from '../protocol/frame-parser.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { isControl, Opcode } from '../protocol/opcode.js';
import type { Settling } from './contract.js';
import { toError } from './failure.js';
import { LookAhead } from './look-ahead.js';
import type { ConnectionSettings } from './settings.js';
import type { Turn } from './turn.js';

/** What the pump needs of those around it. */
export interface PumpTarget {
  /** False once nothing that comes is of use any more. */
  readonly isListening: boolean;
  deliver(frame: IncomingFrame): Settling;
  fail(cause: Error): Settling;
  transportEnded(cause: Error | null): Settling;
  /** A Close waits for its turn behind a call that is running. */
  peerClosing(close: IncomingFrame): void;
  /** Answers a ping, at once: also between fragments and while a handler is busy (RFC 6455 §5.5.2). */
  answerPing(ping: IncomingFrame): void;
  /** Lets bytes come or holds them back. */
  reading(wanted: boolean): void;
}

/**
 * The inbound half: takes one frame from the parser, hands it on, and takes the next when that has settled. While a
 * handler is busy it looks ahead, within bounds, so that pings are answered and the peer's end is seen; past the bounds
 * it stops reading. That is the whole of inbound backpressure: nobody asks for a pause, it follows.
 */
export class IncomingPump {
  readonly #parser: FrameParser;
  readonly #target: PumpTarget;
  readonly #turn: Turn;
  readonly #settings: ConnectionSettings;
  readonly #deliversControl: boolean;
  /** A delivered frame has not settled; at first, the connect handler has not. */
  #busy = true;
  /** The loop is at work further down the stack. */
  #running = false;
  /** A Close or a violation was read: nothing after it is parsed. */
  #sealed = false;
  #ended = false;
  /** Whether bytes are let in; null until the target has been told for the first time. */
  #reading: boolean | null = null;
  /** Why: the violation that was read, or what ended the transport. */
  #cause: Error | null = null;
  #violated = false;
  #ahead: LookAhead | null = null;

  /** @param deliversControl whether pings and pongs are handed on; pings are answered in any case. */
  constructor(
    parser: FrameParser,
    target: PumpTarget,
    turn: Turn,
    settings: ConnectionSettings,
    deliversControl: boolean,
  ) {
    this.#parser = parser;
    this.#target = target;
    this.#turn = turn;
    this.#settings = settings;
    this.#deliversControl = deliversControl;
  }

  push(chunk: Buffer): void {
    if (this.#sealed || !this.#target.isListening) {
      return;
    }
    this.#parser.push(chunk);
    this.#run();
  }

  /** The connect handler has settled: delivers what came meanwhile, `head` first, and lets more come. */
  begin(head: Buffer): void {
    if (head.length > 0) {
      this.#parser.push(head);
    }
    this.#resume();
  }

  #resume(): void {
    this.#busy = false;
    this.#turn.enter();
    try {
      this.#run();
    } finally {
      this.#turn.leave();
    }
  }

  /** The transport brings no more; what it has brought is delivered first. */
  end(cause: Error | null): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#cause ??= cause;
      this.#run();
    }
  }

  #run(): void {
    if (this.#running) {
      return; // Bytes or an end that a handler's own send brought, over a transport that delivers at once: after it.
    }
    this.#running = true;
    try {
      this.#deliver();
    } finally {
      this.#running = false;
    }
  }

  #deliver(): void {
    const target = this.#target;
    while (!this.#busy && target.isListening) {
      const frame = this.#takeAhead() ?? this.#read();
      const settling = frame === null ? this.#conclude() : target.deliver(frame);
      if (settling !== undefined) {
        this.#wait(settling);
      } else if (frame === null) {
        break;
      }
    }
    if (!target.isListening) {
      this.#ahead = null;
      return;
    }
    while (this.#busy && !this.#isFull()) {
      const frame = this.#read();
      if (frame === null) break;
      this.#ahead ??= new LookAhead();
      this.#ahead.keep(frame);
    }
    if (!this.#ended) {
      const wanted = !this.#sealed && !(this.#busy && this.#isFull());
      if (wanted !== this.#reading) {
        this.#reading = wanted;
        target.reading(wanted);
      }
    }
  }

  /** No frame is left: tells of a violation or of the end, when there is one to tell of. */
  #conclude(): Settling {
    if (this.#violated) {
      return this.#target.fail(this.#cause!);
    }
    if (this.#ended && !this.#sealed) {
      return this.#target.transportEnded(this.#cause);
    }
    return undefined;
  }

  #wait(settling: Promise<void>): void {
    this.#busy = true;
    // Never rejects: the target turns failures into its own end.
    void settling.then(() => this.#resume());
  }

  /** The next frame that somebody wants, straight from the parser. */
  #read(): IncomingFrame | null {
    while (!this.#sealed) {
      let frame: IncomingFrame | null;
      try {
        frame = this.#parser.next();
      } catch (violation) {
        this.#sealed = true;
        this.#violated = true;
        this.#cause = toError(violation);
        return null;
      }
      if (frame === null || !isControl(frame.opcode)) {
        return frame;
      }
      if (frame.opcode === Opcode.Close) {
        this.#sealed = true;
        if (this.#busy) {
          this.#target.peerClosing(frame);
        }
        return frame;
      }
      if (frame.opcode === Opcode.Ping) {
        this.#target.answerPing(frame);
      }
      if (this.#deliversControl) {
        return frame;
      }
    }
    return null;
  }

  #isFull(): boolean {
    const { lookAheadMessages, lookAheadBytes } = this.#settings;
    const unfinished = this.#parser.gathered;
    return (
      unfinished >= lookAheadBytes || this.#ahead?.exceeds(lookAheadMessages, lookAheadBytes - unfinished) === true
    );
  }

  #takeAhead(): IncomingFrame | null {
    if (this.#ahead === null) {
      return null;
    }
    const frame = this.#ahead.take();
    if (this.#ahead.isEmpty) {
      this.#ahead = null;
    }
    return frame;
  }
}
