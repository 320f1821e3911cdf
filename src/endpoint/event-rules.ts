import type { DeclaredEvent, MessageKind } from './declaration.js';

/** The events of a dispatch table. */
export type TableEvent = 'connect' | 'text' | 'binary' | 'frame' | 'ping' | 'pong' | 'close' | 'error';

/** What a handler's parameter can be given: the session, or one of the event's values. */
export type Argument = 'session' | 'string' | 'bytes' | 'frame' | 'code' | 'reason' | 'error';

export interface EventRule {
  /** For messages: what the handler handles. */
  readonly title: string;
  /** The event's values in Jetty's order. With the session before them they are all that a handler can take. */
  readonly values: readonly Argument[];
  /** Whether a handler must take the value: what else would it be for? */
  readonly required: boolean;
  /** The accepted forms where the parameter types are known. */
  readonly typed: string;
  /** The accepted forms where they aren't. */
  readonly plain: string;
}

export const EVENT_RULES: Readonly<Record<TableEvent, EventRule>> = {
  connect: {
    title: 'the connect event',
    values: [],
    required: false,
    typed: 'a Session, or nothing',
    plain: '() or (session)',
  },
  text: {
    title: 'text messages',
    values: ['string'],
    required: true,
    typed: 'a String, and a Session if wanted, in any order',
    plain: '(text) or (session, text)',
  },
  binary: {
    title: 'binary messages',
    values: ['bytes'],
    required: true,
    typed: 'a Buffer, Uint8Array or ArrayBuffer, and a Session if wanted, in any order',
    plain: '(data) or (session, data)',
  },
  frame: {
    title: 'frames',
    values: ['frame'],
    required: true,
    typed: 'a Frame, and a Session if wanted, in any order',
    plain: '(frame) or (session, frame)',
  },
  ping: heartbeat('pings'),
  pong: heartbeat('pongs'),
  close: {
    title: 'the close event',
    values: ['code', 'reason'],
    required: false,
    typed: 'any of a Number (the status code), a String (the reason) and a Session, in any order',
    plain: '(), (statusCode, reason) or (session, statusCode, reason)',
  },
  error: {
    title: 'errors',
    values: ['error'],
    required: true,
    typed: 'an Error or a subclass of it, and a Session if wanted, in any order',
    plain: '(cause) or (session, cause)',
  },
};

function heartbeat(title: string): EventRule {
  return {
    title,
    values: ['bytes'],
    required: false,
    typed: 'any of a Buffer, Uint8Array or ArrayBuffer (the payload) and a Session, in any order',
    plain: '(), (payload) or (session, payload)',
  };
}

/** The name that a decorator is exported under. */
export function decoratorName(event: DeclaredEvent): string {
  return `@OnWebSocket${event.charAt(0).toUpperCase()}${event.slice(1)}`;
}

/** The form in which bytes are handed over. */
export type BytesForm = 'Buffer' | 'Uint8Array' | 'ArrayBuffer';

/** The kinds that can be written out, the event each stands for, and the form of bytes if only one will do. */
export const MESSAGE_KINDS: Readonly<
  Record<MessageKind, { readonly event: 'text' | 'binary'; readonly form: BytesForm | undefined }>
> = {
  text: { event: 'text', form: undefined },
  binary: { event: 'binary', form: undefined },
  uint8array: { event: 'binary', form: 'Uint8Array' },
  arraybuffer: { event: 'binary', form: 'ArrayBuffer' },
};

export function isMessageKind(kind: unknown): kind is MessageKind {
  return typeof kind === 'string' && Object.hasOwn(MESSAGE_KINDS, kind);
}
