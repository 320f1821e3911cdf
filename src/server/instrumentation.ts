import type { Duplex } from 'node:stream';
import type { Session } from '../endpoint/session.js';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { ErrorPhase } from './container-events.js';
import { Faults, runInside } from './faults.js';
import type { Instrument, UpgradeObserver } from './instrument.js';
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
    const observers = this.#faults.ask(this.#instruments, (instrument) => instrument.upgrade?.(upgrade));
    return new UpgradeWatch(observers, this.wantsControlFrames, this.#faults);
  }

  failed(cause: unknown, during: ErrorPhase, endpoint: string): void {
    this.#faults.tell(this.#instruments, (instrument) => instrument.failed?.(cause, during, endpoint));
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
    this.#faults.tell(this.#observers, (observer) => observer.refused?.(status, reason));
  }

  /** @returns undefined when nobody wants to watch the session. */
  opened(session: Session, endpoint: string): SessionWatch | undefined {
    const observers = this.#faults.ask(this.#observers, (upgrade) => upgrade.opened?.(session, endpoint));
    return observers.length === 0 ? undefined : new SessionWatch(session, observers, this.#faults);
  }
}
