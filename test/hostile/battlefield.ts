import { RawPeer } from '../support/raw-peer.js';
import { Field } from './field.js';
import type { JournalEntry } from './subject/messages.js';
import { SubjectProcess } from './subject-process.js';
import { warmUp } from './warm-up.js';

export interface Conditions {
  /** File descriptors that the server may have open, standard streams and listening socket included. */
  readonly descriptorLimit?: number;
}

interface Ports {
  readonly port: number;
  readonly secondPort: number;
}

/** A server process, a well-behaved connection to it in another process, and the raw sockets of the attacker here. */
export class Battlefield extends Field {
  readonly port: number;
  /** Of a second container in the same process. */
  readonly secondPort: number;
  readonly #peers = new Set<RawPeer>();

  private constructor(server: SubjectProcess, visitor: SubjectProcess, { port, secondPort }: Ports) {
    super(server, visitor);
    this.port = port;
    this.secondPort = secondPort;
  }

  static async prepare({ descriptorLimit }: Conditions = {}): Promise<Battlefield> {
    const { subject: server, said: ports } = await SubjectProcess.start<Ports>('server-process', [], descriptorLimit);
    await warmUp(ports.port);
    const { subject: visitor } = await SubjectProcess.start('visitor-process', [String(ports.port)]);
    return new Battlefield(server, visitor, ports);
  }

  /** What the endpoint `/journal` and its like told of one connection, by the name in its query. */
  journal(name: string): Promise<readonly JournalEntry[]> {
    return this.subject.ask({ about: 'journal', name });
  }

  /** Begins to close the second container. Settles at once; `journal` tells of the end. */
  async closeContainer(timeout: number): Promise<void> {
    await this.subject.ask({ about: 'close', timeout });
  }

  /** An open connection. The battlefield cleans it up if the attack doesn't. */
  async open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawPeer> {
    return this.#keep(await RawPeer.open(this.port, path, headers));
  }

  /** Several, a few at a time. */
  async openMany(count: number, path: string): Promise<RawPeer[]> {
    const peers: RawPeer[] = [];
    while (peers.length < count) {
      const some = Math.min(100, count - peers.length);
      peers.push(...(await Promise.all(Array.from({ length: some }, () => this.open(path)))));
    }
    return peers;
  }

  /** A TCP connection on which nothing has been sent. */
  async connect(port = this.port): Promise<RawPeer> {
    return this.#keep(await RawPeer.connect(port));
  }

  clear(): void {
    for (const peer of this.#peers) peer.destroy();
    this.#peers.clear();
  }

  async leave(): Promise<void> {
    this.clear();
    await Promise.all([this.watched.end(), this.subject.end()]);
  }

  #keep(peer: RawPeer): RawPeer {
    this.#peers.add(peer);
    peer.socket.on('close', () => this.#peers.delete(peer));
    return peer;
  }
}
