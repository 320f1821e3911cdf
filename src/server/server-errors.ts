import { MoorageError } from '../protocol/errors.js';

/**
 * A container was asked for what its state rules out: `MOORAGE_CONTAINER_CLOSED`, `MOORAGE_ALREADY_LISTENING`,
 * `MOORAGE_SERVER_GIVEN` or `MOORAGE_UNKNOWN_ENDPOINT`; or it reports `MOORAGE_BROKER_NOT_CLOSED`.
 */
export class ContainerError extends MoorageError {
  override readonly name = 'ContainerError';
}

export function containerClosed(): ContainerError {
  return new ContainerError(
    'MOORAGE_CONTAINER_CLOSED',
    'The container is closing or closed and takes nothing new: make another one.',
  );
}

/** A port could not be listened on: `MOORAGE_ADDRESS_IN_USE` or `MOORAGE_LISTEN_FAILED`; `cause` is Node's error. */
export class ListenError extends MoorageError {
  override readonly name = 'ListenError';
}

export function listenError(cause: NodeJS.ErrnoException, port: number, host: string | undefined): ListenError {
  const address = host === undefined ? `port ${port}` : `${host}:${port}`;
  if (cause.code === 'EADDRINUSE') {
    return new ListenError(
      'MOORAGE_ADDRESS_IN_USE',
      `Can't listen on ${address}: another process uses it. Stop that one, or choose another port (0 takes any free one).`,
      { cause },
    );
  }
  if (cause.code === 'ERR_SOCKET_BAD_PORT' || cause.code === 'ERR_INVALID_ARG_VALUE') {
    return new ListenError(
      'MOORAGE_LISTEN_FAILED',
      `Can't listen on ${address}: a port is a whole number from 0 (any free one) to 65535.`,
      { cause },
    );
  }
  const mend =
    cause.code === 'EACCES'
      ? 'Ports below 1024 often need more rights: choose a higher one.'
      : 'Check that the host is an address of this machine and the port is free.';
  return new ListenError('MOORAGE_LISTEN_FAILED', `Can't listen on ${address}: ${cause.message}. ${mend}`, { cause });
}
