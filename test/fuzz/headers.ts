/** Heads of HTTP messages as a parser gives them: what is in its place, and what might be. */
import { acceptKey } from '#moorage/protocol/handshake/accept-key.js';
import type { Random } from './random.js';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Host: ['example.com', 'EXAMPLE.com:80', 'example.com:443', '[::1]:8080', 'a@b', '', 'example.com:x', 'xn--a'],
  Upgrade: ['websocket', 'WebSocket', 'h2c, websocket', 'websocket/13', 'h2c', ''],
  Connection: ['Upgrade', 'keep-alive, Upgrade', 'upgrade,', 'close', ''],
  'Sec-WebSocket-Key': [KEY, 'AAAAAAAAAAAAAAAAAAAAAA==', 'short==', `${KEY} `, 'dGhlIHNhbXBsZSBub25jZR==', ''],
  'Sec-WebSocket-Version': ['13', '8', '13, 8', '013', ' 13', ''],
  'Sec-WebSocket-Accept': [acceptKey(KEY), acceptKey('AAAAAAAAAAAAAAAAAAAAAA=='), '', 'x'],
  'Sec-WebSocket-Protocol': ['chat', 'chat, superchat', 'chat,chat', 'a b', '', ',', Array(70).fill('p').join()],
  'Sec-WebSocket-Extensions': ['permessage-deflate', 'x-a; b="c"', 'x;', ',', '', Array(20).fill('x').join(), 'x; y="'],
  Origin: [
    'http://example.com',
    'https://example.com',
    'null',
    'http://evil.example',
    'https://EXAMPLE.com:443',
    '',
    'x',
  ],
  'Content-Length': ['0', '5', '-1', '00', ''],
  'Transfer-Encoding': ['chunked', ''],
  Cookie: ['a=b', 'a="b"; c=%41; a=2', '=x; ;;', '__proto__=x', 'a=%'],
  Location: [
    '/next',
    'http://example.com/',
    'wss://other.example/x',
    'ws://example.com/',
    'javascript:0',
    '//h',
    'http://[',
    '#',
    '',
  ],
  'X-Other': ['x', '__proto__', '\xff\x80', ''],
};
const NAMES = Object.keys(VALUES);
export const WORDS: readonly string[] = [
  ...NAMES,
  ...NAMES.flatMap((name) => VALUES[name]!.slice(0, 2)),
  ', ',
  ';',
  '%2f',
  '"',
];

/** Fields with the sound value of each of `needed` first, then a few changes and additions, often of `likely` ones. */
export function rawHeaders(random: Random, needed: readonly string[], likely: readonly string[]): string[] {
  const fields = needed.map((name): [string, string] => [name, VALUES[name]![0]!]);
  for (let changes = random.below(4); changes > 0; changes--) {
    const name = random.oneIn(3) ? random.pick(likely) : random.pick(NAMES);
    const value = random.oneIn(2) ? VALUES[name]![0]! : random.pick(VALUES[name]!);
    const at = fields.findIndex(([known]) => known === name);
    switch (random.below(5)) {
      case 0:
        fields.push([name.toLowerCase(), value]);
        break;
      case 1:
        if (at !== -1) fields.splice(at, 1);
        break;
      case 2:
        if (at !== -1) fields[at] = [name.toUpperCase(), value];
        break;
      case 3:
        fields.push(random.oneIn(2) ? [name, value] : random.pick([...fields, [name, value]]));
        break;
      default:
        fields.splice(random.below(fields.length + 1), 0, [name, value]);
    }
  }
  if (random.oneIn(40)) {
    fields.push(...random.list(130, (): [string, string] => ['X-Many', 'x']));
  }
  return fields.flat();
}

/** As no HTTP parser could refuse: no CR, LF or NUL, names that are tokens, values without space around, in pairs. */
export function parsed(fields: readonly string[]): string[] {
  const clean = fields.map((text, at) =>
    at % 2 === 0
      ? text.replaceAll(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g, '') || 'x'
      : text.replaceAll(/[\r\n\0]/g, '').replace(/^[ \t]+|[ \t]+$/g, ''),
  );
  return clean.slice(0, clean.length - (clean.length % 2));
}
