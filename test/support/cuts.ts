/** Cuts bytes into pieces of these sizes, the last as long as need be; a size of 0 gives an empty piece. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(Buffer.from(bytes.subarray(at, at + size)));
    at = Math.min(at + size, bytes.length);
  }
  pieces.push(Buffer.from(bytes.subarray(at)));
  return pieces;
}
