import type { Instance, Invoker, MethodName } from '../endpoint/dispatch-table.js';
import type { Session as NativeSession } from '../endpoint/session.js';

/** Gives a parameter its value, of the session and the event's values. */
export type Give = (session: NativeSession, first: unknown, second: unknown) => unknown;

export const giveSession: Give = (session) => session;
export const giveFirst: Give = (_session, first) => first;
export const giveSecond: Give = (_session, _first, second) => second;

/** The call of a method whose parameters are given so. Spelt out for the common ones, so that a message makes no array. */
export function callerOf(method: PropertyKey, gives: readonly Give[]): Invoker {
  const m = method as MethodName;
  const [a, b, c, d] = gives as [Give, Give, Give, Give];
  switch (gives.length) {
    case 0:
      return (i: Instance) => i[m]();
    case 1:
      return (i, s, x, y) => i[m](a(s, x, y));
    case 2:
      return (i, s, x, y) => i[m](a(s, x, y), b(s, x, y));
    case 3:
      return (i, s, x, y) => i[m](a(s, x, y), b(s, x, y), c(s, x, y));
    case 4:
      return (i, s, x, y) => i[m](a(s, x, y), b(s, x, y), c(s, x, y), d(s, x, y));
    default:
      return (i, s, x, y) => i[m](...gives.map((give) => give(s, x, y)));
  }
}

/** A call whose value is sent, for an event that has no reply of its own. */
export function replying(call: Invoker): Invoker {
  return (instance, session, first) => {
    const value = call(instance, session, first);
    return value === undefined ? undefined : Promise.resolve(value).then((reply) => sendReply(session, reply));
  };
}

function sendReply(session: NativeSession, reply: unknown): Promise<void> | undefined {
  return reply === undefined || reply === null || !session.isOpen ? undefined : session.send(reply);
}
