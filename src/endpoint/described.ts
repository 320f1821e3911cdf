/** A value in a few words, for an error message: its kind, and no more of its content than helps. */
export function described(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return value.name === '' ? 'a function' : `the function ${value.name}`;
    case 'symbol':
      return 'a symbol';
    default:
      return describedObject(value);
  }
}

function describedObject(value: unknown): string {
  if (value === null) {
    return 'null';
  }
  try {
    if (Array.isArray(value)) {
      return 'an array';
    }
    const type: unknown = Object.getPrototypeOf(value)?.constructor;
    return typeof type === 'function' && type !== Object ? `an instance of ${type.name}` : 'an object';
  } catch {
    return 'an object'; // Which throws when it is asked: a revoked proxy, for one.
  }
}
