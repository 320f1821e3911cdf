import type { DeclaredEvent } from './declaration.js';

/** The events of a dispatch table. */
export type TableEvent = 'connect' | 'text' | 'binary' | 'frame' | 'ping' | 'pong' | 'close' | 'error';

/** Messages in the forms that are not whole text or bytes: what their handlers take differs, what they are for does not. */
export type FormEvent = 'text-partial' | 'binary-partial' | 'text-stream' | 'binary-stream' | 'decoded';

/** What a handler's parameter can be given: the session, or one of the event's values. */
export type Argument =
  | 'session'
  | 'string'
  | 'bytes'
  | 'last'
  | 'stream'
  | 'value'
  | 'frame'
  | 'code'
  | 'reason'
  | 'error';

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

/** What the handlers of each event and form take. */
export const SIGNATURE_RULES: Readonly<Record<TableEvent | FormEvent, EventRule>> = {
  ...EVENT_RULES,
  'text-partial': {
    title: 'text messages',
    values: ['string', 'last'],
    required: true,
    typed: 'a String (the part), a Boolean (whether it is the last), and a Session if wanted, in any order',
    plain: '(part, last) or (session, part, last)',
  },
  'binary-partial': {
    title: 'binary messages',
    values: ['bytes', 'last'],
    required: true,
    typed:
      'a Buffer, Uint8Array or ArrayBuffer (the part), a Boolean (whether it is the last), and a Session if wanted, in any order',
    plain: '(part, last) or (session, part, last)',
  },
  'text-stream': streamed('text messages'),
  'binary-stream': streamed('binary messages'),
  decoded: {
    title: 'decoded messages',
    values: ['value'],
    required: true,
    typed: 'the decoded message, and a Session if wanted, in any order',
    plain: '(message) or (session, message)',
  },
};

function streamed(title: string): EventRule {
  return {
    title,
    values: ['stream'],
    required: true,
    typed: 'a Readable or ReadableStream, as its kind says, and a Session if wanted, in any order',
    plain: '(stream) or (session, stream)',
  };
}

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
