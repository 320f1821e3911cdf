import type { WebSocketContainer } from '../server/container.js';
import type { CloseOptions, CloseReport } from '../server/shutdown.js';

/** What is closed of an HTTP server, of `node:http` or `node:https`. */
export interface ClosableServer {
  close(done?: (error?: Error) => void): unknown;
  closeIdleConnections(): void;
  closeAllConnections(): void;
}

/** What became of everything, when it is over. */
export interface ShutdownReport extends CloseReport {
  /** The signal that began it; undefined where the program did. */
  readonly signal: NodeJS.Signals | undefined;
  /** From the beginning to the end. */
  readonly milliseconds: number;
}

/** How far it is: begun, hurried by another signal, over, or over but for a failure of `after`. */
export type ShutdownStep =
  | { readonly type: 'draining'; readonly signal: NodeJS.Signals | undefined; readonly openConnections: number }
  | { readonly type: 'hurried'; readonly signal: NodeJS.Signals | undefined }
  | { readonly type: 'closed'; readonly report: ShutdownReport }
  | { readonly type: 'failed'; readonly cause: unknown };

/** What is done, in this order, and for how long. */
export interface ShutdownPlan {
  readonly container: WebSocketContainer;
  readonly closing: CloseOptions;
  readonly delay: number;
  readonly server: ClosableServer | undefined;
  readonly after: (() => unknown) | undefined;
  readonly onStep: (step: ShutdownStep) => void;
}

const DEFAULT_TIMEOUT = 10_000;
/** How often the connections are ended whose request has been answered. */
const SWEEP = 100;

/** The one end of a server: unready, its WebSockets closed, its HTTP requests finished, and then what depends on it. */
export class GracefulShutdown {
  readonly #plan: ShutdownPlan;
  #running: Promise<ShutdownReport> | undefined;
  #hurried = false;
  /** Ends the wait that is on, whatever it is for. */
  #hurry: () => void = () => {};

  constructor(plan: ShutdownPlan) {
    this.#plan = plan;
  }

  get began(): boolean {
    return this.#running !== undefined;
  }

  /** Begins it, or gives the one that has begun. */
  begin(signal?: NodeJS.Signals): Promise<ShutdownReport> {
    this.#running ??= this.#run(signal);
    return this.#running;
  }

  /** Ends everything that is still waited for, but for `after`. */
  hurry(signal?: NodeJS.Signals): void {
    const { container, server, onStep } = this.#plan;
    this.#hurried = true;
    onStep({ type: 'hurried', signal });
    void container.close({ timeout: 0 });
    this.#hurry();
    server?.closeAllConnections();
  }

  async #run(signal: NodeJS.Signals | undefined): Promise<ShutdownReport> {
    const began = performance.now();
    const { container, closing, delay, after, onStep } = this.#plan;
    onStep({ type: 'draining', signal, openConnections: container.openSessions.size });
    if (delay > 0) {
      await this.#wait(delay, (over) => over);
    }
    const due = performance.now() + (closing.timeout ?? DEFAULT_TIMEOUT);
    const { closed, destroyed } = await container.close(closing);
    await this.#closeServer(due);
    await after?.();
    const report = Object.freeze({ signal, closed, destroyed, milliseconds: Math.round(performance.now() - began) });
    onStep({ type: 'closed', report });
    return report;
  }

  /** Requests under way may finish, for as long as the container might have taken. */
  async #closeServer(due: number): Promise<void> {
    const { server } = this.#plan;
    if (server === undefined) {
      return;
    }
    let closed!: () => void;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    server.close(closed);
    server.closeIdleConnections();
    // Node leaves a connection open that becomes idle from now on, until its keep-alive ends.
    const sweeping = setInterval(() => server.closeIdleConnections(), SWEEP);
    await this.#wait(due - performance.now(), (over) => {
      void closing.then(over);
    });
    clearInterval(sweeping);
    // What another library has upgraded on this server is not Node's to close, and would be waited for without end.
    server.closeAllConnections();
  }

  /** Settles after so many milliseconds, and before that when it is hurried or `listen`'s argument is called. */
  #wait(milliseconds: number, listen: (over: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === Infinity ? undefined : setTimeout(() => over(), Math.max(milliseconds, 0));
      const over = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#hurry = over;
      listen(over);
      if (this.#hurried) {
        over();
      }
    });
  }
}
