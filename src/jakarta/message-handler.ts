import type { PongMessage } from './pong-message.js';

abstract class WholeMessageHandler<T> {
  /** A promise holds the next message until it settles; what is returned is sent, as of `@OnMessage`. */
  abstract onMessage(message: T): unknown;
}

abstract class PartialMessageHandler<T extends string | Buffer> {
  /** Called with each part of a message, in order. */
  abstract onMessage(part: T, last: boolean): unknown;
}

/**
 * What message handlers extend that are not just functions: whole messages, or messages in parts.
 *
 * ```ts
 * session.addMessageHandler(Buffer, new (class extends MessageHandler.Partial<Buffer> {
 *   onMessage(part: Buffer, last: boolean) { file.write(part); }
 * })());
 * ```
 */
export const MessageHandler = { Whole: WholeMessageHandler, Partial: PartialMessageHandler } as const;

export type WholeHandler<T> = WholeMessageHandler<T> | ((message: T) => unknown);
export type PartialHandler<T extends string | Buffer> = PartialMessageHandler<T>;

/** Any of them. */
export type AnyMessageHandler =
  | WholeHandler<never>
  | PartialHandler<string>
  | PartialHandler<Buffer>
  | WholeHandler<PongMessage>;

/** A handler as it is called. */
export type Call = (first: unknown, last: unknown) => unknown;

export function callOf(handler: AnyMessageHandler): Call | undefined {
  if (typeof handler === 'function') {
    return handler as Call;
  }
  const { onMessage } = (handler ?? {}) as { onMessage?: unknown };
  return typeof onMessage === 'function' ? (onMessage.bind(handler) as Call) : undefined;
}

export function takesParts(handler: AnyMessageHandler): boolean {
  return handler instanceof PartialMessageHandler;
}
