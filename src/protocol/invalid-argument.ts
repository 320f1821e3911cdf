/** An argument of the wrong type, from a caller without a compiler. Code `MOORAGE_INVALID_ARGUMENT`. */
export class InvalidArgumentError extends TypeError {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'MOORAGE_INVALID_ARGUMENT';
}

/**
 * Checks what is given where options may stand.
 *
 * @param where what takes them, as it is called: `container.close(options)`.
 * @throws InvalidArgumentError for anything but an object.
 */
export function checkIsObject(where: string, options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(
      `${where} takes an object, and was given ${options === null ? 'null' : `a ${typeof options}`}. Leave it out where there is nothing to say.`,
    );
  }
}
