import { MoorageError } from '../protocol/errors.js';

/** What tells the series of a metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** Different errors that get a label of their own; what comes after them is `other`. */
const MOST_ERRORS = 100;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const NAME = /^[A-Za-z_$][\w$]{0,63}$/;

/**
 * Gives labels whose number is bounded, whatever a peer sends and the application throws: each is a series that a metrics
 * server keeps for ever.
 */
export class BoundedLabels {
  readonly #closeCodes: ReadonlySet<number>;
  readonly #errors = new Set<string>();

  /** @param closeCodes the application's own ones, of 3000 to 4999. */
  constructor(closeCodes: readonly number[]) {
    this.#closeCodes = new Set(closeCodes);
  }

  /** A peer can close with any of 2,000 codes from 3000 on; those that nobody asked for go together. */
  closeCode(code: number): string {
    return code < 3000 || this.#closeCodes.has(code) ? String(code) : code < 4000 ? '3xxx' : '4xxx';
  }

  /** The code of an error of Moorage or Node, and otherwise the name of its class. */
  error(cause: unknown): string {
    const label = errorLabel(cause);
    if (this.#errors.has(label)) {
      return label;
    }
    if (this.#errors.size >= MOST_ERRORS) {
      return 'other';
    }
    this.#errors.add(label);
    return label;
  }
}

function errorLabel(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return 'not an Error';
  }
  if (cause instanceof MoorageError) {
    return cause.code;
  }
  if ('code' in cause && typeof cause.code === 'string' && CODE.test(cause.code)) {
    return cause.code;
  }
  return typeof cause.name === 'string' && NAME.test(cause.name) ? cause.name : 'Error';
}
