import { isArrayBuffer, isUint8Array } from 'node:util/types';

/** Bytes in any of the forms that users send, as a Uint8Array over the same memory; also those of another realm, such as a test runner's. */
export function toBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array || isUint8Array(data)) {
    return data;
  }
  return isArrayBuffer(data) ? new Uint8Array(data) : undefined;
}
