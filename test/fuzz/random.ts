/** Numbers that look random and are the same for the same seed (Mulberry32): a run can be had again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to and without `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  }

  /** Once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** As many as `count`, each made anew. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  bytes(length: number): Buffer {
    return Buffer.from(this.list(length, () => this.below(256)));
  }

  /** Mostly short, now and then at a length where frame headers change, rarely up to `most`. */
  length(most: number): number {
    const edges = [0, 1, 2, 3, 4, 5, 7, 8, 9, 124, 125, 126, 127, 128, 255, 256, 1023, 1024, 65535, 65536, 65537];
    const length = this.oneIn(4) ? this.pick(edges) : this.below(this.oneIn(8) ? most + 1 : 40);
    return Math.min(length, most);
  }

  /** Sizes of pieces: some byte by byte, some in odd pieces, some whole. */
  cuts(): number[] {
    const most = this.pick([0, 2, 5, 20, 200, 5000]);
    return most === 0 ? [] : this.list(this.below(60), () => this.below(most));
  }
}
