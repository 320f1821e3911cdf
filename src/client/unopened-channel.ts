import type { Channel } from '../engine/contract.js';
import { SessionClosedError } from '../protocol/errors.js';
import { DEFAULT_LIMITS } from '../protocol/limits.js';

const NOWHERE = Object.freeze({ address: undefined, port: undefined, family: undefined });

/**
 * The channel of a session that never opened: an error handler that is told why gets a session like any other, which
 * is closed and sends nothing.
 */
export function unopenedChannel(isSecure: boolean): Channel {
  const refuse = (): Promise<void> => {
    throw new SessionClosedError(
      'The session never opened: nothing can be sent. The error that came with it says why.',
    );
  };
  return {
    isOpen: false,
    isSecure,
    remoteAddress: NOWHERE,
    localAddress: NOWHERE,
    queuedBytes: 0,
    drained: () => undefined,
    partsEnded: () => undefined,
    limits: DEFAULT_LIMITS,
    idleTimeout: 0,
    sendText: refuse,
    sendBinary: refuse,
    sendPartialText: refuse,
    sendPartialBinary: refuse,
    sendPrepared: refuse,
    sendPing: refuse,
    sendPong: refuse,
    close: () => undefined,
    disconnect: () => undefined,
    fail: () => undefined,
  };
}
