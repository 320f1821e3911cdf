import type { RequestHead } from '#moorage/protocol/handshake/request-head.js';
import { UpgradeRequest } from '#moorage/protocol/handshake/upgrade-request.js';
import {
  referenceCookies,
  referenceExtensions,
  referenceTokens,
  referenceValues,
} from '../../support/reference-headers.js';
import { parsed, rawHeaders, WORDS } from '../headers.js';
import type { Random } from '../random.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  readonly secure: boolean;
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
}

const PATHS = [
  '/',
  '/chat/blue',
  '//a',
  '/%2f',
  '/a;b',
  '*',
  'h:1',
  '',
  'ws://h/a',
  'WSS://h:1',
  'http://u@h',
  'ftp://h/a',
];
const QUERIES = ['', '', '?', '?a=1&a=2', '?q=%C3%A9+%zz&&=x', '??', '?a?b=/c', '?__proto__=1'];
const FIELDS = ['Cookie', 'Cookie', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Origin', 'Host', 'X-Other'];

/** What applications read of a request for an upgrade, whether or not it would have been granted, against second readings. */
export const requestTarget: Target<Input> = {
  name: 'request',
  setup: ['secure'],
  dictionary: [...WORDS, 'a=b; ', '="', '"', '%41', '?', '&', '://', '\t', '\xa0'],

  generate(random: Random): Input {
    return {
      secure: random.oneIn(2),
      method: random.pick(['GET', 'POST', '']),
      url: random.pick(PATHS) + random.pick(QUERIES),
      fields: rawHeaders(random, random.oneIn(2) ? ['Host', 'Cookie'] : [], FIELDS),
    };
  },

  run({ secure, method, url: target, fields }: Input): string {
    const url = target.replaceAll(/[\r\n\0]/g, '');
    const head: RequestHead = {
      method: method.replaceAll(/[\r\n\0]/g, ''),
      url,
      httpVersion: '1.1',
      rawHeaders: parsed(fields),
      secure,
    };
    const request = UpgradeRequest.from(head);
    mustEqual(
      [request.method, request.url, request.httpVersion, request.isSecure, request.rawHeaders],
      [head.method, url, '1.1', secure, head.rawHeaders],
      'another head',
    );
    checkTarget(request, url);
    const names = checkFields(request, head.rawHeaders);
    const value = (name: string): string | undefined => joined(head.rawHeaders, name);
    mustEqual(request.origin ?? null, value('origin') ?? null, 'another origin');
    mustEqual(request.host ?? null, authority(url) ?? value('host') ?? null, 'another host');
    mustEqual(request.subprotocols, referenceTokens(value('sec-websocket-protocol') ?? '') ?? [], 'other subprotocols');
    mustEqual(
      request.extensions,
      referenceExtensions(value('sec-websocket-extensions') ?? '') ?? [],
      'other extensions',
    );
    const cookies = Object.entries(request.cookies);
    mustEqual(cookies.sort(), Object.entries(referenceCookies(value('cookie') ?? '')).sort(), 'other cookies');
    must(Object.getPrototypeOf(request.cookies) === null, 'cookies with a prototype');
    return [
      request.path.slice(0, 2),
      request.queryString === '',
      Math.min(cookies.length, 4),
      Math.min(names, 6),
      request.extensions.length,
      Math.min(request.subprotocols.length, 3),
    ].join();
  },
};

function checkTarget(request: UpgradeRequest, url: string): void {
  const [, before, query] = /^([^?]*)(?:\?(.*))?$/s.exec(url)!;
  const absolute = /^(?:ws|http)s?:\/\/[^/]*(.*)$/is.exec(before!);
  const path = before!.startsWith('/') ? before : absolute === null ? '' : absolute[1] || '/';
  mustEqual([request.path, request.queryString], [path, query ?? ''], 'another path or query');
  mustEqual([...request.query], [...new URLSearchParams(query)], 'another reading of the query');
}

/** @returns how many names there are. */
function checkFields(request: UpgradeRequest, fields: readonly string[]): number {
  const { headers } = request;
  must(Object.getPrototypeOf(headers) === null, 'headers with a prototype');
  const names = new Set(fields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  mustEqual(Object.keys(headers).sort(), [...names].sort(), 'other names');
  for (const name of names) {
    mustEqual(headers[name], joined(fields, name), 'another field');
    mustEqual(request.header(name.toUpperCase()), joined(fields, name), 'another field by its name');
    mustEqual(request.headerValues(name), referenceValues(fields, name), 'other values');
  }
  mustEqual(
    [request.header('absent') ?? null, request.headerValues('absent')],
    [null, []],
    'a field that is not there',
  );
  return names.size;
}

function joined(fields: readonly string[], name: string): string | undefined {
  const values = referenceValues(fields, name);
  return values.length === 0 ? undefined : values.join(name === 'cookie' ? '; ' : ', ');
}

/** RFC 9112 §3.2.2: an absolute request-target outranks Host. */
function authority(url: string): string | undefined {
  return /^(?:ws|http)s?:\/\/([^/?]*)/i.exec(url)?.[1];
}
