/** A server with a faulty endpoint and a good one beside it, and everything that anybody is told. */
import { expect } from 'chai';
import {
  type ContainerEvent,
  type ContainerOptions,
  type ListenerEndpoint,
  type ListenerOptions,
  listener,
  type UnhandledErrorEvent,
  type WebSocketContainer,
  type WebSocketListener,
} from 'moorage';
import { type Log as EventLog, Log, type Serving, serve, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';

/** What reaches the process although it should reach nobody there. */
export class ProcessWatch {
  readonly escaped: unknown[] = [];
  readonly warnings: Error[] = [];
  readonly #onEscape = (cause: unknown) => void this.escaped.push(cause);
  readonly #onWarning = (warning: Error) => void this.warnings.push(warning);
  readonly #silenced: { readonly event: 'unhandledRejection' | 'warning'; readonly listener: () => void }[] = [];

  begin(): void {
    this.escaped.length = 0;
    this.warnings.length = 0;
    // The test runner's own listener would fail whichever test runs by then, and Node's would print.
    for (const event of ['unhandledRejection', 'warning'] as const) {
      for (const listener of process.listeners(event as 'warning') as (() => void)[]) {
        this.#silenced.push({ event, listener });
        process.off(event, listener);
      }
    }
    process.on('unhandledRejection', this.#onEscape);
    process.on('warning', this.#onWarning);
  }

  /** Settles after all that was due, with what came of it. */
  async end(): Promise<readonly unknown[]> {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', this.#onEscape);
    process.off('warning', this.#onWarning);
    for (const { event, listener } of this.#silenced.splice(0)) process.on(event, listener);
    return this.escaped;
  }
}

/** A listener as plain JavaScript may make it. */
export function unchecked(methods: object, options: ListenerOptions = {}): ListenerEndpoint {
  return listener(methods as WebSocketListener, options);
}

export interface Beside extends Serving {
  readonly events: EventLog<ContainerEvent>;
  /** An open connection to the good endpoint. */
  readonly good: RawPeer;
  /** The unhandled errors that were reported. */
  reports(): readonly UnhandledErrorEvent[];
  /** The good connection still works, and new ones are let in. */
  isUnharmed(): Promise<void>;
}

/** Serves what is registered at any path, and a good endpoint at `/good`. */
export async function beside(
  register: (container: WebSocketContainer) => void,
  options: ContainerOptions = {},
): Promise<Beside> {
  const events = new Log<ContainerEvent>();
  const serving = await serve(
    (container) => {
      container.addEndpoint('/good', listener({ onWebSocketText: (_session, text) => text }));
      register(container);
    },
    { closeTimeout: 100, ...options, onEvent: options.onEvent ?? events.add },
  );
  const good = await openGood(serving);
  return {
    ...serving,
    events,
    good,
    reports: () => events.entries.filter((event) => event.type === 'error'),
    isUnharmed: async () => {
      await echo(good);
      await echo(await openGood(serving));
    },
  };
}

async function openGood({ target }: Serving): Promise<RawPeer> {
  return tracked(await RawPeer.open(target, '/good'));
}

async function echo(peer: RawPeer): Promise<void> {
  peer.sendText('still here');
  expect(await peer.readText()).to.equal('still here');
}
