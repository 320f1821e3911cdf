const PROGRAMMATIC = Symbol.for('moorage:jakarta-endpoint');

/** Says that a class and all that extend it are endpoints by the names of their methods. */
export function markProgrammatic(type: object): void {
  Object.defineProperty(type, PROGRAMMATIC, { value: true });
}

export function isProgrammatic(type: object): boolean {
  return PROGRAMMATIC in type;
}
