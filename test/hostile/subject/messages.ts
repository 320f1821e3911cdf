/** What goes between the battery and the processes that it starts. */

/** What a subject says of itself, after a collection: its heap in bytes, and how often its handlers ran. */
export interface SelfReport {
  readonly heap: number;
  readonly connects: number;
  readonly closes: number;
}

/** The echoes of the well-behaved connection since the last report; times in milliseconds. */
export interface EchoReport {
  readonly echoes: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** What went wrong with the connection, if anything did. */
  readonly failure: string | undefined;
}
