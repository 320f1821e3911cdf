/** What a field can be compared with. */
export type Literal = string | number | boolean | null;

/**
 * Which messages a handler is for: those whose fields have these values, as in `{ type: 'move' }`; those that have a
 * field of this name, as in `'error'`; or those for which a function says so.
 */
export type When = Readonly<Record<string, Literal>> | string | ((message: never) => boolean);

export interface Route<Target> {
  /** Left out for the route of all messages that no other fits. */
  readonly when: When | undefined;
  readonly target: Target;
}

/** Finds the target for a message, or undefined. */
export type Router<Target> = (message: unknown) => Target | undefined;

type Fields = Readonly<Record<string, unknown>>;
type Fits = (message: unknown) => boolean;

/**
 * Compiles routes. They are tried in this order: values of fields, of those that begin with the same field more before
 * fewer; names of fields; functions; at last the route without `when`; and otherwise as they stand. Values are found in
 * a Map, so that the number of handlers costs nothing.
 */
export function compileRouter<Target>(routes: readonly Route<Target>[]): Router<Target> {
  const fallback = routes.find(({ when }) => when === undefined)?.target;
  const byValue = [...fieldTables(routes)];
  const byName = routes.filter((route): route is Route<Target> & { when: string } => typeof route.when === 'string');
  const byFunction = routes.filter(
    (route): route is Route<Target> & { when: Fits } => typeof route.when === 'function',
  );
  if (byValue.length + byName.length + byFunction.length === 0) {
    return () => fallback;
  }
  return (message) => {
    if (typeof message === 'object' && message !== null) {
      for (const [field, table] of byValue) {
        const found = table.get((message as Fields)[field])?.find(({ fits }) => fits(message));
        if (found !== undefined) return found.target;
      }
      for (const { when, target } of byName) {
        if (Object.hasOwn(message, when)) return target;
      }
    }
    for (const { when, target } of byFunction) {
      if (when(message)) return target;
    }
    return fallback;
  };
}

/** For each field that routes begin with: by its value, what is to be tried. */
function fieldTables<Target>(
  routes: readonly Route<Target>[],
): ReadonlyMap<string, ReadonlyMap<unknown, readonly { fits: Fits; target: Target }[]>> {
  const tables = new Map<string, Map<unknown, { fits: Fits; target: Target }[]>>();
  const byFields = routes
    .filter(({ when }) => typeof when === 'object')
    .map(({ when, target }) => ({ fields: Object.entries(when as Fields), target }))
    .sort((one, other) => other.fields.length - one.fields.length);
  for (const { fields, target } of byFields) {
    const [first, ...others] = fields;
    if (first === undefined) continue;
    const [field, value] = first;
    const table = tables.get(field) ?? new Map<unknown, { fits: Fits; target: Target }[]>();
    tables.set(field, table);
    const fits: Fits = (message) => others.every(([name, wanted]) => (message as Fields)[name] === wanted);
    table.set(value, [...(table.get(value) ?? []), { fits, target }]);
  }
  return tables;
}

/** What is wrong with a `when`, if anything. */
export function problemWithWhen(when: unknown): string | undefined {
  if (when === undefined || typeof when === 'function' || (typeof when === 'string' && when !== '')) {
    return undefined;
  }
  const accepted =
    "Accepted: values of fields, as in { type: 'move' }; the name of a field; or a function of the message that says true or false.";
  if (typeof when !== 'object' || when === null || Array.isArray(when)) {
    return `its \`when\` is neither. ${accepted}`;
  }
  if (Object.keys(when).length === 0) {
    return `its \`when\` names no field. ${accepted}`;
  }
  const odd = Object.entries(when).find(([, value]) => !isLiteral(value));
  return odd === undefined
    ? undefined
    : `its \`when\` compares ${odd[0]} with what is no string, number, boolean or null. ${accepted}`;
}

/** The same text for conditions that are true of the same messages; undefined for functions, of which that can't be told. */
export function conditionKey(when: When | undefined): string | undefined {
  if (typeof when === 'function') {
    return undefined;
  }
  return typeof when === 'object'
    ? JSON.stringify(Object.entries(when).sort(([one], [other]) => (one < other ? -1 : 1)))
    : JSON.stringify(when ?? null);
}

function isLiteral(value: unknown): value is Literal {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
