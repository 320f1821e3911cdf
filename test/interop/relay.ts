import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Passes TCP connections on to another port of this machine, and counts the bytes. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes that went to the target. */
  sent = 0;
  /** Bytes that came from the target. */
  received = 0;

  private constructor(target: number) {
    this.#server = createServer((socket) => {
      const onward = connect(target, '127.0.0.1');
      socket.on('data', (data) => {
        this.sent += data.length;
      });
      onward.on('data', (data) => {
        this.received += data.length;
      });
      for (const [from, to] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        from.once('error', () => to.destroy());
        from.once('close', () => this.#sockets.delete(from));
      }
    });
  }

  static async to(target: number): Promise<Relay> {
    const relay = new Relay(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
