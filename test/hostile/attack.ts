import type { Battlefield, Conditions } from './battlefield.js';
import type { ClientField } from './client-field.js';
import type { Field, Standing } from './field.js';
import type { Row } from './rows.js';

/** One way to attack a server or a client, and what has to hold meanwhile. */
export interface Attack<Where extends Field = Field> {
  readonly name: string;
  /** What of the specification it is about. */
  readonly rows: readonly Row[];
  /** What the subject has to keep to, in words. */
  readonly demand: string;
  readonly conditions?: Conditions;
  /** The handlers hold the thread on purpose, or the process is stopped: the well-behaved connection has to wait. */
  readonly blocks?: boolean;
  /**
   * Attacks, and says in a few words what came of it.
   *
   * @param watch tells how the subject stands while the attack is at its height, for the report and for the attack to judge.
   * @throws Error when the demand isn't met.
   */
  run(field: Where, watch: () => Promise<Standing>, before: Standing): Promise<string>;
}

export type ServerAttack = Attack<Battlefield>;
export type ClientAttack = Attack<ClientField>;
