import { declareFrontEnd } from '../endpoint/front-end.js';
import type { CloseReason } from './close-reason.js';
import { compileJakarta } from './compile.js';
import type { EndpointConfig } from './endpoint-config.js';
import { markProgrammatic } from './endpoint-mark.js';
import type { Session } from './session.js';

/**
 * What endpoints extend that are written without decorators of methods. Messages go to the handlers that `onOpen` adds.
 * `@ServerEndpoint` before the class is for its path and options, where it has any; `addEndpoint('/path', Type)` needs none.
 *
 * ```ts
 * class Echo extends Endpoint {
 *   onOpen(session: Session) {
 *     session.addMessageHandler(String, (text) => session.getBasicRemote().sendText(text));
 *   }
 * }
 * container.addEndpoint('/echo', Echo);
 * ```
 */
export abstract class Endpoint {
  abstract onOpen(session: Session, config: EndpointConfig): void | PromiseLike<void>;
  /** The connection has ended; the last event. */
  onClose?(session: Session, closeReason: CloseReason): void | PromiseLike<void>;
  /** What ended the connection before its time. Comes before close, at most once. */
  onError?(session: Session, cause: Error): void | PromiseLike<void>;
}

markProgrammatic(Endpoint);
declareFrontEnd(Endpoint, compileJakarta);
