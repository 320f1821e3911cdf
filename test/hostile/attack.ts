import type { Battlefield, Conditions, Standing } from './battlefield.js';

/** One way to attack a server, and what has to hold meanwhile. */
export interface Attack {
  readonly name: string;
  /** What the server has to keep to, in words. */
  readonly demand: string;
  readonly conditions?: Conditions;
  /** The handlers hold the thread on purpose: the well-behaved connection has to wait for them. */
  readonly blocks?: boolean;
  /**
   * Attacks, and says in a few words what came of it.
   *
   * @param watch tells how the server stands while the attack is at its height, for the report and for the attack to judge.
   * @throws Error when the demand isn't met.
   */
  run(field: Battlefield, watch: () => Promise<Standing>, before: Standing): Promise<string>;
}
