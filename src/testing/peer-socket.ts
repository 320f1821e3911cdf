import { MemoryTransport } from './memory-transport.js';

export interface PeerAddress {
  readonly remoteAddress: string;
  /** As if over TLS (`wss:`). */
  readonly secure: boolean;
}

/** The server's end of a connection in memory, which says of itself what a network socket would say. */
export class PeerSocket extends MemoryTransport {
  readonly remoteAddress: string;
  readonly remotePort = 50_000;
  readonly remoteFamily: string;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 80;
  readonly localFamily = 'IPv4';
  readonly encrypted: boolean;

  constructor({ remoteAddress, secure }: PeerAddress) {
    super();
    this.remoteAddress = remoteAddress;
    this.remoteFamily = remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
    this.encrypted = secure;
  }
}
