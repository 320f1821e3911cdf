/** The command line of the runner. */
import { parseArgs } from 'node:util';

export const SERVERS = ['moorage', 'ws', 'net', 'jetty'] as const;
export type ServerName = (typeof SERVERS)[number];
/** Those that need nothing but Node. */
const NODE_SERVERS: readonly ServerName[] = ['moorage', 'ws', 'net'];

export interface Options {
  /** Names of cases, or of groups of them (`echo`); all when empty. */
  readonly only: readonly string[];
  readonly rounds: number;
  /** Measured time of one run, in seconds, after `warmup`. */
  readonly seconds: number;
  readonly warmup: number;
  /** Jetty's, in place of `warmup`. */
  readonly jvmWarmup: number;
  readonly servers: readonly ServerName[];
  readonly generator: 'auto' | 'c' | 'node';
  /** Where to write the samples and the ratios as JSON. */
  readonly json: string | undefined;
}

// The generator's own bounds, in seconds.
const LONGEST_RUN = 600;
const LONGEST_WARMUP = 60;
const MOST_ROUNDS = 1000;

export const USAGE = `npm run bench -- [options]
  --only NAMES       cases or groups of them (echo, broadcast), comma separated
                     (echo-1, echo-16, echo-16k, echo-1m, broadcast-1, broadcast-16, connect, idle,
                     deflate-each, deflate-takeover; these need the generator in C, and zlib)
  --rounds N         rounds of each case, every server once in each (3)
  --seconds S        measured time of one run (0.8)
  --warmup S         not counted (0.5)
  --jvm-warmup S     Jetty's in its place (8): its compiler shares the one core with what it compiles
  --servers NAMES    of moorage, ws, net, jetty, comma separated (all but jetty, which needs a JDK and Jetty 9.4)
  --generator KIND   auto, c or node (auto: c where a compiler and epoll are found)
  --json FILE        every sample and ratio, for a plot
  --help`;

/** @throws {Error} for an option that isn't known or a value that can't be. */
export function readOptions(argv: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: text,
      rounds: text,
      seconds: text,
      warmup: text,
      'jvm-warmup': text,
      servers: text,
      generator: text,
      json: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const servers = list(values.servers).map((name) => oneOf('--servers', name, SERVERS));
  return {
    only: list(values.only),
    rounds: Math.ceil(positive('--rounds', values.rounds ?? '3', MOST_ROUNDS)),
    seconds: positive('--seconds', values.seconds ?? '0.8', LONGEST_RUN),
    warmup: positive('--warmup', values.warmup ?? '0.5', LONGEST_WARMUP),
    jvmWarmup: positive('--jvm-warmup', values['jvm-warmup'] ?? '8', LONGEST_WARMUP),
    servers: servers.length > 0 ? servers : NODE_SERVERS,
    generator: oneOf('--generator', values.generator ?? 'auto', ['auto', 'c', 'node'] as const),
    json: values.json,
  };
}

function list(value: string | undefined): string[] {
  return value ? value.split(',').filter(Boolean) : [];
}

function positive(option: string, value: string, largest: number): number {
  const number = Number(value);
  if (!(number > 0 && number <= largest)) {
    throw new Error(`${option} takes a number above 0, at most ${largest}, not "${value}"`);
  }
  return number;
}

function oneOf<T extends string>(option: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((name) => name === value);
  if (found === undefined) throw new Error(`${option} takes ${accepted.join(', ')}, not "${value}"`);
  return found;
}
