import { MoorageError } from '../protocol/errors.js';

/** A URL that no WebSocket can be opened to. Code `MOORAGE_INVALID_URL`. */
export class InvalidUrlError extends MoorageError {
  override readonly name = 'InvalidUrlError';

  constructor(message: string, options?: ErrorOptions) {
    super('MOORAGE_INVALID_URL', message, options);
  }
}

/**
 * The server could not be reached, or ended the connection before it had answered: DNS, TCP, TLS, a proxy. Code
 * `MOORAGE_CONNECT_FAILED`; `cause` is Node's error, with its own `code` (`ECONNREFUSED`, `ENOTFOUND`, …).
 */
export class ConnectError extends MoorageError {
  override readonly name = 'ConnectError';

  constructor(message: string, options?: ErrorOptions) {
    super('MOORAGE_CONNECT_FAILED', message, options);
  }
}

/**
 * The opening handshake took longer than its timeout, all of it together: hooks, DNS, TCP, TLS, interim answers and
 * redirects. Code `MOORAGE_HANDSHAKE_TIMEOUT`.
 */
export class HandshakeTimeoutError extends MoorageError {
  override readonly name = 'HandshakeTimeoutError';

  constructor(milliseconds: number, where: string) {
    super(
      'MOORAGE_HANDSHAKE_TIMEOUT',
      `No WebSocket to ${where} within ${milliseconds} ms: the server, or something on the way, does not answer. Raise the option timeout if it is only slow.`,
    );
  }
}

/** A client was asked for what its state rules out. Code `MOORAGE_CLIENT_CLOSED`. */
export class ClientError extends MoorageError {
  override readonly name = 'ClientError';

  constructor() {
    super('MOORAGE_CLIENT_CLOSED', 'The client is closing or closed and connects no more: make another one.');
  }
}
