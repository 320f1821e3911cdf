/** What goes between the battery and the processes that it starts. */

/** What a subject is asked. */
export type Question =
  | { readonly about: 'standing' }
  | { readonly about: 'echoes' }
  /** What the handlers of one connection noted. */
  | { readonly about: 'journal'; readonly name: string }
  /** Has the second container closed. */
  | { readonly about: 'close'; readonly timeout: number }
  /** Has the client connect, and tells how that came out. */
  | { readonly about: 'connect'; readonly url: string; readonly with: ConnectWith };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export interface Answered {
  readonly id: number;
  readonly answer: unknown;
}

/** What a subject says of itself, after a collection: its heap in bytes, and how often its handlers ran. */
export interface SelfReport {
  readonly heap: number;
  readonly connects: number;
  readonly closes: number;
}

/** `text hello`, `close 1000 bye`: one call of a handler, or a report of the container. */
export type JournalEntry = string;

/** The echoes of the well-behaved connection since the last report; times in milliseconds. */
export interface EchoReport {
  readonly echoes: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** What went wrong with the connection, if anything did. */
  readonly failure: string | undefined;
}

/** What is to be connected with. */
export interface ConnectWith {
  /** The name of the journal that its handlers note in. */
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Sends so much, in messages of 64 KiB and each awaited, once it is open. */
  readonly sends?: number;
}

/** How it came out: opened, or the name and code of the error. */
export type ConnectOutcome = 'open' | `${string} ${string}`;
