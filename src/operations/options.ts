import { ConfigurationError } from '../endpoint/errors.js';
import { optionProblems } from '../endpoint/option-rules.js';

export const FUNCTION = { accepts: (value: unknown) => typeof value === 'function', accepted: 'a function' };

type Rules = Parameters<typeof optionProblems>[1];

/**
 * @param required the names of options that there must be.
 * @throws ConfigurationError that lists everything that is wrong with options.
 */
export function checkOptions(what: string, options: object, rules: Rules, ...required: readonly string[]): void {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const missing = required
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} is missing. Accepted: ${rules[name]?.accepted}.`);
  const problems = [...optionProblems(options, rules), ...missing];
  if (problems.length > 0) {
    throw new ConfigurationError(`The options of ${what}`, problems);
  }
}

/** Whether something has methods of these names. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function')
  );
}
