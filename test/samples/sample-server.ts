import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocketContainer } from 'moorage';

/** A sample listening on a free port of this machine. */
export class SampleServer {
  readonly port: number;
  readonly #sample: { readonly server: Server; readonly container: WebSocketContainer };

  private constructor(sample: { readonly server: Server; readonly container: WebSocketContainer }) {
    this.#sample = sample;
    this.port = (sample.server.address() as AddressInfo).port;
  }

  static start(
    sample: { readonly server: Server; readonly container: WebSocketContainer },
    port = 0,
  ): Promise<SampleServer> {
    return new Promise((resolve, reject) => {
      sample.server.once('error', reject);
      sample.server.listen(port, '127.0.0.1', () => resolve(new SampleServer(sample)));
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  wsUrl(path: string): string {
    return `ws://127.0.0.1:${this.port}${path}`;
  }

  /** Ends as the samples' own shutdown does; settles when the port is free. */
  async stop(): Promise<void> {
    const { server, container } = this.#sample;
    const closed = new Promise((resolve) => server.close(resolve));
    await container.close({ timeout: 1_000 });
    server.closeAllConnections();
    await closed;
  }
}
