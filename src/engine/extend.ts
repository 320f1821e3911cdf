import { ExtensionStack } from '../protocol/extensions/extension-stack.js';
import type { ExtensionAgreement } from '../protocol/extensions/negotiation.js';
import type { MessageLimits } from '../protocol/limits.js';
import type { ConnectionHandler } from './contract.js';
import type { EngineEnvironment } from './environment.js';
import { ExtendedHandler } from './extended-handler.js';
import { ExtendedOutgoing } from './extended-outgoing.js';
import type { OutgoingQueue } from './outgoing-queue.js';
import type { ConnectionSettings } from './settings.js';

/**
 * Puts the extensions of a connection between it and its two ends: a handler for what comes in, and a way out in front
 * of the queue. A connection without extensions has neither, and pays for neither.
 */
export function extend(
  connection: { readonly limits: MessageLimits },
  handler: ConnectionHandler,
  queue: OutgoingQueue,
  agreement: ExtensionAgreement,
  settings: ConnectionSettings,
  environment: EngineEnvironment,
): { readonly handler: ConnectionHandler; readonly outgoing: ExtendedOutgoing } {
  const stack: ExtensionStack = new ExtensionStack(agreement, {
    get limits() {
      return connection.limits;
    },
    wantsPieces: (opcode) => handler.wantsPieces(opcode),
    decoded: (frame) => handler.onData(frame),
    encoded: (frame) => outgoing.encoded(frame),
  });
  const outgoing: ExtendedOutgoing = new ExtendedOutgoing(queue, stack, {
    maxQueuedBytes: settings.maxQueuedBytes,
    // A client masks each frame with a key of its own (RFC 6455 §5.3): there is nothing to share.
    shareKey: environment.nextMask === undefined ? agreement.shareKey : null,
  });
  return { handler: new ExtendedHandler(handler, stack), outgoing };
}
