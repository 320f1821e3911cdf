/** What goes between the soak and the two processes that it starts. */

export interface Sample {
  /** Seconds since the soak began. */
  readonly at: number;
  /** Whether all garbage was collected just before. */
  readonly collected: boolean;
  /** Bytes. */
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
  readonly sessions: number;
  readonly descriptors: number | undefined;
  readonly handles: number;
  /** What they are, for whoever looks for one too many. */
  readonly handleKinds: string;
  /** Milliseconds, the 99th percentile since the sample before. */
  readonly delay: number;
  /** Percent of a core since the sample before. */
  readonly cpu: number;
}

/** To the server. Answered with a `Sample` without its time. */
export interface SampleRequest {
  readonly collect: boolean;
}

/** To the load: report, and end when it is told to; answered with a `LoadReport`. */
export interface LoadRequest {
  readonly stop: boolean;
}

export interface LoadReport {
  /** How often each kind of work was done, by its name. */
  readonly done: Readonly<Record<string, number>>;
  /** What the server answered otherwise than it must; the first few. */
  readonly failures: readonly string[];
  readonly failed: number;
}
