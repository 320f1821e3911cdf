import type { Session } from './session.js';

/** The name of a method that was seen to exist at registration. */
export type MethodName = 'a method of the endpoint';

/** An endpoint's instance as the compiled table sees it: something with the methods that were seen at registration. */
export type Instance = Readonly<Record<MethodName, (...args: unknown[]) => unknown>>;

/**
 * Calls one method of an instance with what it takes of a session and the event's values, in the method's own order.
 * Returns what the method returned.
 */
export type Invoker = (instance: Instance, session: Session, first?: unknown, second?: unknown) => unknown;

/**
 * What an endpoint does on each event: null, or the call, specialised to the method's signature. Frozen, shared by
 * all connections of the endpoint, and the same whatever the flavour the endpoint was declared in.
 *
 * Invariant: a table never changes after registration.
 */
export interface DispatchTable {
  readonly connect: Invoker | null;
  /** first: string */
  readonly text: Invoker | null;
  /** first: Buffer */
  readonly binary: Invoker | null;
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
}

export type ErrorClass = abstract new (...args: never[]) => Error;
