import { compileOrigins } from '#moorage/protocol/handshake/origin.js';
import { isRefusal, type Refusal, refusalResponse } from '#moorage/protocol/handshake/refusal.js';
import type { RequestHead } from '#moorage/protocol/handshake/request-head.js';
import {
  acceptUpgrade,
  checkUpgrade,
  selectSubprotocol,
  type ValidUpgrade,
} from '#moorage/protocol/handshake/server-handshake.js';
import {
  referenceExtensions,
  referenceListHas,
  referenceTokens,
  referenceValues,
} from '../../support/reference-headers.js';
import { parsed, rawHeaders, WORDS } from '../headers.js';
import type { Random } from '../random.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  readonly secure: boolean;
  readonly origins: number;
  readonly method: string;
  readonly url: string;
  readonly version: string;
  readonly fields: readonly string[];
}

const NEEDED = ['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'];
const OPTIONAL = ['Host', 'Origin', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Cookie'];
const URLS = [
  '/',
  '/chat/blue?x=1',
  'ws://example.com/chat',
  'HTTP://h:1?x',
  '*',
  'h:1',
  '',
  '/%',
  '/%2f?%',
  '//a?b?c',
  'ws://',
];
const ORIGINS = [undefined, 'https://page.example', '*', /https:\/\/(.*\.)?page\.example/, () => false].map(
  compileOrigins,
);
const RULES = { maxHeaderFields: 128, maxUrlLength: 100 };
const SUPPORTED = ['superchat', 'chat'];

/** A server's decision on an opening handshake, against RFC 6455 §4.2.1 read a second time. */
export const handshakeTarget: Target<Input> = {
  name: 'handshake',
  setup: ['secure', 'origins'],
  dictionary: WORDS,

  generate(random: Random): Input {
    return {
      secure: random.oneIn(2),
      origins: random.below(ORIGINS.length),
      method: random.oneIn(8) ? random.pick(['POST', 'get', 'CONNECT', '']) : 'GET',
      url: random.oneIn(40) ? `/${'x'.repeat(200)}` : random.pick(URLS),
      version: random.oneIn(8) ? random.pick(['1.0', '0.9', '2.0', '1.9']) : '1.1',
      fields: rawHeaders(random, NEEDED, OPTIONAL),
    };
  },

  run({ secure, origins, method, url, version, fields }: Input): string {
    const target = url.replaceAll(/[\r\n\0 ]/g, '');
    // Two numbers of one digit each is all that an HTTP parser can say.
    const httpVersion = /^\d\.\d$/.test(version) ? version : '1.1';
    const head: RequestHead = { method, url: target, httpVersion, rawHeaders: parsed(fields), secure };
    const answer = checkUpgrade(head, { ...RULES, origins: ORIGINS[origins]! });
    if (isRefusal(answer)) {
      checkRefusal(answer, head);
      return `${answer.status},${answer.report.slice(0, 30)}`;
    }
    checkAcceptance(answer, head, origins);
    return `accepted,${answer.subprotocols.length},${answer.extensions.length},${answer.request.origin === undefined}`;
  },
};

/** One response, made of fixed texts only, and for a reason. */
function checkRefusal(refusal: Refusal, head: RequestHead): void {
  must([400, 403, 405, 414, 426, 431, 505].includes(refusal.status), 'an undocumented status', () => refusal.status);
  const text = refusalResponse(refusal);
  must(
    /^HTTP\/1\.1 \d{3} [A-Za-z ]+\r\n(?:[A-Za-z-]+: [ -~]+\r\n)+\r\n[A-Za-z ]+\n$/.test(text),
    'a malformed response',
    () => text,
  );
  must(!refusal.body.includes('\r'), 'a response with more behind it');
  must(refusal.status === 403 || faults(head).length > 0, 'refused a sound request', () => refusal.report);
}

function checkAcceptance(upgrade: ValidUpgrade, head: RequestHead, origins: number): void {
  mustEqual(faults(head), [], 'accepted what RFC 6455 §4.2.1 has a server refuse');
  const { request } = upgrade;
  const values = (name: string): string[] => referenceValues(head.rawHeaders, name);
  mustEqual(
    [request.method, request.url, request.httpVersion],
    [head.method, head.url, head.httpVersion],
    'another request',
  );
  mustEqual(request.rawHeaders, head.rawHeaders, 'other headers');
  for (const lists of [request.headers, request.cookies]) {
    must(Object.getPrototypeOf(lists) === null, 'an object with a prototype');
  }
  mustEqual(
    request.path + (head.url.includes('?') ? `?${request.queryString}` : ''),
    pathAndQuery(head.url),
    'another path',
  );
  must(request.query instanceof URLSearchParams, 'no query');
  mustEqual(request.subprotocols, upgrade.subprotocols, 'other subprotocols');
  mustEqual(request.extensions, upgrade.extensions, 'other extensions');
  const [origin] = values('origin');
  if (origin !== undefined && origins === 0) {
    const scheme = /^(https?):\/\//i.exec(origin)?.[1]?.toLowerCase();
    const port = scheme === 'https' ? '443' : '80';
    const same = withPort(`${scheme}://${request.host!}`, port) === withPort(origin, port);
    must(same && (scheme === 'https' || !head.secure), 'a foreign origin', () => `${origin} at ${request.host}`);
  }
  const subprotocol = selectSubprotocol(upgrade.subprotocols, SUPPORTED);
  const { text } = acceptUpgrade(upgrade, { subprotocol });
  must(
    /^HTTP\/1\.1 101 Switching Protocols\r\n(?:[A-Za-z-]+: [!-~]+\r\n){3,4}\r\n$/.test(text),
    'a malformed 101',
    () => text,
  );
}

function withPort(origin: string, port: string): string {
  return /:\d+$/.test(origin) ? origin.toLowerCase() : `${origin.toLowerCase().replace(/:$/, '')}:${port}`;
}

/** All that RFC 6455 and RFC 9112 find wrong, but for the origin. */
function faults({ method, url, httpVersion, rawHeaders: fields }: RequestHead): string[] {
  const values = (name: string): string[] => referenceValues(fields, name);
  const once = (name: string, grammar: RegExp): boolean => values(name).length === 1 && grammar.test(values(name)[0]!);
  const list = (name: string): string | undefined => (values(name).length === 0 ? undefined : values(name).join(','));
  const protocols = list('sec-websocket-protocol');
  const tokens = protocols === undefined ? [] : referenceTokens(protocols);
  const extensions = list('sec-websocket-extensions');
  const offers = extensions === undefined ? [] : referenceExtensions(extensions);
  const found: Record<string, boolean> = {
    method: method !== 'GET',
    version: !(Number(httpVersion) >= 1.1),
    upgrade: !referenceListHas(list('upgrade') ?? '', 'websocket'),
    connection: !referenceListHas(list('connection') ?? '', 'upgrade'),
    'websocket-version': !once('sec-websocket-version', /^13$/),
    key: !once('sec-websocket-key', /^[A-Za-z0-9+/]{22}==$/),
    body: values('transfer-encoding').length > 0 || (list('content-length') ?? '0') !== '0',
    host: !once('host', HOST),
    authority: !HOST.test(/^(?:ws|http)s?:\/\/([^/?]*)/i.exec(url)?.[1] ?? 'x'),
    subprotocols: tokens === undefined || tokens.length > 64 || new Set(tokens).size < tokens.length,
    extensions: offers === undefined || offers.length > 16,
    size: url.length > RULES.maxUrlLength || fields.length > 2 * RULES.maxHeaderFields,
  };
  return Object.keys(found).filter((name) => found[name]);
}

/** A host and a port, which may be empty; what characters hosts are made of is not looked at closely. */
const HOST = /^(?:\[[!$-+\-.0-9:;=A-Z_a-z~%&']*\]|[!$-+\-.0-9;=A-Z_a-z~%&']+)(?::\d*)?$/;

function pathAndQuery(url: string): string {
  const rest = url.replace(/^(?:ws|http)s?:\/\/[^/?]*/i, '');
  const absolute = rest !== url;
  const [path, ...query] = rest.split('?');
  const shown = absolute ? path || '/' : path!.startsWith('/') ? path! : '';
  return query.length === 0 ? shown : `${shown}?${query.join('?')}`;
}
