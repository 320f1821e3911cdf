import { type Channel, channel } from 'node:diagnostics_channel';
import type { Session } from '../endpoint/session.js';
import { isThenable } from '../endpoint/settle.js';
import { CloseError } from '../protocol/errors.js';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { isA } from '../protocol/thrown.js';
import type { ContainerEvent, ContainerEventListener, ErrorPhase } from './container-events.js';

/** One channel of `node:diagnostics_channel` for each type of event, shared by all containers of the process. */
const CHANNELS: Readonly<Record<ContainerEvent['type'], Channel>> = {
  'upgrade-refused': channel('moorage:upgrade-refused'),
  'session-opened': channel('moorage:session-opened'),
  'session-closed': channel('moorage:session-closed'),
  error: channel('moorage:error'),
};

/** Hears of errors. Must not throw. */
export interface FailureListener {
  failed(cause: unknown, during: ErrorPhase, endpoint: string): void;
}

/** Where an error is one of a session, and was seen there. */
const OF_SESSIONS: ReadonlySet<ErrorPhase> = new Set<ErrorPhase>(['connection', 'error', 'close']);

/**
 * Tells a container's events to its listener and to the diagnostics channels. An event that nobody wants is never
 * made. An error of the application that nobody hears is printed once through `process.emitWarning`, so that it is not
 * lost; what a peer did is not, since no peer shall fill the logs of a server.
 *
 * No method throws. (A diagnostics subscriber that throws is Node's to handle: it raises `uncaughtException`.)
 */
export class EventReporter {
  readonly #listener: ContainerEventListener | undefined;
  readonly #owner: string;
  readonly #failures: FailureListener | undefined;

  /**
   * @param owner whose option `onEvent` is, for the hint to listen.
   * @param failures hears of errors that no session's observers hear of, whoever else does.
   */
  constructor(listener: ContainerEventListener | undefined, owner = 'container', failures?: FailureListener) {
    this.#listener = listener;
    this.#owner = owner;
    this.#failures = failures;
  }

  upgradeRefused(status: number, reason: string, head: RequestHead): void {
    if (this.#isWanted('upgrade-refused')) {
      this.#tell({ type: 'upgrade-refused', status, reason, request: UpgradeRequest.from(head) });
    }
  }

  sessionOpened(session: Session, endpoint: string): void {
    if (this.#isWanted('session-opened')) {
      this.#tell({ type: 'session-opened', session, endpoint });
    }
  }

  sessionClosed(session: Session, endpoint: string, code: number, reason: string): void {
    if (this.#isWanted('session-closed')) {
      this.#tell({ type: 'session-closed', session, endpoint, code, reason });
    }
  }

  error(cause: unknown, during: ErrorPhase, endpoint: string, session?: Session): void {
    if (!OF_SESSIONS.has(during)) {
      this.#failures?.failed(cause, during, endpoint);
    }
    if (this.#isWanted('error')) {
      this.#tell({ type: 'error', cause, during, endpoint, session });
    } else if (!isPeersDoing(cause, session)) {
      warn(
        `${endpoint} failed (${during}) and nothing handles it. Listen with the ${this.#owner}'s onEvent option.`,
        cause,
      );
    }
  }

  #isWanted(type: ContainerEvent['type']): boolean {
    return this.#listener !== undefined || CHANNELS[type].hasSubscribers;
  }

  #tell(event: ContainerEvent): void {
    const { type } = event;
    if (CHANNELS[type].hasSubscribers) {
      CHANNELS[type].publish(event);
    }
    try {
      const settling: unknown = this.#listener?.(event);
      // An async listener's rejection must not end the process either. `(event) => events.push(event)` gives a number.
      if (isThenable(settling)) {
        Promise.resolve(settling).then(undefined, (cause: unknown) => warnOfListener(type, cause));
      }
    } catch (cause) {
      warnOfListener(type, cause);
    }
  }
}

/** Errors of the transport, by their `code`. */
const LOST = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

/**
 * Whether an error is how a connection ends because of its peer: a rule it broke, a limit it passed, a silence, a lost
 * network. While a session is open its transport has not failed, so then it is an error of the handler's own network.
 */
function isPeersDoing(cause: unknown, session: Session | undefined): boolean {
  if (isA(cause, CloseError)) {
    return true;
  }
  return session?.isOpen === false && isA(cause, Error) && LOST.has(codeOf(cause));
}

function codeOf(cause: Error): string {
  try {
    return String((cause as NodeJS.ErrnoException).code);
  } catch {
    return '';
  }
}

function warnOfListener(type: ContainerEvent['type'], cause: unknown): void {
  warn(`An onEvent listener failed at '${type}'.`, cause);
}

/** Prints what nobody else hears of. */
export function warn(message: string, cause: unknown): void {
  process.emitWarning(message, {
    type: 'MoorageWarning',
    code: 'MOORAGE_UNHANDLED_ERROR',
    detail: describe(cause),
  });
}

/** Never throws, whatever the stack is. */
function describe(cause: unknown): string {
  try {
    return cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause);
  } catch {
    return 'A value that has no text.';
  }
}
