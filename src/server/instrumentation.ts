import type { Duplex } from 'node:stream';
import type { Session } from '../endpoint/session.js';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { ErrorPhase } from './container-events.js';
import { Faults, runInside } from './faults.js';
import type { Instrument, SessionObserver, UpgradeObserver } from './instrument.js';
import { SessionWatch } from './session-watch.js';

/** All instruments of a container, as one that never throws. A container without any has none of this. */
export class Instrumentation {
  readonly wantsControlFrames: boolean;
  readonly #instruments: readonly Instrument[];
  readonly #faults = new Faults();

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments;
    this.wantsControlFrames = instruments.some((instrument) => instrument.wantsControlFrames === true);
  }

  /** An upgrade has come in, for the endpoint of that name. */
  upgrade(head: RequestHead, socket: Duplex, endpoint: string, route?: string): UpgradeWatch {
    const { remoteAddress } = socket as { remoteAddress?: string };
    const upgrade = Object.freeze({ request: UpgradeRequest.from(head), endpoint, route, remoteAddress });
    const observers: UpgradeObserver[] = [];
    for (const instrument of this.#instruments) {
      try {
        const observer = instrument.upgrade?.(upgrade);
        if (observer !== undefined) {
          observers.push(observer);
        }
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
    return new UpgradeWatch(observers, this.wantsControlFrames, this.#faults);
  }

  failed(cause: unknown, during: ErrorPhase, endpoint: string): void {
    for (const instrument of this.#instruments) {
      try {
        instrument.failed?.(cause, during, endpoint);
      } catch (fault) {
        this.#faults.report(fault);
      }
    }
  }
}

/** All that watch one upgrade. */
export class UpgradeWatch {
  readonly wantsControlFrames: boolean;
  readonly #observers: readonly UpgradeObserver[];
  readonly #faults: Faults;

  constructor(observers: readonly UpgradeObserver[], wantsControlFrames: boolean, faults: Faults) {
    this.#observers = observers;
    this.wantsControlFrames = wantsControlFrames;
    this.#faults = faults;
  }

  run(work: () => void): void {
    runInside(this.#observers, work, this.#faults);
  }

  refused(status: number, reason: string): void {
    for (const observer of this.#observers) {
      try {
        observer.refused?.(status, reason);
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
  }

  /** @returns undefined when nobody wants to watch the session. */
  opened(session: Session, endpoint: string): SessionWatch | undefined {
    const observers: SessionObserver[] = [];
    for (const upgrade of this.#observers) {
      try {
        const observer = upgrade.opened?.(session, endpoint);
        if (observer !== undefined) {
          observers.push(observer);
        }
      } catch (cause) {
        this.#faults.report(cause);
      }
    }
    return observers.length === 0 ? undefined : new SessionWatch(session, observers, this.#faults);
  }
}
