import type { Instance, Invoker, MethodName } from './dispatch-table.js';
import { type BytesForm, type FormEvent, SIGNATURE_RULES, type TableEvent } from './event-rules.js';
import type { Signature } from './signature.js';

/**
 * For each order in which a method m of an instance i can take the session s and an event's values a and b, the call.
 * They are spelt out so that a message costs a plain call: no array of arguments, no loop, no question asked twice.
 *
 * The method is found by its name on the instance, so that an override runs, and a spy that a test puts there.
 */
const CALLS: Readonly<Record<string, (m: MethodName) => Invoker>> = {
  '': (m) => (i) => i[m](),
  s: (m) => (i, s) => i[m](s),
  a: (m) => (i, _s, a) => i[m](a),
  b: (m) => (i, _s, _a, b) => i[m](b),
  sa: (m) => (i, s, a) => i[m](s, a),
  sb: (m) => (i, s, _a, b) => i[m](s, b),
  as: (m) => (i, s, a) => i[m](a, s),
  ab: (m) => (i, _s, a, b) => i[m](a, b),
  bs: (m) => (i, s, _a, b) => i[m](b, s),
  ba: (m) => (i, _s, a, b) => i[m](b, a),
  sab: (m) => (i, s, a, b) => i[m](s, a, b),
  sba: (m) => (i, s, a, b) => i[m](s, b, a),
  asb: (m) => (i, s, a, b) => i[m](a, s, b),
  abs: (m) => (i, s, a, b) => i[m](a, b, s),
  bsa: (m) => (i, s, a, b) => i[m](b, s, a),
  bas: (m) => (i, s, a, b) => i[m](b, a, s),
};

/** The call of a method for an event, as its signature wants it. */
export function invokerFor(event: TableEvent | FormEvent, method: PropertyKey, signature: Signature): Invoker {
  const [first] = SIGNATURE_RULES[event].values;
  const order = signature.arguments.map((argument) => (argument === 'session' ? 's' : argument === first ? 'a' : 'b'));
  const call = CALLS[order.join('')];
  if (call === undefined) {
    throw new TypeError(`No call for the arguments (${signature.arguments.join(', ')})`);
  }
  const invoke = call(method as MethodName);
  return signature.arguments.includes('bytes') ? withBytes(invoke, signature.bytesForm) : invoke;
}

/** A connection's bytes are Buffers; who asked for another form pays for it, and nobody else. */
export function withBytes(invoke: Invoker, form: BytesForm): Invoker {
  switch (form) {
    case 'Buffer':
      return invoke;
    case 'Uint8Array':
      return (i: Instance, s, bytes, last) => invoke(i, s, viewOf(bytes as Buffer), last);
    case 'ArrayBuffer':
      return (i: Instance, s, bytes, last) => invoke(i, s, copyOf(bytes as Buffer), last);
  }
}

/** The same bytes without the methods of a Buffer, whose `slice` is not a copy. */
function viewOf(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An ArrayBuffer has no offset: its bytes must be its own. */
function copyOf(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
