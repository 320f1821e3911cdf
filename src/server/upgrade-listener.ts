import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../protocol/handshake/request-head.js';
import { answerPlainRequest, isPlainRequest } from './plain-request.js';
import { ignoreError } from './refusal-writer.js';
import type { UpgradableServer } from './upgradable-server.js';

/** Takes an upgrade and says so at once; false leaves it to whoever else listens. */
export interface UpgradeTaker {
  take(head: RequestHead, socket: Duplex, firstBytes: Buffer): boolean;
  /** An upgrade that nobody takes. */
  decline(head: RequestHead, socket: Duplex): void;
}

type Listener = (request: IncomingMessage, socket: Duplex, firstBytes: Buffer) => void;

/** The listeners of all containers of the process, to tell them from other libraries'. */
const containers = new WeakSet<Listener>();

/** Requests that a container took while another listener was still to be asked. */
const taken = new WeakSet<IncomingMessage>();

/**
 * Stands among the `upgrade` listeners of an HTTP server. What matches no endpoint is another listener's to answer,
 * unless there are none but containers: then the last of them declines what none of them took. What matches endpoints of
 * several containers is for the one that listened first.
 */
export class UpgradeListener {
  readonly #server: UpgradableServer;
  readonly #listener: Listener;

  constructor(server: UpgradableServer, taker: UpgradeTaker) {
    this.#server = server;
    this.#listener = (request, socket, firstBytes) => {
      if (taken.has(request)) {
        return; // By a container that listened before, for the same path: two answers would garble each other.
      }
      if (!socket.writable) {
        // Pipelined behind a request whose answer was the last on this connection. Node has let go of the socket.
        socket.on('error', ignoreError).resume();
        return;
      }
      const head = headOf(request, socket);
      if (taker.take(head, socket, firstBytes)) {
        if (server.listenerCount('upgrade') > 1) {
          taken.add(request);
        }
      } else if (this.#isLastResort()) {
        if (isPlainRequest(request) && server.listenerCount('request') > 0) {
          answerPlainRequest(server, request, socket);
        } else {
          taker.decline(head, socket);
        }
      }
    };
    containers.add(this.#listener);
    server.on('upgrade', this.#listener);
  }

  detach(): void {
    this.#server.off('upgrade', this.#listener);
  }

  #isLastResort(): boolean {
    const listeners = this.#server.listeners('upgrade') as Listener[];
    return listeners.at(-1) === this.#listener && listeners.every((each) => containers.has(each));
  }
}

function headOf(request: IncomingMessage, socket: Duplex): RequestHead {
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    rawHeaders: request.rawHeaders,
    secure: 'encrypted' in socket && socket.encrypted === true,
  };
}
