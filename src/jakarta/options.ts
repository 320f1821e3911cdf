import { checkEndpointOptions, type EndpointOptions } from '../endpoint/config.js';
import { described } from '../endpoint/described.js';
import { nearestName } from '../endpoint/nearest.js';
import type { Decoder, Encoder } from '../messages/codec.js';
import { PRIMITIVE_ENCODER, type ReadCodec, readDecoder, readEncoder } from './codec.js';
import { CLIENT_METHODS, SERVER_METHODS } from './configurator.js';
import type { JakartaDeclaration } from './declaration.js';

/** What the decorator of a class says. */
export interface ReadOptions {
  /** In Moorage's words. */
  readonly options: EndpointOptions;
  readonly configurator: object | undefined;
  readonly codecs: readonly ReadCodec<Decoder | Encoder>[];
}

/** Reads the arguments of @ServerEndpoint or @ClientEndpoint; whatever is wrong is added to the problems. */
export function readOptions(name: string, { decorator, given }: JakartaDeclaration, problems: string[]): ReadOptions {
  const refuse = (problem: string) => problems.push(`${decorator} on ${name}: ${problem}`);
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    refuse(`its argument is ${described(given)}. Accepted: a path such as '/chat/{room}', or an object of options.`);
    return { options: {}, configurator: undefined, codecs: [] };
  }
  const isClient = decorator === '@ClientEndpoint';
  const written: Record<string, unknown> = typeof given === 'string' ? { value: given } : { ...given };
  const { value, configurator, decoders, encoders, ...rest } = written;
  if ('path' in rest || (isClient && value !== undefined)) {
    refuse(
      isClient
        ? "a client's endpoint has no path. Its address is given to connect."
        : "path is not an option. The path is called value here: @ServerEndpoint({ value: '/chat/{room}' }).",
    );
    delete rest['path'];
  }
  const readDecoders = codecsOf('decoders', decoders, readDecoder, refuse);
  const readEncoders = codecsOf('encoders', encoders, readEncoder, refuse);
  const chosen = configurator === undefined ? undefined : readConfigurator(configurator, isClient, refuse);
  const options: Readonly<Record<string, unknown>> = {
    ...rest,
    ...(value === undefined || isClient ? {} : { path: value }),
    // The configurator's own rule for origins is asked later.
    ...(typeof chosen?.['checkOrigin'] === 'function' ? { origins: 'any' } : {}),
    decoders: readDecoders.map(({ codec }) => codec),
    encoders: [...readEncoders.map(({ codec }) => codec), PRIMITIVE_ENCODER],
  };
  const found = checkEndpointOptions(options);
  for (const problem of found) {
    refuse(problem.replace(/^path is/, 'value is'));
  }
  return {
    options: found.length === 0 ? (options as EndpointOptions) : {},
    configurator: chosen,
    codecs: [...readDecoders, ...readEncoders],
  };
}

function codecsOf<T>(
  option: string,
  given: unknown,
  read: (each: unknown) => ReadCodec<T> | string,
  refuse: (problem: string) => void,
): readonly ReadCodec<T>[] {
  if (given === undefined) {
    return [];
  }
  if (!Array.isArray(given)) {
    refuse(`${option} is ${described(given)}. Accepted: a list.`);
    return [];
  }
  return given.flatMap((each): ReadCodec<T>[] => {
    const codec = read(each);
    if (typeof codec === 'string') {
      refuse(codec);
      return [];
    }
    return [codec];
  });
}

function readConfigurator(
  given: unknown,
  isClient: boolean,
  refuse: (problem: string) => void,
): Readonly<Record<string, unknown>> | undefined {
  const known: readonly string[] = isClient ? CLIENT_METHODS : SERVER_METHODS;
  let made: unknown = given;
  if (typeof given === 'function') {
    try {
      made = new (given as new () => unknown)();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      refuse(
        `its configurator can't be constructed without arguments: ${why.replace(/\.$/, '')}. Give an instance instead.`,
      );
      return undefined;
    }
  }
  if (typeof made !== 'object' || made === null) {
    refuse(`configurator is ${described(made)}. Accepted: an object or a class with some of ${known.join(', ')}.`);
    return undefined;
  }
  const names = methodNames(made);
  for (const name of names) {
    const meant = known.includes(name) ? undefined : nearestName(name, known);
    if (meant !== undefined) {
      refuse(`its configurator has a method ${name}, which is never called. Did you mean ${meant}?`);
    }
  }
  if (!names.some((name) => known.includes(name) || nearestName(name, known) !== undefined)) {
    refuse(`its configurator has no method that is called. They are ${known.join(', ')}.`);
  }
  return made as Readonly<Record<string, unknown>>;
}

function methodNames(object: object): readonly string[] {
  const names = new Set<string>();
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(at, name)?.value === 'function') {
        names.add(name);
      }
    }
  }
  return [...names];
}
