/**
 * The variables of a path, typed from its literal: `'/chat/{room}'` gives `{ readonly room: string }`. What a glob stands
 * for is called `*`: `'/files/*'` gives `{ readonly '*': string }`. The named groups of a regular expression may be
 * missing. A path that is only known as `string` gives a record of whatever it turns out to hold.
 */
export type PathParameters<Path extends string> = [Path] extends [never]
  ? never
  : string extends Path
    ? Readonly<Record<string, string>>
    : Path extends `^${string}`
      ? { readonly [Name in GroupName<Path>]?: string }
      : { readonly [Name in VariableName<Path> | RestName<Path>]: string };

type VariableName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | VariableName<Rest>
  : never;

type RestName<Path extends string> = Path extends `${string}/*` | '*' | `*.${string}` ? '*' : never;

/** `(?<name>`, but not `(?<=` and `(?<!`, which look behind. */
type GroupName<Path extends string> = Path extends `${string}(?<${infer Name}>${infer Rest}`
  ? (Name extends `=${string}` | `!${string}` ? never : Name) | GroupName<Rest>
  : never;
