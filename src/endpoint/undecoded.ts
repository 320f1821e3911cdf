import type { DecodeError } from '../messages/codec-errors.js';

/** Comes from an invoker in the place of a method's value: the message could not be decoded, and no method was called. */
export class Undecoded {
  constructor(readonly error: DecodeError) {}
}
