import type { Instance, Invoker } from '../endpoint/dispatch-table.js';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { Undecoded } from '../endpoint/undecoded.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type Faults, runInside } from './faults.js';
import type { CallObserver, HandlerEvent, SessionObserver, TrafficKind } from './instrument.js';

/** Of the sessions that are watched. */
const watches = new WeakMap<Session, SessionWatch>();

/** Who watches a session, for the table of its endpoint. */
export function watchOf(session: Session): SessionWatch | undefined {
  return watches.get(session);
}

/** All instruments that watch one session, as one that never throws. */
export class SessionWatch {
  readonly #observers: readonly SessionObserver[];
  readonly #callers: readonly SessionObserver[];
  readonly #faults: Faults;
  readonly hearsReceived: boolean;
  readonly hearsSent: boolean;

  constructor(session: Session, observers: readonly SessionObserver[], faults: Faults) {
    this.#observers = observers;
    this.#callers = observers.filter(({ calling }) => calling !== undefined);
    this.#faults = faults;
    this.hearsReceived = observers.some(({ received }) => received !== undefined);
    this.hearsSent = observers.some(({ sent }) => sent !== undefined);
    watches.set(session, this);
  }

  received(kind: TrafficKind, frame: IncomingFrame): void {
    this.#faults.tell(this.#observers, (observer) => observer.received?.(kind, frame));
  }

  sent(kind: TrafficKind, payload: string | Uint8Array, last: boolean): void {
    this.#faults.tell(this.#observers, (observer) => observer.sent?.(kind, payload, last));
  }

  failed(cause: unknown, during: 'connection' | 'error' | 'close' | 'decode'): void {
    this.#faults.tell(this.#observers, (observer) => observer.failed?.(cause, during));
  }

  closed(code: number, reason: string): void {
    this.#faults.tell(this.#observers, (observer) => observer.closed?.(code, reason));
  }

  /** Calls a method of the endpoint, and gives what it gives. */
  call(
    event: HandlerEvent,
    invoke: Invoker,
    instance: Instance,
    session: Session,
    first: unknown,
    second: unknown,
  ): unknown {
    if (this.#callers.length === 0) {
      return invoke(instance, session, first, second);
    }
    const calls = this.#calling(event);
    let result: unknown;
    try {
      result = calls.some(isAround)
        ? runInside(calls, () => invoke(instance, session, first, second), this.#faults)
        : invoke(instance, session, first, second);
    } catch (cause) {
      this.#callFailed(calls, cause);
      throw cause;
    }
    if (isThenable(result)) {
      return Promise.resolve(result).then(
        (value) => {
          this.#returned(calls, value);
          return value;
        },
        (cause) => {
          this.#callFailed(calls, cause);
          throw cause;
        },
      );
    }
    this.#returned(calls, result);
    return result;
  }

  #calling(event: HandlerEvent): CallObserver[] {
    return this.#faults.ask(this.#callers, (observer) => observer.calling?.(event));
  }

  #returned(calls: readonly CallObserver[], value: unknown): void {
    if (value instanceof Undecoded) {
      this.#callFailed(calls, value.error);
      return;
    }
    this.#faults.tell(calls, (call) => call.returned?.());
  }

  #callFailed(calls: readonly CallObserver[], cause: unknown): void {
    this.#faults.tell(calls, (call) => call.failed?.(cause));
  }
}

function isAround({ run }: CallObserver): boolean {
  return run !== undefined;
}
