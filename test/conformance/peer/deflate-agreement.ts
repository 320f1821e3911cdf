/** What the suite offers, accepts and reads of permessage-deflate (RFC 7692 §7.1). */
import { DeflateCodec } from './deflate.js';

/** A request for the other side's compressor: whether it may refer to earlier messages, and its window; 0 leaves that open. */
export interface DeflateRequest {
  readonly noContextTakeover: boolean;
  readonly windowBits: number;
}

interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** `true` in an offer that names no number. */
  readonly clientMaxWindowBits: number | true | undefined;
}

const NAME = 'permessage-deflate';
const LARGEST = 15;

/** The offers of the suite as a client, one for each request, in that order. */
export function offersOf(requests: readonly DeflateRequest[]): string[] {
  return requests.map(({ noContextTakeover, windowBits }) =>
    [
      NAME,
      'client_no_context_takeover',
      'client_max_window_bits',
      ...(noContextTakeover ? ['server_no_context_takeover'] : []),
      ...(windowBits > 0 ? [`server_max_window_bits=${windowBits}`] : []),
    ].join('; '),
  );
}

/**
 * The suite as a client: what a server's answer means.
 *
 * @returns undefined when nothing was agreed on.
 * @throws Error for an answer that fits no offer.
 */
export function agreedAsClient(answer: string, requests: readonly DeflateRequest[]): DeflateCodec | undefined {
  const [extension, ...others] = readExtensions(answer);
  if (extension === undefined) {
    return undefined;
  }
  const parameters = readParameters(extension);
  const fits = requests.some(
    ({ noContextTakeover, windowBits }) =>
      (!noContextTakeover || parameters.serverNoContextTakeover) &&
      (windowBits === 0 || (parameters.serverMaxWindowBits ?? LARGEST + 1) <= windowBits),
  );
  if (others.length > 0 || !fits || parameters.clientMaxWindowBits === true) {
    throw new Error(`the answer "${answer}" fits no offer`);
  }
  return new DeflateCodec(
    { contextTakeover: !parameters.clientNoContextTakeover, windowBits: parameters.clientMaxWindowBits ?? LARGEST },
    { contextTakeover: !parameters.serverNoContextTakeover, windowBits: parameters.serverMaxWindowBits ?? LARGEST },
  );
}

/** The suite as a server: the first offer that one of the requests, in their order, can be made of, and the answer. */
export function agreedAsServer(
  offer: string,
  requests: readonly DeflateRequest[],
): { readonly answer: string; readonly codec: DeflateCodec } | undefined {
  const offers = readExtensions(offer)
    .filter(([name]) => name === NAME)
    .map(readParameters);
  for (const { noContextTakeover, windowBits } of requests) {
    // §7.1.2.2: only a client that said it can be limited may be.
    const chosen = offers.find(({ clientMaxWindowBits }) => windowBits === 0 || clientMaxWindowBits !== undefined);
    if (chosen !== undefined) {
      const clientBits = typeof chosen.clientMaxWindowBits === 'number' ? chosen.clientMaxWindowBits : LARGEST;
      const limit = windowBits === 0 ? undefined : Math.min(windowBits, clientBits);
      const { serverNoContextTakeover, serverMaxWindowBits } = chosen;
      const answer = [
        NAME,
        ...(serverNoContextTakeover ? ['server_no_context_takeover'] : []),
        ...(serverMaxWindowBits === undefined ? [] : [`server_max_window_bits=${serverMaxWindowBits}`]),
        ...(noContextTakeover ? ['client_no_context_takeover'] : []),
        ...(limit === undefined ? [] : [`client_max_window_bits=${limit}`]),
      ].join('; ');
      const codec = new DeflateCodec(
        { contextTakeover: !serverNoContextTakeover, windowBits: serverMaxWindowBits ?? LARGEST },
        { contextTakeover: !noContextTakeover, windowBits: limit ?? clientBits },
      );
      return { answer, codec };
    }
  }
  return undefined;
}

/** Extensions of a header, each as its name and parameters. No value that concerns the suite holds a comma or semicolon. */
function readExtensions(header: string): string[][] {
  return header
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one) => one.split(';').map((part) => part.trim()));
}

/** @throws Error for another extension, an unknown or repeated parameter, and a value that can't be. */
function readParameters([name, ...parameters]: readonly string[]): Parameters {
  const found = new Map(
    parameters.map((parameter): [string, string | undefined] => {
      const [key = '', value] = parameter.split('=');
      return [key.trim(), value?.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const flag = (key: string) => {
    const set = found.has(key) && found.get(key) === undefined;
    return found.delete(key) && set;
  };
  const bits = (key: string) => {
    const value = found.get(key);
    return found.delete(key)
      ? /^(?:[89]|1[0-5])$/.test(value ?? '')
        ? Number(value)
        : value === undefined
      : undefined;
  };
  const serverNoContextTakeover = flag('server_no_context_takeover');
  const clientNoContextTakeover = flag('client_no_context_takeover');
  const serverMaxWindowBits = bits('server_max_window_bits');
  const clientMaxWindowBits = bits('client_max_window_bits');
  const whole = [name, ...parameters].join('; ');
  if (
    name !== NAME ||
    found.size > 0 ||
    typeof serverMaxWindowBits === 'boolean' ||
    clientMaxWindowBits === false ||
    parameters.length !== new Set(parameters.map((parameter) => parameter.split('=')[0]?.trim())).size
  ) {
    throw new Error(`"${whole}" is no permessage-deflate`);
  }
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}
