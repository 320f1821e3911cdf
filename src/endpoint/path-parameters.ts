/**
 * The variables of a path template, typed from its literal: `'/chat/{room}'` gives `{ readonly room: string }`. A path
 * that is only known as `string` gives a record of whatever it turns out to hold.
 */
export type PathParameters<Path extends string> = [Path] extends [never]
  ? never
  : string extends Path
    ? Readonly<Record<string, string>>
    : { readonly [Name in VariableName<Path>]: string };

type VariableName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | VariableName<Rest>
  : never;
