/** Requests that must not become connections. */
import { expect } from 'chai';
import { frameBytes, type RequestParts, SAMPLE_ACCEPT, SAMPLE_KEY, upgradeRequest } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import type { Battlefield } from '../battlefield.js';
import type { Row } from '../rows.js';
import { KiB, MiB } from '../sizes.js';
import { inTime } from '../waiting.js';
import { expectGrowth, kibibytes, mebibytes, pour } from './means.js';

type Headers = NonNullable<RequestParts['headers']>;

const withHeaders = (headers: Headers) => upgradeRequest({ path: '/counted', headers });
const at = (path: string) => upgradeRequest({ path });
const listOf = (count: number, item: string) => Array.from({ length: count }, (_, at) => `${item}${at}`).join(', ');

type HandshakeRow = Row extends infer R ? (R extends `handshake: ${infer Name}` ? Name : never) : never;

/** What is asked, the statuses that may answer it, the row that says so, and the request. */
const REFUSED: readonly (readonly [what: string, statuses: readonly number[], row: HandshakeRow, request: string])[] = [
  ['no such path', [404], 'no endpoint for the path', upgradeRequest({ path: '/nowhere' })],
  ['POST', [405], 'not GET', upgradeRequest({ path: '/counted', method: 'POST' })],
  ['HTTP/1.0', [505, 400], 'HTTP below 1.1', upgradeRequest({ path: '/counted', version: 'HTTP/1.0' })],
  ['no Upgrade', [426], 'no token for the upgrade', withHeaders({ Upgrade: undefined })],
  ['Upgrade to something else', [426], 'no token for the upgrade', withHeaders({ Upgrade: 'h2c' })],
  ['no Connection: Upgrade', [426], 'no token for the upgrade', withHeaders({ Connection: 'keep-alive' })],
  ['version 8', [426], 'version', withHeaders({ 'Sec-WebSocket-Version': '8' })],
  ['no version', [426], 'version', withHeaders({ 'Sec-WebSocket-Version': undefined })],
  ['two versions', [426], 'version', withHeaders({ 'Sec-WebSocket-Version': ['13', '13'] })],
  ['no key', [400], 'key', withHeaders({ 'Sec-WebSocket-Key': undefined })],
  ['two keys', [400], 'key', withHeaders({ 'Sec-WebSocket-Key': [SAMPLE_KEY, SAMPLE_KEY] })],
  ['a short key', [400], 'key', withHeaders({ 'Sec-WebSocket-Key': 'c2hvcnQ=' })],
  ['a key that is no base64', [400], 'key', withHeaders({ 'Sec-WebSocket-Key': '************************' })],
  ['a body', [400], 'a body', `${withHeaders({ 'Content-Length': '5' })}12345`],
  ['a body in chunks', [400], 'a body', `${withHeaders({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`],
  [
    'both kinds of body',
    [400],
    'a body',
    `${withHeaders({ 'Transfer-Encoding': 'chunked', 'Content-Length': '5' })}0\r\n\r\n`,
  ],
  [
    'malformed subprotocols',
    [400],
    'malformed header grammar or path',
    withHeaders({ 'Sec-WebSocket-Protocol': 'a b' }),
  ],
  [
    '65 subprotocols',
    [400],
    'too many or too large headers',
    withHeaders({ 'Sec-WebSocket-Protocol': listOf(65, 'p') }),
  ],
  [
    'malformed extensions',
    [400],
    'malformed header grammar or path',
    withHeaders({ 'Sec-WebSocket-Extensions': '; x=' }),
  ],
  [
    '17 extensions',
    [400],
    'too many or too large headers',
    withHeaders({ 'Sec-WebSocket-Extensions': listOf(17, 'e') }),
  ],
  ['a foreign Origin', [403], 'Origin', withHeaders({ Origin: 'https://elsewhere.example' })],
  ['Origin null', [403], 'Origin', withHeaders({ Origin: 'null' })],
  ['two Origins', [403], 'Origin', withHeaders({ Origin: ['http://localhost', 'http://localhost'] })],
  ['20 KB of headers', [431], 'too many or too large headers', withHeaders({ 'X-Long': 'x'.repeat(20_000) })],
  ['a path of 20 KB', [414, 431], 'too many or too large headers', upgradeRequest({ path: `/${'x'.repeat(20_000)}` })],
  [
    'a header folded with a bare CR',
    [400],
    'malformed header grammar or path',
    withHeaders({ 'X-Split': 'a\rSec-WebSocket-Version: 8' }),
  ],
  ['bad percent-encoding', [400], 'malformed header grammar or path', upgradeRequest({ path: '/rooms/%zz' })],
  ['percent-encoded bad UTF-8', [400], 'malformed header grammar or path', upgradeRequest({ path: '/rooms/%ff' })],
  ['a NUL in a path variable', [400, 404], 'path variables', upgradeRequest({ path: '/rooms/a%00b' })],
  ['dots as a path variable', [400, 404], 'path variables', upgradeRequest({ path: '/rooms/%2e%2e' })],
  ['an empty path variable', [404], 'path variables', upgradeRequest({ path: '/rooms/' })],
  ['a path variable too many', [404], 'path variables', upgradeRequest({ path: '/rooms/a/b' })],
  ['a hook that refuses', [401], 'the application refuses', at('/authorize/refuses')],
  ['a hook that finds nobody', [403], 'the application refuses', at('/authorize/lets-nobody-in')],
  ['a creator that refuses', [401], 'the application refuses', at('/creator/refuses')],
  ['a hook that throws', [500], 'a hook throws or rejects', at('/authorize/throws')],
  ['a hook that rejects', [500], 'a hook throws or rejects', at('/authorize/rejects')],
  ['a hook that throws undefined', [500], 'a hook throws or rejects', at('/authorize/throws-nothing')],
  ['a creator that throws', [500], 'a hook throws or rejects', at('/creator/throws')],
  ['a creator that rejects', [500], 'a hook throws or rejects', at('/creator/rejects')],
  ['a creator that throws undefined', [500], 'a hook throws or rejects', at('/creator/throws-nothing')],
  [
    'a creator that chooses a number',
    [500],
    'an impossible answer of the application',
    at('/creator/chooses-a-number'),
  ],
  ['a status that is none', [500], 'an impossible answer of the application', at('/authorize/refuses-with-99')],
  [
    'a refusal that splits its headers',
    [500],
    'an impossible answer of the application',
    at('/authorize/splits-headers'),
  ],
  ['a creator that splits its headers', [500], 'an impossible answer of the application', at('/creator/injects')],
  [
    'a subprotocol that was not offered',
    [500],
    'an impossible answer of the application',
    at('/creator/unoffered-subprotocol'),
  ],
  ['an extension that is none', [500], 'an impossible answer of the application', at('/creator/unknown-extension')],
  ['a TLS hello', [400], 'malformed header grammar or path', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
];

/** What an answer must also say. */
const REQUIRED: { readonly [Name in HandshakeRow]?: RegExp } = {
  'not GET': /^Allow: GET\r$/im,
  'no token for the upgrade': /^Upgrade: websocket\r$/im,
  version: /^Sec-WebSocket-Version: 13\r$/im,
};

const extension = (offer: string): Headers => ({ 'Sec-WebSocket-Extensions': offer });
const subprotocol = (offer: string): Headers => ({ 'Sec-WebSocket-Protocol': offer });
const NOTHING = [undefined, undefined] as const;

/** What is offered where, and the extension and subprotocol that are to be agreed on. */
const OFFERS: readonly (readonly [
  path: string,
  headers: Headers,
  agreed: readonly [extension: string | undefined, subprotocol: string | undefined],
])[] = [
  ['/echo', extension('permessage-deflate'), NOTHING],
  ['/echo', extension('x-webkit-deflate-frame, deflate-frame, identity, fragment;maxLength=1'), NOTHING],
  ['/compressed', extension('permessage-deflate; server_max_window_bits=7'), NOTHING],
  ['/compressed', extension('permessage-deflate; server_max_window_bits=08'), NOTHING],
  ['/compressed', extension('permessage-deflate; server_max_window_bits=16'), NOTHING],
  ['/compressed', extension('permessage-deflate; client_max_window_bits="0x9"'), NOTHING],
  ['/compressed', extension('permessage-deflate; server_no_context_takeover=1'), NOTHING],
  ['/compressed', extension('permessage-deflate; server_no_context_takeover; server_no_context_takeover'), NOTHING],
  ['/compressed', extension('permessage-deflate; unheard_of'), NOTHING],
  ['/compressed', extension('deflate-frame; max_window_bits=99'), NOTHING],
  ['/compressed', extension('permessage-bzip2, mux; max-channels=4; flow-control'), NOTHING],
  ['/compressed', extension('__proto__; constructor=1'), NOTHING],
  ['/subprotocols', subprotocol('a, b, c'), NOTHING],
  ['/subprotocols', subprotocol('CHAT.V1, chat.v1, chat.v2'), [undefined, 'chat.v1']],
  ['/subprotocols', subprotocol('__proto__'), NOTHING],
];

async function refuseMany(field: Battlefield, count: number): Promise<void> {
  const request = withHeaders({ Origin: 'https://elsewhere.example' });
  for (let done = 0; done < count; done += 100) {
    const peers = await Promise.all(Array.from({ length: 100 }, () => field.connect()));
    await Promise.all(
      peers.map(async (peer) => {
        peer.send(request);
        peer.send(frameBytes({ opcode: 1, payload: 'x' }));
        expect((await peer.readResponse()).status).to.equal(403);
        peer.destroy();
      }),
    );
  }
}

export const HANDSHAKES: readonly ServerAttack[] = [
  {
    name: 'hostile handshakes',
    rows: [...new Set(REFUSED.map(([, , row]): Row => `handshake: ${row}`))],
    demand: `${REFUSED.length} kinds, each with a valid upgrade and a frame behind it: one final response with the right status, FIN within 1 s`,
    async run(field, watch, before) {
      const times: [number, string][] = [];
      for (const [what, statuses, row, request] of REFUSED) {
        const began = performance.now();
        let answer = '';
        // Once more where the answer was lost: Node reads no further where its own parser refuses, TCP resets a connection whose
        // last bytes nobody has read, and the answer may be lost so. The last time nothing follows the request.
        for (let tries = 0; tries <= 3 && answer === ''; tries += 1) {
          const peer = await field.connect();
          peer.send(Buffer.from(request, 'latin1'));
          if (tries < 3) {
            peer.send(upgradeRequest({ path: '/counted' }));
            peer.sendText('smuggled');
          }
          answer = (await inTime(peer.readToEnd(), what)).toString('latin1');
          peer.destroy();
        }
        const milliseconds = performance.now() - began;
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
        expect(statuses, what).to.include(status);
        expect(answer.match(/HTTP\/1\.1 /g), `responses: ${what}`).to.have.length(1);
        expect(answer, what).to.match(/^Connection: .*close/im);
        expect(answer, what).to.not.match(/secret|^Set-Cookie/im);
        expect(answer, what).to.match(REQUIRED[row] ?? /^/);
        expect(milliseconds, what).to.be.below(2_000);
        times.push([milliseconds, what]);
      }
      const now = await watch();
      expect(now.connects, 'connections made').to.equal(before.connects);
      expectGrowth(before, now, 4 * MiB);
      const [slowest] = times.sort(([a], [b]) => b - a);
      return `the slowest FIN after ${Math.round(slowest?.[0] ?? 0)} ms (${slowest?.[1]})`;
    },
  },
  {
    name: 'a request without an end',
    rows: ['handshake: too many or too large headers'],
    demand: '64 MiB of headers: refused and ended, at most 4 MiB more',
    async run(field, watch, before) {
      const peer = await field.connect();
      peer.send('GET /counted HTTP/1.1\r\nHost: localhost\r\n');
      const lines = Buffer.from('X-Filler: and so on, and so on\r\n'.repeat(1_000));
      const { taken, end } = await pour(peer, lines, 64 * MiB);
      expect(end).to.equal('ended');
      expectGrowth(before, await watch(), 4 * MiB);
      return `ended; ${mebibytes(taken)} went into the buffers`;
    },
  },
  {
    name: 'refused by the thousand',
    rows: ['handshake: Origin'],
    demand:
      '2,000 refused upgrades, 100 at a time: every descriptor back; compared with after the first 500, at most 1 MiB more on the heap, and 8 MiB more resident beside what the young generation may grow to (16 MiB)',
    async run(field, watch) {
      await refuseMany(field, 500);
      const before = await field.standing();
      await refuseMany(field, 2_000);
      const now = await watch();
      expect((now.heap - before.heap) / MiB, 'MiB more heap').to.be.below(1);
      expectGrowth(before, now, 16 * MiB + 8 * MiB);
      return `403 each; ${kibibytes(now.heap - before.heap)} more heap`;
    },
  },
  {
    name: 'hooks that hang',
    rows: ['handshake: a hook hangs, the request is dripped or silent', 'figure: deadlines within half a second'],
    demand:
      '100 upgrades whose hook or creator never settles, 64 MiB behind one of them: 408 at the handshake timeout (2 s), half a second late at most, at most 8 MiB more',
    async run(field, watch, before) {
      const peers = await Promise.all(Array.from({ length: 100 }, () => field.connect()));
      const began = performance.now();
      const answers = peers.map(async (peer, i) => {
        peer.send(upgradeRequest({ path: i % 2 === 0 ? '/authorize/hangs' : '/creator/hangs' }));
        expect((await peer.readResponse()).status).to.equal(408);
        await peer.readEnd();
        return performance.now() - began;
      });
      const pushy = await field.connect();
      pushy.send(upgradeRequest({ path: '/authorize/hangs' }));
      const poured = pour(pushy, frameBytes({ opcode: 2, payload: Buffer.alloc(16 * KiB) }), 64 * MiB, 500);
      const { taken, end } = await poured;
      expect(end).to.equal('blocked');
      expectGrowth(before, await watch(), 8 * MiB);
      const times = await Promise.all(answers);
      expect(Math.min(...times)).to.be.above(1_900);
      expect(Math.max(...times)).to.be.below(4_000);
      return `408 after ${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))} ms; the sender blocked after ${mebibytes(taken)}`;
    },
  },
  {
    name: 'one connection too many',
    rows: ['handshake: over maxConnections, or closing'],
    demand:
      '50 upgrades where one may be open: one 101, 503 with Retry-After for the others; the place is free again afterwards',
    async run(field) {
      const open = async () => {
        const peer = await field.connect();
        peer.send(at('/one'));
        return { peer, response: await peer.readResponse() };
      };
      const all = await Promise.all(Array.from({ length: 50 }, open));
      const [first, ...others] = all.filter(({ response }) => response.status === 101);
      expect(others).to.have.length(0);
      const refused = all.filter(({ response }) => response.status === 503);
      expect(refused).to.have.length(49);
      for (const { response } of refused) expect(Number(response.headers['retry-after'])).to.be.above(0);
      first?.peer.sendClose(1000);
      await first?.peer.readEnd();
      first?.peer.destroy();
      expect((await open()).response.status).to.equal(101);
      return '1 got in, 49 did not';
    },
  },
  {
    name: 'offers of all kinds',
    rows: ['handshake: extension offers', 'handshake: accepted', 'frames: extensions only where enabled'],
    demand: `${OFFERS.length} offers of extensions and subprotocols, well-formed and useless: 101, and nothing is agreed on that can't be`,
    async run(field) {
      for (const [path, headers, agreed] of OFFERS) {
        const peer = await field.connect();
        peer.send(upgradeRequest({ path, headers }));
        const { status, headers: answer } = await peer.readResponse();
        expect(status, JSON.stringify(headers)).to.equal(101);
        expect(answer['sec-websocket-accept']).to.equal(SAMPLE_ACCEPT);
        const got = [answer['sec-websocket-extensions'], answer['sec-websocket-protocol']];
        expect(got, JSON.stringify(headers)).to.deep.equal(agreed);
        peer.sendText('works');
        if (got[0] === undefined) expect(await peer.readText()).to.equal('works');
        peer.destroy();
      }
      return '101 each';
    },
  },
];
