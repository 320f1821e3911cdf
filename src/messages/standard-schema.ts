/**
 * The Standard Schema interface, version 1 (standardschema.dev), as far as Moorage uses it: what zod, valibot, arktype
 * and others have in common. A schema of any of them has this type; nothing of them is loaded.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that a validator found wrong. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema makes of a value that it accepts: the type of a handler's parameter. */
export type Infer<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];
