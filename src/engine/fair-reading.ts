/**
 * Fairness between the streams of the process: libuv reads up to 32 chunks of a socket before it looks at the next one, and
 * 2 MiB of tiny frames are a tenth of a second and more. So a stream that took long has to rest until the others have
 * been looked at. Pausing and resuming go through here alone, so that a rest and backpressure don't undo each other.
 */
import type { Duplex } from 'node:stream';

/** As much as Node reads at once: there is more, and it comes before any other stream gets its turn. */
export const FULL_CHUNK = 64 * 1024;
/** Milliseconds that one stream's bytes may keep the others waiting. */
const LONGEST_RUN = 5;

/** The stream whose full chunks come one after the other in this turn of the loop, and since when. */
let running: Duplex | null = null;
let runningSince = 0;
/** Streams that wait for the next turn of the loop, and whether they are to be read then. */
const resting = new Map<Duplex, boolean>();

/** Whether bytes are let in, now or after a rest. */
export function isReading(stream: Duplex): boolean {
  return resting.get(stream) ?? !stream.isPaused();
}

/** Lets bytes in or holds them back; for a stream that rests, from the end of its rest on. */
export function setReading(stream: Duplex, wanted: boolean): void {
  if (resting.size > 0 && resting.has(stream)) {
    resting.set(stream, wanted);
  } else if (wanted === stream.isPaused()) {
    if (wanted) {
      stream.resume();
    } else {
      stream.pause();
    }
  }
}

/** After a full chunk of `stream` has been dealt with: sends it to rest when it has kept the others waiting for long. */
export function takeTurns(stream: Duplex): void {
  const now = performance.now();
  if (running !== stream) {
    if (running === null) {
      setImmediate(endRun);
    }
    running = stream;
    runningSince = now;
  } else if (now - runningSince >= LONGEST_RUN && !stream.isPaused()) {
    if (resting.size === 0) {
      setImmediate(wakeUp);
    }
    resting.set(stream, true);
    stream.pause();
  }
}

function endRun(): void {
  running = null;
}

function wakeUp(): void {
  const rested = [...resting];
  resting.clear();
  for (const [stream, wanted] of rested) {
    if (wanted && !stream.destroyed) {
      stream.resume();
    }
  }
}
