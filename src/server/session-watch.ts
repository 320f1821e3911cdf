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
    for (const observer of this.#observers) {
      try {
        observer.received?.(kind, frame);
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
  }

  sent(kind: TrafficKind, payload: string | Uint8Array, last: boolean): void {
    for (const observer of this.#observers) {
      try {
        observer.sent?.(kind, payload, last);
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
  }

  failed(cause: unknown, during: 'connection' | 'error' | 'close' | 'decode'): void {
    for (const observer of this.#observers) {
      try {
        observer.failed?.(cause, during);
      } catch (fault) {
        this.#faults.report(fault);
      }
    }
  }

  closed(code: number, reason: string): void {
    for (const observer of this.#observers) {
      try {
        observer.closed?.(code, reason);
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
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
    const calls: CallObserver[] = [];
    for (const observer of this.#callers) {
      try {
        const call = observer.calling?.(event);
        if (call !== undefined) {
          calls.push(call);
        }
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
    return calls;
  }

  #returned(calls: readonly CallObserver[], value: unknown): void {
    if (value instanceof Undecoded) {
      this.#callFailed(calls, value.error);
      return;
    }
    for (const call of calls) {
      try {
        call.returned?.();
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
  }

  #callFailed(calls: readonly CallObserver[], cause: unknown): void {
    for (const call of calls) {
      try {
        call.failed?.(cause);
      } catch (fault) {
        this.#faults.report(fault);
      }
    }
  }
}

function isAround({ run }: CallObserver): boolean {
  return run !== undefined;
}
