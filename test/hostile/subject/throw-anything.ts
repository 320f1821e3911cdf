/** As plain JavaScript can: a value that need not be an error. */
export function throwAnything(value: unknown): never {
  throw value as Error;
}
