import type { Encoder } from '../messages/codec.js';
import type { MessageForm } from './message-form.js';
import type { Session } from './session.js';

/** The name of a method that was seen to exist at registration. */
export type MethodName = 'a method of the endpoint';

/** An endpoint's instance as the compiled table sees it: something with the methods that were seen at registration. */
export type Instance = Readonly<Record<MethodName, (...args: unknown[]) => unknown>>;

/**
 * Calls one method of an instance with what it takes of a session and the event's values, in the method's own order.
 * Returns what the method returned; for a message that could not be decoded, an `Undecoded`.
 */
export type Invoker = (instance: Instance, session: Session, first?: unknown, second?: unknown) => unknown;

/** Messages of a kind that are handed on while they arrive. */
export interface ArrivingMessages {
  readonly form: MessageForm;
  /** first: a string or Buffer, second: whether it is the last; or first: a stream */
  readonly invoke: Invoker;
}

/**
 * What an endpoint does on each event: null, or the call, specialised to the method's signature. Frozen, shared by
 * all connections of the endpoint, and the same whatever the flavour the endpoint was declared in.
 *
 * Invariant: a table never changes after registration.
 */
export interface DispatchTable {
  readonly connect: Invoker | null;
  /** Whole text messages, decoded and routed within the call where that is to be. first: string */
  readonly text: Invoker | null;
  /** Whole binary messages. first: Buffer */
  readonly binary: Invoker | null;
  /** Text messages in parts or as streams; at most one of this and `text` is there. */
  readonly arrivingText: ArrivingMessages | null;
  /** Binary messages in parts or as streams; at most one of this and `binary` is there. */
  readonly arrivingBinary: ArrivingMessages | null;
  /** first: Frame */
  readonly frame: Invoker | null;
  /** first: Buffer */
  readonly ping: Invoker | null;
  /** first: Buffer */
  readonly pong: Invoker | null;
  /** first: number, second: string */
  readonly close: Invoker | null;
  /** first: Error */
  readonly error: Invoker | null;
  /** The errors that `error` takes: `Error` itself, or the one subclass that its handler declares. */
  readonly errorType: ErrorClass;
  /** In the order in which they are asked. */
  readonly encoders: readonly Encoder[];
}

export type ErrorClass = abstract new (...args: never[]) => Error;
