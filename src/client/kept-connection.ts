import { ConfigurationError } from '../endpoint/errors.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { CloseCode } from '../protocol/close-code.js';
import { encodeClosePayload } from '../protocol/close-status.js';
import { SessionClosedError } from '../protocol/errors.js';
import { UpgradeError } from '../protocol/handshake/upgrade-error.js';
import { backoffDelay, retryAfter } from './backoff.js';
import type { CloseObserver } from './connector.js';
import type { Interruption, KeptConnectionEnd, KeptConnectionEvent } from './kept-connection-events.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import type { Timer } from './timer.js';

/** What a kept connection needs of its client. */
export interface KeptConnectionSurroundings {
  /** One attempt: settles as `WebSocketClient.connect` does. */
  connect(signal: AbortSignal, observer: CloseObserver): Promise<Session>;
  readonly timer: Timer;
  /** From 0 to 1. */
  random(): number;
  /** Takes what a listener or `shouldReconnect` has thrown. Must not throw. */
  report(cause: unknown): void;
}

interface Waiter {
  resolve(session: Session): void;
  reject(cause: unknown): void;
}

/** How one attempt came out, once its session, if there was one, is over. */
interface Outcome {
  readonly last: Interruption;
  /** The session was there long enough to start counting anew. */
  readonly lasted: boolean;
}

/**
 * A connection that comes back: made by `client.keepConnected`. It connects, and connects again with backoff when that
 * fails or the session ends in a way that passes, until it is stopped.
 *
 * One session at a time. For an endpoint class each has a new instance; one instance, or a stateless class, serves all.
 */
export class KeptConnection implements AsyncDisposable {
  readonly #surroundings: KeptConnectionSurroundings;
  readonly #policy: ReconnectPolicy;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<KeptConnectionEnd>;
  #farewell = { code: CloseCode.Normal as number, reason: '' };
  #session: Session | undefined;
  #waiters: Waiter[] = [];
  #end: KeptConnectionEnd | undefined;

  /** Kept connections are made by the client. */
  constructor(surroundings: KeptConnectionSurroundings, policy: ReconnectPolicy) {
    this.#surroundings = surroundings;
    this.#policy = policy;
    this.#ended = this.#run().then((end) => this.#finish(end));
  }

  /** The session in use; `undefined` between sessions. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Settles when it is kept no longer, with the reason. Never rejects. */
  get ended(): Promise<KeptConnectionEnd> {
    return this.#ended;
  }

  /**
   * The session in use, or else the next.
   *
   * @throws when there will be none (as a rejection): the error of the last attempt, or `SessionClosedError`.
   */
  opened(): Promise<Session> {
    if (this.#session?.isOpen) {
      return Promise.resolve(this.#session);
    }
    const next = new Promise<Session>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
    next.catch(() => undefined);
    if (this.#end !== undefined) {
      this.#refuseWaiters(this.#end);
    }
    return next;
  }

  /**
   * Connects no more, and closes the session if there is one. Settles when that is over.
   *
   * @throws RangeError (as a rejection) for a code that may not be sent or a reason over 123 bytes of UTF-8; nothing has
   *   changed then.
   */
  async stop(code: number = CloseCode.Normal, reason = ''): Promise<KeptConnectionEnd> {
    // Also where no session would refuse them: they are for one that is opening.
    encodeClosePayload(code, reason);
    this.#session?.close(code, reason);
    this.#farewell = { code, reason };
    this.#stopping.abort(new SessionClosedError('The kept connection was stopped.'));
    return this.#ended;
  }

  /** `await using kept = client.keepConnected(…)`: the same as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(): Promise<KeptConnectionEnd> {
    // Not in the constructor's own turn: who made it must be able to hear of the first attempt.
    await null;
    let attempts = 0;
    let last: Interruption | undefined;
    while (!this.#stopping.signal.aborted) {
      attempts += 1;
      this.#tell({ type: 'connecting', attempt: attempts });
      const outcome = await this.#attempt();
      last = outcome.last;
      if (this.#stopping.signal.aborted) {
        break;
      }
      if (!this.#isWorthwhile(last)) {
        return { why: 'refused', last };
      }
      if (outcome.lasted) {
        attempts = 0;
      }
      if (attempts >= this.#policy.maxAttempts) {
        return { why: 'exhausted', last };
      }
      await this.#wait(attempts, last);
    }
    return { why: 'stopped', last };
  }

  /** One attempt, and the whole life of its session. */
  async #attempt(): Promise<Outcome> {
    const { connect, timer } = this.#surroundings;
    const { signal } = this.#stopping;
    let session: Session;
    let observer!: CloseObserver;
    const closed = new Promise<Interruption>((resolve) => {
      observer = (code, reason) => resolve({ type: 'closed', code, reason });
    });
    try {
      session = await connect(signal, observer);
    } catch (cause) {
      return { last: { type: 'failed', cause }, lasted: false };
    }
    const since = timer.now();
    this.#session = session;
    if (signal.aborted) {
      session.close(this.#farewell.code, this.#farewell.reason);
    } else {
      this.#tell({ type: 'connected', session });
      for (const waiter of this.#waiters.splice(0)) {
        waiter.resolve(session);
      }
    }
    const last = await closed;
    this.#session = undefined;
    return { last, lasted: timer.now() - since >= this.#policy.resetAfter };
  }

  #wait(attempts: number, last: Interruption): Promise<void> {
    const { timer, random } = this.#surroundings;
    const { signal } = this.#stopping;
    const delay = Math.max(
      backoffDelay(this.#policy, Math.max(attempts, 1), random()),
      Math.min(requestedDelay(last), this.#policy.maxDelay),
    );
    this.#tell({ type: 'waiting', delay, failures: attempts, last });
    return new Promise((resolve) => {
      const done = () => {
        stopTimer();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stopTimer = timer.after(delay, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) {
        done(); // By the listener that has just been told.
      }
    });
  }

  #isWorthwhile(last: Interruption): boolean {
    try {
      const answer: unknown = this.#policy.shouldReconnect(last);
      if (isThenable(answer)) {
        Promise.resolve(answer).then(undefined, () => undefined);
        throw new ConfigurationError('The options of reconnect', [
          'shouldReconnect gave a promise. Accepted: true or false, at once.',
        ]);
      }
      return answer === true;
    } catch (cause) {
      this.#surroundings.report(cause);
      return false;
    }
  }

  #finish(end: KeptConnectionEnd): KeptConnectionEnd {
    this.#end = Object.freeze(end);
    this.#refuseWaiters(end);
    this.#tell({ type: 'ended', end });
    return end;
  }

  #refuseWaiters({ last }: KeptConnectionEnd): void {
    const cause =
      last?.type === 'failed' && !this.#stopping.signal.aborted
        ? last.cause
        : new SessionClosedError('The connection is kept no longer: there will be no session.');
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(cause);
    }
  }

  #tell(event: KeptConnectionEvent): void {
    try {
      const settling: unknown = this.#policy.onEvent?.(event);
      if (isThenable(settling)) {
        Promise.resolve(settling).then(undefined, (cause: unknown) => this.#surroundings.report(cause));
      }
    } catch (cause) {
      this.#surroundings.report(cause);
    }
  }
}

/** A server that is busy may say for how long. */
function requestedDelay(last: Interruption): number {
  return last.type === 'failed' && last.cause instanceof UpgradeError
    ? retryAfter(last.cause.headers['retry-after'])
    : 0;
}
