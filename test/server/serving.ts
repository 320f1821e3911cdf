/** Containers on servers of their own ports, put away after each test. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type ContainerOptions, WebSocketContainer } from 'moorage';
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.js';
import type { PeerTarget, RawPeer } from '../support/raw-peer.js';

export interface Serving {
  readonly container: WebSocketContainer;
  readonly server: ReturnType<typeof createServer>;
  readonly target: PeerTarget & { readonly port: number };
}

const cleanUps: (() => unknown)[] = [];

/** To be done after the test, the last first. */
export function afterTest(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

/** Has everything that a test started put away. Call it in each suite that starts something. */
export function putAwayAfterEach(): void {
  afterEach(async () => {
    for (let cleanUp = cleanUps.pop(); cleanUp !== undefined; cleanUp = cleanUps.pop()) {
      await cleanUp();
    }
  });
}

/** A container on a listening server. */
export async function serve(
  register: (container: WebSocketContainer) => void,
  options: ContainerOptions & { readonly secure?: boolean; readonly handler?: RequestListener } = {},
): Promise<Serving> {
  const { secure = false, handler, ...containerOptions } = options;
  const server = secure
    ? createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, handler)
    : createServer(handler);
  const container = new WebSocketContainer({ ...containerOptions, server });
  register(container);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(async () => {
    await container.close({ timeout: 0 });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { container, server, target: { port: (server.address() as AddressInfo).port, secure } };
}

/** Has a peer's socket destroyed after the test. */
export function tracked<T extends RawPeer>(peer: T): T {
  afterTest(() => peer.destroy());
  return peer;
}

/** Things that happen, in order, and a way to wait for the next. */
export class Log<T = string> {
  readonly entries: T[] = [];
  #wake: (() => void) | undefined;

  readonly add = (entry: T): void => {
    this.entries.push(entry);
    this.#wake?.();
  };

  /** Settles when an entry fits, which may have come already. */
  async until(fits: (entry: T) => boolean): Promise<T> {
    for (;;) {
      const found = this.entries.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A promise and what settles it. */
export function deferred<T = void>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (cause: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<T>((...settlers) => {
    [resolve, reject] = settlers;
  });
  return { promise, resolve, reject };
}
