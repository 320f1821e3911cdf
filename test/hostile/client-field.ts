import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Asked } from '../client/answering.js';
import { Field } from './field.js';
import type { ConnectOutcome, ConnectWith, JournalEntry } from './subject/messages.js';
import { SubjectProcess } from './subject-process.js';

/** What came of one attempt to connect. */
export interface Attempt {
  readonly name: string;
  readonly outcome: ConnectOutcome;
}

/**
 * A client process, a good server in another process to which it has the well-behaved connection, and the hostile servers here,
 * one for each way to answer.
 */
export class ClientField extends Field {
  readonly #goodServer: SubjectProcess;
  readonly #goodPort: number;
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  #attempts = 0;

  private constructor(client: SubjectProcess, goodServer: SubjectProcess, goodPort: number) {
    super(client, client);
    this.#goodServer = goodServer;
    this.#goodPort = goodPort;
  }

  static async prepare(): Promise<ClientField> {
    const { subject: server, said } = await SubjectProcess.start<{ readonly port: number }>('server-process');
    const { subject: client } = await SubjectProcess.start('client-process', [String(said.port)]);
    return new ClientField(client, server, said.port);
  }

  /** A hostile server; gives its URL. It answers every request, once its head has come. */
  async serve(answer: (asked: Asked) => void): Promise<string> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
      let text = '';
      const onData = (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (text.includes('\r\n\r\n')) {
          socket.off('data', onData);
          socket.resume();
          socket.on('end', () => socket.end());
          answer(new Asked(socket, text));
        }
      };
      socket.on('data', onData);
    });
    this.#servers.add(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** A URL of the good server. */
  good(path: string): string {
    return `ws://127.0.0.1:${this.#goodPort}${path}`;
  }

  /** Has the client connect. Settles once it has, or has not. */
  async connect(url: string, options: Omit<ConnectWith, 'name'> = {}): Promise<Attempt> {
    this.#attempts += 1;
    const name = `attempt ${this.#attempts}`;
    const outcome = await this.subject.ask<ConnectOutcome>({ about: 'connect', url, with: { ...options, name } });
    return { name, outcome };
  }

  /** What the handlers of an attempt's endpoint noted. */
  journal(name: string): Promise<readonly JournalEntry[]> {
    return this.subject.ask({ about: 'journal', name });
  }

  /** A process of ours with a server, for what only a whole process can do. */
  async spareServer(): Promise<{ readonly process: SubjectProcess; readonly url: string }> {
    const { subject, said } = await SubjectProcess.start<{ readonly port: number }>('server-process');
    return { process: subject, url: `ws://127.0.0.1:${said.port}/sink` };
  }

  clear(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
    this.#servers.clear();
  }

  async leave(): Promise<void> {
    this.clear();
    await Promise.all([this.subject.end(), this.#goodServer.end()]);
  }
}
