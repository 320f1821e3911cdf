import { constants } from 'node:os';
import { described } from '../endpoint/described.js';
import { isMilliseconds } from '../endpoint/option-rules.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { WebSocketContainer } from '../server/container.js';
import { warn } from '../server/event-reporter.js';
import { type CloseOptions, checkCloseOptions } from '../server/shutdown.js';
import { type ClosableServer, GracefulShutdown, type ShutdownReport, type ShutdownStep } from './graceful-shutdown.js';
import { checkOptions, FUNCTION, hasMethods } from './options.js';

/** What `closeOnSignals` can be told, beside what `container.close` can. */
export interface CloseOnSignalsOptions extends CloseOptions {
  /** The HTTP server that the container serves on, to be closed when the container has. Default: none. */
  readonly server?: ClosableServer;
  /** Default `['SIGTERM', 'SIGINT']`. */
  readonly signals?: readonly NodeJS.Signals[];
  /**
   * Milliseconds between the signal and the closing in which everything is served as before but `ready` is false: so many
   * as whoever sends connections here needs to notice. Default 0.
   */
  readonly delay?: number;
  /** Called when the container and the server have closed, for databases and the like. It is awaited. */
  readonly after?: () => unknown;
  /**
   * Whether the process ends then. Default true: with 0, with 1 when `after` fails, and at a second signal at once, with 128
   * and the signal's number.
   */
  readonly exit?: boolean;
  /** Hears how far it is. Default: nobody. */
  readonly onStep?: (step: ShutdownStep) => void;
}

/** A shutdown that signals begin, or the program. */
export interface SignalledShutdown {
  /** False from the first signal on: for `healthHandler(container, { isReady: () => shutdown.ready })`. */
  readonly ready: boolean;
  /** Settles when everything has closed, and `after` too; rejects when that fails. */
  readonly done: Promise<ShutdownReport>;
  /** As if the first signal had come, but the process goes on. */
  begin(): Promise<ShutdownReport>;
  /** Leaves the signals to whoever else listens. */
  unbind(): void;
}

const RULES = {
  server: {
    accepts: (value: unknown) => hasMethods(value, 'close', 'closeIdleConnections', 'closeAllConnections'),
    accepted: 'the server of node:http or node:https that the container serves on',
  },
  signals: {
    accepts: (value: unknown) =>
      Array.isArray(value) && value.length > 0 && value.every((name) => Object.hasOwn(constants.signals, name)),
    accepted: "a list of names of signals, such as ['SIGTERM', 'SIGINT']",
  },
  delay: {
    accepts: (value: unknown) => isMilliseconds(value) && value !== Infinity,
    accepted: 'whole milliseconds from 0',
  },
  after: FUNCTION,
  exit: { accepts: (value: unknown) => typeof value === 'boolean', accepted: 'true or false' },
  onStep: FUNCTION,
};

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/**
 * Ends a server in good order when the process is told to end, and the process then.
 *
 * The first signal takes it out of service: `ready` is false; after `delay` the container closes, with 503 for new upgrades
 * and 1001 for the sessions, in batches; then the HTTP server, whose requests under way may finish within the same timeout;
 * then `after` is called. A second signal ends it at once.
 *
 * @throws ConfigurationError that lists every unknown or unusable option, RangeError for those of `container.close`.
 * @example
 * const shutdown = closeOnSignals(container, { server, timeout: 25_000, after: () => database.end() });
 * app.use('/health', healthHandler(container, { isReady: () => shutdown.ready }));
 */
export function closeOnSignals(container: WebSocketContainer, options: CloseOnSignalsOptions = {}): SignalledShutdown {
  if (!(container instanceof WebSocketContainer)) {
    throw new InvalidArgumentError(
      `closeOnSignals takes a WebSocketContainer and options, and was given ${described(container)}.`,
    );
  }
  const { timeout, spread, batch, ...own } = options;
  checkOptions('closeOnSignals', own, RULES);
  const closing: CloseOptions = { timeout, spread, batch };
  checkCloseOptions(closing);
  const { server, signals = SIGNALS, delay = 0, after, exit = true } = own;
  const onStep = (step: ShutdownStep): void => {
    try {
      own.onStep?.(step);
    } catch (cause) {
      warn('The onStep of closeOnSignals failed.', cause);
    }
  };
  let settle!: (report: Promise<ShutdownReport>) => void;
  const done = new Promise<ShutdownReport>((resolve) => {
    settle = resolve;
  });
  const shutdown = new GracefulShutdown({ container, closing, delay, server, after, onStep });

  const begin = (signal?: NodeJS.Signals): Promise<ShutdownReport> => {
    const running = shutdown.begin(signal);
    settle(running);
    return running;
  };
  let signalled = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (shutdown.began) {
      shutdown.hurry(signal);
      if (exit) {
        process.exit(128 + constants.signals[signal]);
      }
      return;
    }
    signalled = true;
    void begin(signal).catch(() => undefined); // `done` tells of it.
  };
  const unbind = (): void => {
    for (const signal of signals) {
      process.off(signal, onSignal);
    }
  };
  for (const signal of signals) {
    process.on(signal, onSignal);
  }
  const end = (code: number): void => {
    unbind();
    if (exit && signalled) {
      setImmediate(() => process.exit(code)); // What was just reported is still to be printed.
    }
  };
  done.then(
    () => end(0),
    (cause: unknown) => {
      if (own.onStep === undefined) {
        warn('A shutdown failed in its last step (after).', cause);
      }
      onStep({ type: 'failed', cause });
      end(1);
    },
  );
  return {
    get ready() {
      return !shutdown.began;
    },
    done,
    begin: () => begin(),
    unbind,
  };
}
