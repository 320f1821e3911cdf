import type { Clock } from './clock.js';

/** Something that may be late. It stands at most once in a sweep. */
export interface Deadline {
  /** Kept by the sweep: where in its heap this stands, or -1. Begin with -1. */
  heapIndex: number;
  /** The time has come. Returns when to look again (in the sweep's time), or 0 for never. Must not throw. */
  expire(now: number): number;
}

/** How often the sweep looks. A deadline is never early, and late by less than two of these. */
const TICK = 100;
/** A tick this late means that the event loop was blocked: input may be waiting that would have put a deadline off. */
const BLOCKED = 5 * TICK;

/**
 * One timer for every deadline of a container: handshakes, idle connections, keep-alive, closes. A binary heap by time,
 * so that a tick costs what is due and no more; activity moves nothing, since an item that has become later says so
 * when it is asked.
 */
export class DeadlineSweep {
  readonly #clock: Clock;
  readonly #origin: number;
  readonly #items: Deadline[] = [];
  readonly #times: number[] = [];
  readonly #tick = (): void => this.#sweep();
  #stop: (() => void) | null = null;
  #now = 1;
  #graced = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#origin = clock.now();
  }

  /**
   * Whole milliseconds since this sweep was made, at least 1, read once per tick: cheap enough to stamp every frame
   * with, and behind the truth by no more than a tick.
   */
  get now(): number {
    return this.#now;
  }

  /** How many deadlines stand. */
  get size(): number {
    return this.#items.length;
  }

  /** The exact time, for what is stamped rarely. */
  read(): number {
    this.#now = Math.floor(this.#clock.now() - this.#origin) + 1;
    return this.#now;
  }

  /** Has `item` asked at `time`, in place of whatever time stood for it. */
  schedule(item: Deadline, time: number): void {
    if (item.heapIndex === -1) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
      this.#times.push(time);
      if (this.#stop === null) {
        this.read();
        this.#stop = this.#clock.every(TICK, this.#tick);
      }
      this.#up(item.heapIndex);
    } else {
      this.#times[item.heapIndex] = time;
      this.#up(item.heapIndex);
      this.#down(item.heapIndex);
    }
  }

  /** The time that stands for `item`, 0 when there is none. */
  timeOf(item: Deadline): number {
    return item.heapIndex === -1 ? 0 : this.#times[item.heapIndex]!;
  }

  cancel(item: Deadline): void {
    const index = item.heapIndex;
    if (index === -1) {
      return;
    }
    item.heapIndex = -1;
    const last = this.#items.pop()!;
    const time = this.#times.pop()!;
    if (last !== item) {
      this.#put(index, last, time);
      this.#up(index);
      this.#down(last.heapIndex);
    }
    if (this.#items.length === 0) {
      this.#stop?.();
      this.#stop = null;
    }
  }

  #sweep(): void {
    const before = this.#now;
    const now = this.read();
    // Let the loop read what came meanwhile; the next tick judges, also where the loop is always this slow.
    this.#graced = now - before > BLOCKED && !this.#graced;
    if (this.#graced) {
      return;
    }
    while (this.#times.length > 0 && this.#times[0]! <= now) {
      const item = this.#items[0]!;
      const next = item.expire(now);
      if (next > 0) {
        this.schedule(item, Math.max(next, now + 1));
      } else {
        this.cancel(item);
      }
    }
  }

  #put(index: number, item: Deadline, time: number): void {
    this.#items[index] = item;
    this.#times[index] = time;
    item.heapIndex = index;
  }

  #up(index: number): void {
    const item = this.#items[index]!;
    const time = this.#times[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#times[parent]! <= time) break;
      this.#put(index, this.#items[parent]!, this.#times[parent]!);
      index = parent;
    }
    this.#put(index, item, time);
  }

  #down(index: number): void {
    const item = this.#items[index]!;
    const time = this.#times[index]!;
    const size = this.#items.length;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#times[child + 1]! < this.#times[child]!) child += 1;
      if (this.#times[child]! >= time) break;
      this.#put(index, this.#items[child]!, this.#times[child]!);
      index = child;
    }
    this.#put(index, item, time);
  }
}
