import { CloseCode } from '../protocol/close-code.js';
import { type CloseStatus, encodeClosePayload, parseClosePayload } from '../protocol/close-status.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { isControl, Opcode } from '../protocol/opcode.js';
import type { Channel, ConnectionHandler, Settling } from './contract.js';
import type { Deadline } from './deadline-sweep.js';
import { idleTimedOut, keepAliveTimedOut, slowConsumer } from './end-causes.js';
import type { EngineEnvironment } from './environment.js';
import { closeStatusOf, toError } from './failure.js';
import type { PumpTarget } from './incoming-pump.js';
import type { Liveness, Verdict } from './liveness.js';
import type { Outgoing } from './outgoing.js';
import type { Transport } from './transport.js';

/** Why a connection ends: what the handler is told, and whether a Close can still be sent. */
interface Ending {
  cause: Error | null;
  status: CloseStatus;
  wire: 'close' | 'destroy';
}

const ABNORMAL: CloseStatus = Object.freeze({ code: CloseCode.Abnormal, reason: '' });
const EMPTY = Buffer.alloc(0);
/** How long the peer may take to end TCP after the last Close. */
const LINGER = 1_000;

/**
 * The life of one connection: which handler call is made when, and the closing handshake (RFC 6455 §7). One method per
 * cause.
 *
 * Invariants: handler calls never overlap; `onClose` comes exactly once, last, after any `onError`; the events come
 * before the Close that they cause, so that a `close` from within them decides the code; a Close is sent at most once
 * and no data after it.
 */
export class Lifecycle implements PumpTarget, Deadline {
  heapIndex = -1;
  readonly #handler: ConnectionHandler;
  readonly #queue: Outgoing;
  readonly #transport: Transport;
  readonly #environment: EngineEnvironment;
  readonly #liveness: Liveness;
  readonly #closeTimeout: number;
  /** A handler call is running, or hasn't settled. */
  #busy = false;
  #closeSent = false;
  #gone = false;
  #endAnnounced = false;
  #ending: Ending | null = null;
  /** The peer's Close, while it waits behind a call that is running. */
  #unanswered: IncomingFrame | null = null;

  constructor(
    handler: ConnectionHandler,
    queue: Outgoing,
    transport: Transport,
    environment: EngineEnvironment,
    liveness: Liveness,
    closeTimeout: number,
  ) {
    this.#handler = handler;
    this.#queue = queue;
    this.#transport = transport;
    this.#environment = environment;
    this.#liveness = liveness;
    this.#closeTimeout = closeTimeout;
    this.watch();
  }

  /** Messages may be sent: no Close went either way and the transport stands. */
  get isOpen(): boolean {
    return !this.#endAnnounced;
  }

  /** Frames are of use. Once an end is known, what comes after on this connection is discarded. */
  get isListening(): boolean {
    return this.#ending === null;
  }

  connect(channel: Channel): Settling {
    this.#busy = true;
    try {
      return this.#settle(this.#handler.onConnect(channel));
    } catch (thrown) {
      return this.#threw(thrown);
    }
  }

  /** The next frame in order. Settles when the handler has, and with it whatever end the call brought about. */
  deliver(frame: IncomingFrame): Settling {
    if (this.#ending !== null) {
      return undefined; // Answering a ping of the same chunk has just overflowed the queue.
    }
    if (frame.opcode === Opcode.Close) {
      return this.#peerClosed(frame);
    }
    this.#busy = true;
    try {
      return this.#settle(isControl(frame.opcode) ? this.#handler.onControl(frame) : this.#handler.onData(frame));
    } catch (thrown) {
      return this.#threw(thrown);
    }
  }

  /** This side closes (RFC 6455 §7.1.2). Messages go on being delivered until the peer's Close. */
  close(code: number, reason: string): void {
    const payload = encodeClosePayload(code, reason);
    if (this.#closeSent || this.#gone) {
      return;
    }
    if (this.#ending?.cause) {
      this.#queue.dropUnsent();
    }
    this.#closeSent = true;
    this.#queue.close(payload);
    this.#announceEnd();
    this.#within(this.#closeTimeout);
  }

  /** The stream broke a rule, a deadline has passed, or a queue its cap. */
  fail(cause: Error): Settling {
    const status = closeStatusOf(cause);
    return this.#end({ cause, status, wire: status.code === CloseCode.Abnormal ? 'destroy' : 'close' });
  }

  /** As `fail`, but the peer is beyond talking to: the transport ends now, the handler is told the cause. */
  abort(cause: Error): void {
    this.#destroy();
    this.#endSoon({ cause, status: closeStatusOf(cause), wire: 'destroy' });
  }

  disconnect(): void {
    this.#destroy();
    this.#endSoon({ cause: null, status: ABNORMAL, wire: 'destroy' });
  }

  /** The peer's bytes have all been read and there was no Close among them (RFC 6455 §7.1.5: 1006). */
  transportEnded(cause: Error | null): Settling {
    return this.#end({ cause, status: ABNORMAL, wire: 'destroy' });
  }

  /** The transport can carry nothing more; known at once, while what it brought may still be waiting for its turn. */
  transportLost(): void {
    if (!this.#gone) {
      this.#gone = true;
      this.#environment.sweep.cancel(this);
      this.#queue.abandon();
      this.#announceEnd();
    }
  }

  /** The peer sends no more. A handler at work gets as long as a Close would have; then the transport goes. */
  transportHalfClosed(): void {
    if (this.#ending === null && !this.#closeSent) {
      this.#within(this.#closeTimeout);
    } else if (this.#ending !== null && this.#closeSent && !this.#busy && !this.#gone) {
      this.#queue.end(); // What a client has waited for, see `#endTransport`.
    }
  }

  /** The running call is told, and gets as long as a Close of ours would have; then the peer is answered without it. */
  peerClosing(close: IncomingFrame): void {
    if (!this.#endAnnounced) {
      this.#unanswered = close;
      this.#handler.onPeerClosing();
      this.#within(this.#closeTimeout);
    }
  }

  /** Pongs carry what the ping did (RFC 6455 §5.5.2, §5.5.3). */
  answerPing(ping: IncomingFrame): void {
    if (!this.#gone) {
      void this.#queue.control(Opcode.Pong, ping.payload);
      this.checkQueue();
    }
  }

  reading(wanted: boolean): void {
    this.#transport.reading(wanted);
  }

  /** After everything queued: a peer that lets more than the cap pile up is given up (memory comes back at once). */
  checkQueue(): void {
    if (this.#queue.isOverCap) {
      this.abort(slowConsumer(this.#queue.bytes));
    }
  }

  /** Has the deadlines looked at when the next one is due; call it when an idle timeout was changed. */
  watch(): void {
    if (this.#gone || this.#closeSent || this.#ending !== null || this.#unanswered !== null) {
      return; // The deadline that stands is the closing handshake's.
    }
    const next = this.#liveness.next(this.#environment.sweep.now);
    if (next !== Infinity) {
      this.#environment.sweep.schedule(this, next);
    } else {
      this.#environment.sweep.cancel(this);
    }
  }

  expire(now: number): number {
    if (this.#gone) {
      return 0;
    }
    if (this.#closeSent || this.#ending !== null) {
      return this.#closingExpired(now);
    }
    if (this.#transport.hasEnded) {
      this.#destroy(); // FIN without a Close, and a handler that has not settled since: it learns by onEnd.
      return 0;
    }
    if (this.#unanswered !== null) {
      this.#answerClose(this.#unanswered);
      return this.#environment.sweep.timeOf(this);
    }
    switch (this.#verdict(now)) {
      case 'idle':
        void this.fail(idleTimedOut(this.#liveness.idleTimeout));
        return this.#environment.sweep.timeOf(this);
      case 'silent':
        this.abort(keepAliveTimedOut());
        return 0;
      case 'ask':
        void this.#queue.control(Opcode.Ping, EMPTY);
        this.#liveness.sent(now);
    }
    const next = this.#liveness.next(now);
    return next === Infinity ? 0 : next;
  }

  #verdict(now: number): Verdict {
    if (!this.#transport.isReading) {
      return this.#liveness.heldBack(now) ? 'ask' : 'alive';
    }
    if (this.#busy) {
      this.#liveness.sent(now); // At work on a message is not idle. The peer may still be asked whether it is there.
    }
    return this.#liveness.check(now);
  }

  /** The peer has not answered our Close, a handler holds up the end, or the last bytes can't be got rid of. */
  #closingExpired(now: number): number {
    const ending = this.#ending;
    if (this.#closeSent || ending === null || ending.wire === 'destroy') {
      this.#destroy();
      void this.#end({ cause: null, status: ABNORMAL, wire: 'destroy' });
      return 0;
    }
    this.#sendClose(ending);
    this.#endTransport(ending);
    return now + LINGER;
  }

  /** A handler has held up the answer for too long. It is told of the Close when it has settled. */
  #answerClose(frame: IncomingFrame): void {
    try {
      const { code, reason } = parseClosePayload(frame.payload);
      this.close(code, reason);
    } catch {
      this.#destroy(); // A Close that is a violation itself.
    }
  }

  #peerClosed(frame: IncomingFrame): Settling {
    let status: CloseStatus;
    try {
      status = parseClosePayload(frame.payload);
    } catch (violation) {
      return this.fail(toError(violation));
    }
    this.#announceEnd();
    if (!this.#handler.wantsControlFrames) {
      return this.#end({ cause: null, status, wire: 'close' });
    }
    this.#busy = true;
    void this.#end({ cause: null, status, wire: 'close' });
    try {
      return this.#settle(this.#handler.onControl(frame));
    } catch (thrown) {
      return this.#threw(thrown);
    }
  }

  /** The only place that asks whether a handler returned a promise. */
  #settle(result: Settling): Settling {
    if (result === undefined) {
      this.#busy = false;
      return this.#ending === null ? undefined : this.#finish(this.#ending);
    }
    return result.then(
      () => this.#settle(undefined),
      (thrown) => this.#threw(thrown),
    );
  }

  #threw(thrown: unknown): Settling {
    this.#busy = false;
    const cause = toError(thrown);
    if (this.#ending === null) {
      return this.fail(cause);
    }
    // The end was already under way: the handler still learns of its own error, or the container does.
    if (this.#ending.cause === null) {
      this.#ending.cause = cause;
    } else {
      this.#handler.onUnhandled(cause, 'connection');
    }
    return this.#finish(this.#ending);
  }

  /** The first cause decides; a running handler call finishes before its consequences are told. */
  #end(ending: Ending): Settling {
    if (this.#ending !== null) {
      return undefined;
    }
    this.#ending = ending;
    this.#within(this.#closeTimeout);
    return this.#busy ? undefined : this.#finish(ending);
  }

  /** As `#end`, for what user code brings about outside a handler call: no handler runs inside a send or a `disconnect`. */
  #endSoon(ending: Ending): void {
    if (this.#ending !== null) {
      return;
    }
    this.#ending = ending;
    this.#within(this.#closeTimeout);
    if (!this.#busy) {
      this.#busy = true;
      queueMicrotask(() => void this.#finish(ending));
    }
  }

  async #finish(ending: Ending): Promise<void> {
    this.#busy = true;
    if (ending.cause !== null) {
      try {
        const settling = this.#handler.onError(ending.cause);
        if (settling !== undefined) await settling;
      } catch (thrown) {
        this.#handler.onUnhandled(thrown, 'error');
      }
    }
    this.#announceEnd();
    try {
      const settling = this.#handler.onClose(ending.status.code, ending.status.reason);
      if (settling !== undefined) await settling;
    } catch (thrown) {
      this.#handler.onUnhandled(thrown, 'close');
    }
    this.#busy = false;
    this.#hangUp(ending);
  }

  #hangUp(ending: Ending): void {
    if (this.#gone) {
      return;
    }
    if (ending.wire === 'destroy') {
      this.#destroy();
      return;
    }
    if (!this.#closeSent) {
      this.#sendClose(ending);
    }
    this.#endTransport(ending);
    this.#within(LINGER);
    // What still comes is read and thrown away: an unread byte would turn the end into a reset and eat the Close.
    this.#transport.reading(true);
  }

  /**
   * RFC 6455 §7.1.1: the server ends TCP first, so that TIME_WAIT is its own, and a client waits for that, up to LINGER.
   * A client that fails the connection (§7.1.7) trusts the peer with nothing any more.
   */
  #endTransport({ cause }: Ending): void {
    if (this.#environment.role === 'server' || cause !== null || this.#transport.hasEnded) {
      this.#queue.end();
    }
  }

  #sendClose({ cause, status }: Ending): void {
    if (cause !== null) {
      this.#queue.dropUnsent();
    }
    this.#closeSent = true;
    this.#announceEnd();
    this.#queue.close(encodeClosePayload(status.code, status.code === CloseCode.NoStatus ? '' : status.reason));
  }

  #destroy(): void {
    this.transportLost();
    this.#transport.destroy();
  }

  /** Something must have happened within so many milliseconds. */
  #within(milliseconds: number): void {
    if (!this.#gone) {
      this.#environment.sweep.schedule(this, this.#environment.sweep.read() + milliseconds);
    }
  }

  #announceEnd(): void {
    if (!this.#endAnnounced) {
      this.#endAnnounced = true;
      this.#handler.onEnd();
    }
  }
}
