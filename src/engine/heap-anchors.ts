/**
 * Keeps the C library from giving memory back that the next messages take again.
 *
 * Node reads into memory of malloc's, which is free again with the next garbage collection, all of it at once. glibc
 * returns what is free at the end of its heap to the kernel, and asks for it anew with every few messages, page by page and
 * each page cleared: a third of what a message of 16 KiB costs. A block that is in use at the end of the heap prevents
 * it. So a chunk is kept now and then for a while, far enough apart that among the last of them is one near the end.
 *
 * Keeps at most `PLACES` chunks, 1 MiB in all; the heap gets no larger than it was.
 */

/** Shorter chunks leave too little behind to matter. */
export const ANCHORED_FROM = 4 * 1024;
/** Bytes that come in from one anchor to the next. */
const DISTANCE = 2 * 1024 * 1024;
/** Together they reach back further than from one collection to the next. */
const PLACES = 16;

const anchors: Buffer[] = [];
let place = 0;
let distance = 0;

/** A chunk of at least `ANCHORED_FROM` bytes has come in. */
export function anchor(chunk: Buffer): void {
  distance += chunk.length;
  if (distance >= DISTANCE) {
    distance = 0;
    anchors[place] = chunk;
    place = (place + 1) % PLACES;
  }
}
