/** The errors with which the engine itself ends a connection. */
import { CloseCode } from '../protocol/close-code.js';
import { PolicyViolationError, TimeoutError } from '../protocol/errors.js';

export function idleTimedOut(idleTimeout: number): TimeoutError {
  return new TimeoutError(
    'MOORAGE_IDLE_TIMEOUT',
    `No frame was sent or received for ${idleTimeout} ms (idleTimeout).`,
    CloseCode.GoingAway,
    'Idle timeout',
  );
}

export function keepAliveTimedOut(): TimeoutError {
  return new TimeoutError(
    'MOORAGE_KEEP_ALIVE_TIMEOUT',
    'The peer sent nothing in answer to a keep-alive ping: it is gone, or the network is.',
    CloseCode.Abnormal,
    '',
  );
}

export function slowConsumer(queuedBytes: number): PolicyViolationError {
  return new PolicyViolationError(
    'MOORAGE_SLOW_CONSUMER',
    `${queuedBytes} bytes are queued for a peer that reads too slowly, over the limit of maxQueuedBytes. Await the sends, drop messages for slow peers, or raise the limit.`,
  );
}
