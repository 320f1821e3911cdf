import { ConfigurationError, EndpointError } from '../endpoint/errors.js';
import { optionProblems } from '../endpoint/option-rules.js';
import { CloseCode } from '../protocol/close-code.js';
import { HandshakeError } from '../protocol/handshake/response-headers.js';
import { UpgradeError } from '../protocol/handshake/upgrade-error.js';
import type { BackoffRule } from './backoff.js';
import { check } from './client-options.js';
import { InvalidUrlError } from './errors.js';
import type { Interruption, KeptConnectionListener } from './kept-connection-events.js';

/** How a kept connection comes back. Times in milliseconds. */
export interface ReconnectOptions {
  /** Bound of the first wait; waits are random between 0 and their bound. At least 1. Default 1,000. */
  initialDelay?: number;
  /** The bound never grows beyond this, nor is a server's `Retry-After` obeyed beyond it. Default 30,000. */
  maxDelay?: number;
  /** By what the bound grows with each failure in a row; at least 1. Default 2. */
  factor?: number;
  /** Failures in a row after which to stop; at least 1. Default `Infinity`. */
  maxAttempts?: number;
  /** A session that lasted so long ends the row of failures; from 0. Default 10,000. */
  resetAfter?: number;
  /** Decides in place of `reconnectsByDefault` whether to try again, at once: a promise is a mistake. One that throws stops. */
  shouldReconnect?: (why: Interruption) => boolean;
  /** Hears every step. What it throws or rejects with is printed as a warning and harms nobody. */
  onEvent?: KeptConnectionListener;
}

export interface ReconnectPolicy extends BackoffRule {
  readonly maxAttempts: number;
  readonly resetAfter: number;
  readonly shouldReconnect: (why: Interruption) => boolean;
  readonly onEvent: KeptConnectionListener | undefined;
}

/** Closes after which the same client may expect to be welcome again. */
const PASSING: readonly number[] = [
  CloseCode.GoingAway,
  CloseCode.Abnormal,
  CloseCode.InternalError,
  CloseCode.ServiceRestart,
  CloseCode.TryAgainLater,
  CloseCode.BadGateway,
];

/** Statuses of a server, or something before it, that is not ready now. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

const isTime = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const HOOK = { accepts: (value: unknown) => typeof value === 'function', accepted: 'a function' };

const RULES = {
  initialDelay: { accepts: isPositive, accepted: 'whole milliseconds from 1' },
  maxDelay: { accepts: isPositive, accepted: 'whole milliseconds from 1' },
  factor: {
    accepts: (value: unknown) => typeof value === 'number' && value >= 1 && value < Infinity,
    accepted: 'a number from 1',
  },
  maxAttempts: {
    accepts: (value: unknown) => value === Infinity || isPositive(value),
    accepted: 'a whole number from 1, or Infinity',
  },
  resetAfter: { accepts: isTime, accepted: 'whole milliseconds from 0' },
  shouldReconnect: HOOK,
  onEvent: HOOK,
};

/** @throws ConfigurationError that lists everything that is wrong with the options. */
export function reconnectPolicy(options: ReconnectOptions): ReconnectPolicy {
  check('The options of reconnect', optionProblems(options, RULES));
  const { initialDelay = 1_000, maxDelay = 30_000, factor = 2, maxAttempts = Infinity, resetAfter = 10_000 } = options;
  check(
    'The options of reconnect',
    maxDelay < initialDelay
      ? [
          `maxDelay (${maxDelay}) is below initialDelay (${initialDelay}): the longest wait can't be shorter than the first.`,
        ]
      : [],
  );
  const { shouldReconnect = reconnectsByDefault, onEvent } = options;
  return Object.freeze({ initialDelay, maxDelay, factor, maxAttempts, resetAfter, shouldReconnect, onEvent });
}

/**
 * Whether it is worth trying again. Yes after what passes: no network, a lost connection (1006), a server that goes
 * away, fails, restarts or is busy (1001, 1011, 1012, 1013, 1014; HTTP 408, 425, 429, 500, 502, 503, 504), a timeout. No after
 * what would come again: a close that was meant (1000, 1005), a broken rule (1002, 1003, 1007–1010), an
 * application's own code (3000–4999), an answer that says no, a URL or options that can't be.
 */
export function reconnectsByDefault(why: Interruption): boolean {
  if (why.type === 'closed') {
    return PASSING.includes(why.code);
  }
  const { cause } = why;
  if (cause instanceof UpgradeError) {
    return cause.code === 'MOORAGE_UPGRADE_REFUSED' && PASSING_STATUSES.includes(cause.statusCode);
  }
  return !LASTING.some((type) => cause instanceof type);
}

const LASTING = [InvalidUrlError, HandshakeError, ConfigurationError, EndpointError];
