import type { Duplex } from 'node:stream';
import type { Deadline, DeadlineSweep } from '../engine/deadline-sweep.js';

/** How long the peer of a refused upgrade may take to read the answer and close. */
const LINGER = 800;

/** Does nothing with an error: `close` follows it, and there is nobody to tell. */
export function ignoreError(): void {}

/**
 * Writes an HTTP response, ends the connection, and destroys it before long.
 *
 * What the peer goes on sending is taken and thrown away meanwhile: a socket that is closed with unread bytes is reset,
 * and a reset can overtake the response on its way to the peer.
 */
export function answerAndClose(socket: Duplex, response: string, sweep: DeadlineSweep): void {
  // A transport that breaks while the answer is on its way must not end the process.
  socket.on('error', ignoreError);
  socket.end(response);
  socket.resume();
  const linger = new Linger(socket);
  sweep.schedule(linger, sweep.read() + LINGER);
  socket.once('close', () => sweep.cancel(linger));
}

class Linger implements Deadline {
  heapIndex = -1;
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  expire(): number {
    this.#socket.destroy();
    return 0;
  }
}
