import type { Random } from './random.js';

/**
 * Something that is fed. An input is plain JSON, so that it can be kept, varied and made smaller whatever it is for: bytes
 * are the hexadecimal text of a field `hex`, everything else is what it is.
 */
export interface Target<Input extends object = object> {
  readonly name: string;
  /** Fields that say how the target is set up and not what it is fed: never varied. */
  readonly setup: readonly string[];
  /** Words that mean something to the target. */
  readonly dictionary: readonly string[];
  generate(random: Random): Input;
  /**
   * Feeds it and watches.
   *
   * @returns what kind of course it took: inputs that take a new one are worth varying.
   * @throws Finding, or whatever the target itself lets through: each is a bug, of the target or of what watches it.
   */
  run(input: Input): string | Promise<string>;
}

/** What must never happen has. */
export class Finding extends Error {
  override readonly name = 'Finding';
  /** Which rule was broken, the same for all inputs that break it. */
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** @throws Finding unless `holds`. */
export function must(holds: boolean, rule: string, detail: () => unknown = () => ''): asserts holds {
  if (!holds) {
    throw new Finding(rule, shown(detail()));
  }
}

/** @throws Finding unless the two are the same JSON. */
export function mustEqual(actual: unknown, expected: unknown, rule: string): void {
  const [one, other] = [shown(actual), shown(expected)];
  must(one === other, rule, () => `got ${one.slice(0, 600)}, expected ${other.slice(0, 600)}`);
}

/** What the rule of anything thrown is. */
export function ruleOf(thrown: unknown): string {
  return thrown instanceof Finding ? thrown.rule : `threw ${thrown instanceof Error ? thrown.name : typeof thrown}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
