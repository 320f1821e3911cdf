import { isArrayBuffer } from 'node:util/types';

/** Whether a value is data rather than a text, bytes, or something that gives values one after the other. */
export function isPlainValue(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return true;
  }
  return (
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !isArrayBuffer(value) &&
    !isSequence(value)
  );
}

/** Whether a value gives others one after the other: an async iterable, or an iterator such as a generator's. Arrays, Sets and Maps are data. */
export function isSequence(value: object): value is AsyncIterable<unknown> | IterableIterator<unknown> {
  return (
    Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value && typeof value.next === 'function')
  );
}
