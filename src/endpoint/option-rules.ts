import { isDecoder, isEncoder } from '../messages/codec.js';
import type { Extension } from '../protocol/extensions/extension.js';
import { isToken } from '../protocol/handshake/headers.js';
import { compileOrigins, type OriginOption } from '../protocol/handshake/origin.js';
import { described } from './described.js';
import { nearestName } from './nearest.js';

/** A bound on bytes, frames or the like: a whole number from 1, or Infinity for none. */
export function isSizeLimit(value: unknown): value is number {
  return value === Infinity || isCount(value);
}

/** A time in whole milliseconds that can be switched off with 0 or Infinity. */
export function isMilliseconds(value: unknown): value is number {
  return value === Infinity || value === 0 || isCount(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** What an option accepts. */
interface OptionRule {
  accepts(value: unknown): boolean;
  /** What it accepts, in words. */
  readonly accepted: string;
  /** The rules of the options inside it, for an option that is an object; these say what is wrong then. */
  readonly within?: OptionRules;
}

type OptionRules = Readonly<Record<string, OptionRule>>;

const LIMIT: OptionRule = { accepts: isSizeLimit, accepted: 'a whole number from 1, or Infinity' };
const COUNT: OptionRule = { accepts: isCount, accepted: 'a whole number from 1' };
const TIMEOUT: OptionRule = { accepts: isMilliseconds, accepted: 'whole milliseconds; 0 or Infinity for never' };
const TIME: OptionRule = { accepts: isCount, accepted: 'whole milliseconds from 1' };
const FLAG: OptionRule = { accepts: (value) => typeof value === 'boolean', accepted: 'true or false' };

const DEFLATE: OptionRules = {
  threshold: { accepts: (value) => value === 0 || isSizeLimit(value), accepted: 'a whole number from 0, or Infinity' },
  level: within(0, 9),
  memLevel: within(1, 9),
  contextTakeover: FLAG,
  windowBits: within(9, 15),
};

const KEEP_ALIVE: OptionRules = { interval: TIMEOUT, timeout: TIME };

/** The options that a container gives its endpoints, and that an endpoint can have its own of. */
export const CONNECTION_RULES: OptionRules = {
  maxTextMessageSize: LIMIT,
  maxBinaryMessageSize: LIMIT,
  maxFrameSize: LIMIT,
  maxFragments: LIMIT,
  idleTimeout: TIMEOUT,
  closeTimeout: TIME,
  keepAlive: {
    accepts: (value) => value === false || isPlainObject(value),
    accepted: 'false, or { interval, timeout } in milliseconds',
    within: KEEP_ALIVE,
  },
  writeHighWater: COUNT,
  writeLowWater: COUNT,
  maxQueuedBytes: LIMIT,
  lookAheadMessages: COUNT,
  lookAheadBytes: COUNT,
  origins: {
    accepts: isOriginPolicy,
    accepted:
      "'same-origin', 'any', or a list of whole origins such as 'https://chat.example' (scheme, host and port, no path), RegExps and 'null'",
  },
  compression: {
    accepts: (value) => typeof value === 'boolean' || isPlainObject(value),
    accepted: 'true, false, or { threshold, level, memLevel, contextTakeover, windowBits }',
    within: DEFLATE,
  },
  extensions: {
    accepts: (value) => Array.isArray(value) && value.every(isExtension),
    accepted: 'a list of extensions such as [fragment()], or of your own: { name, accept, offers, confirm }',
  },
  unhandled: { accepts: (value) => value === 'close' || value === 'ignore', accepted: "'close' or 'ignore'" },
  onDecodeError: {
    accepts: (value) => value === 'close' || value === 'ignore',
    accepted: "'close' or 'ignore'",
  },
};

/** All that `@WebSocket({ … })` takes. */
export const ENDPOINT_RULES: OptionRules = {
  ...CONNECTION_RULES,
  path: { accepts: (value) => typeof value === 'string' && value !== '', accepted: "a path such as '/chat/{room}'" },
  stateless: FLAG,
  maxConnections: LIMIT,
  subprotocols: {
    accepts: isSubprotocolList,
    accepted: "a list of different names of subprotocols, such as ['chat.v2', 'chat.v1']",
  },
  decoders: {
    accepts: (value) => Array.isArray(value) && value.every(isDecoder),
    accepted: "a list of decoders, such as [json()] or of your own: { name, from: 'text', decode }",
  },
  encoders: {
    accepts: (value) => Array.isArray(value) && value.every(isEncoder),
    accepted: 'a list of encoders, such as [json()] or of your own: { name, willEncode, encode }',
  },
};

function within(least: number, most: number): OptionRule {
  return {
    accepts: (value) => (value === 0 || isCount(value)) && value >= least && value <= most,
    accepted: `a whole number from ${least} to ${most}`,
  };
}

function isExtension(value: unknown): boolean {
  const { name, accept, offers, confirm } = (value ?? {}) as Partial<Record<keyof Extension, unknown>>;
  return (
    typeof name === 'string' && isToken(name) && [accept, offers, confirm].every((part) => typeof part === 'function')
  );
}

/** What is wrong with options by their rules, one text each. Undefined stands for an option that isn't given. */
export function optionProblems(options: unknown, rules: OptionRules, prefix = ''): readonly string[] {
  if (!isPlainObject(options)) {
    return [
      `options are ${described(options)}. Accepted is an object: { ${Object.keys(rules).slice(0, 3).join(', ')}, … }.`,
    ];
  }
  return Object.entries(options).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      return [unknownOption(name, rules, prefix)];
    }
    if (value === undefined) {
      return [];
    }
    if (!rule.accepts(value)) {
      return [`${prefix}${name} is ${described(value)}. Accepted: ${rule.accepted}.`];
    }
    return rule.within !== undefined && isPlainObject(value)
      ? optionProblems(value, rule.within, `${prefix}${name}.`)
      : [];
  });
}

function unknownOption(name: string, rules: OptionRules, prefix: string): string {
  const known = Object.keys(rules);
  const nearest = nearestName(name, known);
  return `${prefix}${name} is not an option. ${nearest !== undefined ? `Did you mean ${prefix}${nearest}?` : `The options are ${known.join(', ')}.`}`;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSubprotocolList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((name) => typeof name === 'string' && isToken(name)) &&
    new Set(value).size === value.length
  );
}

function isOriginPolicy(value: unknown): boolean {
  if (value === 'same-origin' || value === 'any') {
    return true;
  }
  try {
    compileOrigins(value as OriginOption);
    return true;
  } catch {
    return false;
  }
}
