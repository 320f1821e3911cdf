import { parseTarget } from '#moorage/client/connect-target.js';
import { type Hop, redirectedHop, redirectOf } from '#moorage/client/hop.js';
import { acceptKey } from '#moorage/protocol/handshake/accept-key.js';
import { type ResponseHead, verifyUpgrade } from '#moorage/protocol/handshake/client-handshake.js';
import { UpgradeError } from '#moorage/protocol/handshake/upgrade-error.js';
import { referenceExtensions, referenceListHas, referenceValues } from '../../support/reference-headers.js';
import { KEY, parsed, rawHeaders, WORDS } from '../headers.js';
import type { Random } from '../random.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  readonly secure: boolean;
  readonly status: number;
  readonly version: string;
  readonly offered: { readonly subprotocols: readonly string[]; readonly extensions: string };
  readonly fields: readonly string[];
}

const NEEDED = ['Upgrade', 'Connection', 'Sec-WebSocket-Accept'];
const OPTIONAL = ['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Location'];
const CODES = new Set(
  ['UPGRADE_REFUSED', 'REDIRECT_REFUSED', 'RESPONSE_MALFORMED', 'RESPONSE_TOO_LARGE', 'RESPONSE_UPGRADE']
    .concat(['RESPONSE_CONNECTION', 'RESPONSE_ACCEPT', 'RESPONSE_SUBPROTOCOL', 'RESPONSE_EXTENSION'])
    .map((code) => `MOORAGE_${code}`),
);

/** What a client makes of a server's answer, against RFC 6455 §4.1 read a second time. */
export const clientHandshakeTarget: Target<Input> = {
  name: 'client-handshake',
  setup: ['secure'],
  dictionary: WORDS,

  generate(random: Random): Input {
    return {
      secure: random.oneIn(2),
      status: random.oneIn(3) ? random.pick([200, 301, 302, 307, 308, 401, 403, 404, 407, 426, 503, 100, 999, 0]) : 101,
      version: random.pick(['1.1', '1.1', '1.1', '1.0', '2.0']),
      offered: {
        subprotocols: random.pick([[], ['chat'], ['superchat', 'chat']]),
        extensions: random.pick(['', 'permessage-deflate', 'x-a; b=c, permessage-deflate; client_max_window_bits']),
      },
      fields: rawHeaders(random, NEEDED, OPTIONAL),
    };
  },

  run({ secure, status, version, offered, fields }: Input): string {
    // Two numbers of one digit each is all that an HTTP parser can say.
    const httpVersion = /^\d\.\d$/.test(version) ? version : '1.1';
    const head: ResponseHead = { statusCode: status, httpVersion, rawHeaders: parsed(fields) };
    checkRedirect(head, secure);
    const sound = isSound(head, offered);
    try {
      const response = verifyUpgrade({ key: KEY, ...offered }, head);
      must(sound, 'accepted what RFC 6455 §4.1 has a client refuse');
      mustEqual(
        response.subprotocol,
        referenceValues(head.rawHeaders, 'sec-websocket-protocol')[0],
        'another subprotocol',
      );
      must(Object.getPrototypeOf(response.headers) === null, 'headers with a prototype');
      return `accepted,${response.subprotocol},${response.extensions}`;
    } catch (cause) {
      if (!(cause instanceof UpgradeError)) throw cause;
      must(!sound, 'refused a sound answer', () => cause.message);
      must(CODES.has(cause.code), 'an undocumented code', () => cause.code);
      must(cause.message.length < 1500 + offered.extensions.length, 'an error as long as the peer likes');
      must(!/[\r\n]/.test(cause.message), 'an error of several lines', () => cause.message);
      return `${cause.code},${cause.statusCode}`;
    }
  },
};

function isSound({ statusCode, httpVersion, rawHeaders: fields }: ResponseHead, offered: Input['offered']): boolean {
  const values = (name: string): string[] => referenceValues(fields, name);
  const extensions = values('sec-websocket-extensions').join(', ');
  const chosen = extensions === '' ? [] : referenceExtensions(extensions);
  const known = referenceExtensions(offered.extensions) ?? [];
  const protocols = values('sec-websocket-protocol');
  return (
    statusCode === 101 &&
    httpVersion === '1.1' &&
    fields.length <= 256 &&
    values('upgrade')
      .map((value) => value.toLowerCase())
      .join() === 'websocket' &&
    referenceListHas(values('connection').join(','), 'upgrade') &&
    values('sec-websocket-accept').join() === acceptKey(KEY) &&
    protocols.length <= 1 &&
    protocols.every((protocol) => offered.subprotocols.includes(protocol)) &&
    chosen !== undefined &&
    chosen.length <= 16 &&
    chosen.every(({ name }) => known.some((extension) => extension.name === name))
  );
}

/** A client follows only to WebSocket URLs, never out of TLS, and takes its credentials to no other origin. */
function checkRedirect(head: ResponseHead, secure: boolean): void {
  const target = parseTarget(`${secure ? 'wss' : 'ws'}://example.com/chat`);
  const headers = { Authorization: 'secret', Cookie: 'secret', 'X-Key': 'secret', 'User-Agent': 'fuzz' };
  const hop: Hop = { target, headers, tls: { key: 'secret' }, agent: undefined, socketPath: undefined };
  const location = redirectOf(head);
  if (location === undefined) {
    return;
  }
  try {
    const next = redirectedHop(hop, location, head);
    must(next.target.secure || !secure, 'a redirect out of TLS', () => location);
    const leaks = JSON.stringify([next.headers, next.tls]).includes('secret');
    must(!leaks || next.target.origin === target.origin, 'credentials for another origin', () => location);
    must(!/[^\x21-\x7e]/.test(next.target.path), 'a request-target with spaces or controls', () => next.target.path);
  } catch (cause) {
    if (!(cause instanceof UpgradeError)) throw cause;
  }
}
