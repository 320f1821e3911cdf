import 'reflect-metadata';
import { described } from '../endpoint/described.js';
import { EndpointError } from '../endpoint/errors.js';
import { CloseCode } from '../protocol/close-code.js';
import { CloseError } from '../protocol/errors.js';

/** What the value of a path's variable can be given as. */
export type PathParamType = typeof String | typeof Number | typeof Boolean;

/** One parameter of a method that is given a variable of the path. */
export interface PathParamSpec {
  readonly name: string;
  /** Left out where it is for the parameter's own type to say. */
  readonly type: PathParamType | undefined;
}

/**
 * A variable of the path that is not what its parameter asks for. Code `MOORAGE_INVALID_PATH_PARAM`. A server answers
 * such an upgrade with 404, so that a handler only sees this where its endpoint is served without a handshake.
 */
export class PathParamError extends CloseError {
  override readonly name = 'PathParamError';

  constructor(message: string) {
    super(CloseCode.PolicyViolation, 'Policy violation', { code: 'MOORAGE_INVALID_PATH_PARAM', message });
  }
}

const PATH_PARAMS = Symbol.for('moorage:jakarta-path-params');

type PathParamDecorator = (target: object, method: string | symbol | undefined, index: number) => void;

/**
 * Gives a parameter the value of a variable of the path: as a string, a number or a boolean, as its type says. Where no
 * types are emitted (tsx, esbuild) it is a string, or the type that is written out: `@PathParam('level', Number)`.
 *
 * Parameters have decorators with TypeScript's `experimentalDecorators` only. With standard ones write
 * `@OnOpen({ pathParams: ['room', pathParam('level', Number)] })`: these come last, in this order.
 *
 * ```ts
 * @OnOpen onOpen(session: Session, @PathParam('room') room: string, @PathParam('level') level: number) {}
 * ```
 */
export function PathParam(name: string, type?: PathParamType): PathParamDecorator {
  return (target, method, index) => {
    if (method === undefined || typeof index !== 'number') {
      throw new EndpointError((typeof target === 'function' ? target.name : '') || 'The class', [
        `@PathParam(${described(name)}) stands on ${typeof index === 'number' ? 'a parameter of the constructor' : 'what is no parameter'}. It is for parameters of @OnOpen, @OnMessage, @OnClose and @OnError methods.`,
      ]);
    }
    const known = Reflect.getOwnMetadata(PATH_PARAMS, target, method) as ReadonlyMap<number, PathParamSpec> | undefined;
    Reflect.defineMetadata(PATH_PARAMS, new Map([...(known ?? []), [index, { name, type }]]), target, method);
  };
}

/** For the option `pathParams`: a variable that is given as another type than a string. */
export function pathParam(name: string, type: PathParamType = String): PathParamSpec {
  return { name, type };
}

const NONE: ReadonlyMap<number, PathParamSpec> = new Map();

/** The decorated parameters of a prototype's method, by where they stand. */
export function pathParamsOf(owner: object, method: PropertyKey): ReadonlyMap<number, PathParamSpec> {
  return (
    (Reflect.getOwnMetadata(PATH_PARAMS, owner, method as string) as ReadonlyMap<number, PathParamSpec> | undefined) ??
    NONE
  );
}

/** A parameter's variable, with the type settled. */
export interface PathVariable {
  readonly name: string;
  readonly type: PathParamType;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** The value of a variable as its parameter asks for it; undefined where it can't be given so. */
export function convert(text: string | undefined, type: PathParamType): string | number | boolean | undefined {
  switch (type) {
    case Number: {
      const number = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    case Boolean:
      return text === 'true' ? true : text === 'false' ? false : undefined;
    default:
      return text;
  }
}

/** @throws PathParamError for a number or boolean that isn't one. A missing string is undefined. */
export function pathValue(
  parameters: Readonly<Record<string, string>>,
  { name, type }: PathVariable,
): string | number | boolean | undefined {
  const text = parameters[name];
  const value = convert(text, type);
  if (value === undefined && type !== String) {
    throw new PathParamError(
      `The path's variable ${name} is ${described(text)}, and its parameter is a ${type.name}. ${type === Number ? 'Accepted: a decimal number such as 7 or -1.5.' : 'Accepted: true or false.'}`,
    );
  }
  return value;
}

/** The names of a path's variables: of a template, of a regular expression's groups, `*` of a glob. */
export function variablesOf(path: string): readonly string[] {
  if (path.startsWith('^')) {
    return [...path.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].map(([, name]) => name as string);
  }
  const names = [...path.matchAll(/\{([^{}/]+)\}/g)].map(([, name]) => name as string);
  return path === '*' || path.endsWith('/*') || path.startsWith('*.') ? [...names, '*'] : names;
}
