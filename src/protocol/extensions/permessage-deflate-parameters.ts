/** The parameters of permessage-deflate, RFC 7692 §7.1: whose compressor each of them names, and how both sides settle. */
import type { Parameters } from './extension.js';

/** The parameters of an offer or an answer. */
export interface PerMessageDeflateParameters {
  /** The server's compressor, which is the client's inflater. */
  readonly serverNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** The client's compressor, which is the server's inflater. */
  readonly clientNoContextTakeover: boolean;
  /** `true` without a value: only in an offer, and says that the client can be limited. */
  readonly clientMaxWindowBits: number | true | undefined;
}

export const LARGEST_WINDOW_BITS = 15;
/** RFC 7692 §7.1.2: decimal, without leading zeroes, 8 to 15. */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

const KEYS: Readonly<Record<string, keyof PerMessageDeflateParameters>> = Object.assign(Object.create(null), {
  server_no_context_takeover: 'serverNoContextTakeover',
  client_no_context_takeover: 'clientNoContextTakeover',
  server_max_window_bits: 'serverMaxWindowBits',
  client_max_window_bits: 'clientMaxWindowBits',
});

/** Reads parameters; `undefined` for one that is unknown, twice there, or has a value that it can't (RFC 7692 §7.1.2, §7.1.3). */
export function readPerMessageDeflate(parameters: Parameters): PerMessageDeflateParameters | undefined {
  const found: Partial<Record<keyof PerMessageDeflateParameters, number | true>> = {};
  for (const { name, value } of parameters) {
    const key = KEYS[name];
    const read = key === undefined ? undefined : readValue(key, value);
    if (key === undefined || read === undefined || found[key] !== undefined) {
      return undefined;
    }
    found[key] = read;
  }
  const { serverMaxWindowBits } = found;
  return {
    serverNoContextTakeover: found.serverNoContextTakeover === true,
    clientNoContextTakeover: found.clientNoContextTakeover === true,
    serverMaxWindowBits: serverMaxWindowBits === true ? undefined : serverMaxWindowBits,
    clientMaxWindowBits: found.clientMaxWindowBits,
  };
}

function readValue(key: keyof PerMessageDeflateParameters, value: string | undefined): number | true | undefined {
  if (key === 'serverNoContextTakeover' || key === 'clientNoContextTakeover') {
    return value === undefined ? true : undefined;
  }
  if (value === undefined) {
    return key === 'clientMaxWindowBits' ? true : undefined;
  }
  return readWindowBits(value);
}

export function readWindowBits(value: string): number | undefined {
  return WINDOW_BITS.test(value) ? Number(value) : undefined;
}

export function writePerMessageDeflate(parameters: PerMessageDeflateParameters): Parameters {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = parameters;
  return [
    ...flag('server_no_context_takeover', serverNoContextTakeover),
    ...flag('client_no_context_takeover', clientNoContextTakeover),
    ...bits('server_max_window_bits', serverMaxWindowBits),
    ...bits('client_max_window_bits', clientMaxWindowBits),
  ];
}

function flag(name: string, set: boolean): Parameters {
  return set ? [{ name, value: undefined }] : [];
}

function bits(name: string, value: number | true | undefined): Parameters {
  return value === undefined ? [] : [{ name, value: value === true ? undefined : String(value) }];
}
