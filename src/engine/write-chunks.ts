import { OutgoingSlab } from './outgoing-slab.js';
import type { Transport } from './transport.js';

/** Scattered frames of one turn up to this total are joined into one chunk before they are written. */
const JOINED_UP_TO = OutgoingSlab.LARGEST;

/** Gives chunks, of which there is at least one, to the transport in one write: joined when that costs less than gathering. */
export function writeChunks(transport: Transport, slab: OutgoingSlab, chunks: readonly Buffer[]): void {
  if (chunks.length === 1) {
    transport.write(chunks[0]!);
    return;
  }
  let total = 0;
  for (const chunk of chunks) {
    total += chunk.length;
  }
  if (total > JOINED_UP_TO) {
    transport.writeAll(chunks);
    return;
  }
  slab.reserve(total);
  const { buffer, position: start } = slab;
  let at = start;
  for (const chunk of chunks) {
    at += chunk.copy(buffer, at);
  }
  slab.commit(at);
  transport.write(buffer.subarray(start, at));
}
