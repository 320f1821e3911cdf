/** Requests that must not become connections. */
import { expect } from 'chai';
import { frameBytes, type RequestParts, SAMPLE_KEY, upgradeRequest } from '../../support/raw-peer.js';
import type { Attack } from '../attack.js';
import { MiB, timed } from '../battlefield.js';
import { expectGrowth, mebibytes, pour } from './means.js';

type Headers = NonNullable<RequestParts['headers']>;

const withHeaders = (headers: Headers) => upgradeRequest({ path: '/counted', headers });
const listOf = (count: number, item: string) => Array.from({ length: count }, (_, at) => `${item}${at}`).join(', ');

/** What is asked, the statuses that may answer it, and the request. */
const REFUSED: readonly (readonly [what: string, statuses: readonly number[], request: string])[] = [
  ['no such path', [404], upgradeRequest({ path: '/nowhere' })],
  ['POST', [405], upgradeRequest({ path: '/counted', method: 'POST' })],
  ['HTTP/1.0', [505, 400], upgradeRequest({ path: '/counted', version: 'HTTP/1.0' })],
  ['no Upgrade', [426], withHeaders({ Upgrade: undefined })],
  ['Upgrade to something else', [426], withHeaders({ Upgrade: 'h2c' })],
  ['no Connection: Upgrade', [426], withHeaders({ Connection: 'keep-alive' })],
  ['version 8', [426], withHeaders({ 'Sec-WebSocket-Version': '8' })],
  ['no version', [426], withHeaders({ 'Sec-WebSocket-Version': undefined })],
  ['two versions', [426], withHeaders({ 'Sec-WebSocket-Version': ['13', '13'] })],
  ['no key', [400], withHeaders({ 'Sec-WebSocket-Key': undefined })],
  ['two keys', [400], withHeaders({ 'Sec-WebSocket-Key': [SAMPLE_KEY, SAMPLE_KEY] })],
  ['a short key', [400], withHeaders({ 'Sec-WebSocket-Key': 'c2hvcnQ=' })],
  ['a key that is no base64', [400], withHeaders({ 'Sec-WebSocket-Key': '************************' })],
  ['a body', [400], `${withHeaders({ 'Content-Length': '5' })}12345`],
  ['a body in chunks', [400], `${withHeaders({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`],
  ['both kinds of body', [400], `${withHeaders({ 'Transfer-Encoding': 'chunked', 'Content-Length': '5' })}0\r\n\r\n`],
  ['malformed subprotocols', [400], withHeaders({ 'Sec-WebSocket-Protocol': 'a b' })],
  ['65 subprotocols', [400], withHeaders({ 'Sec-WebSocket-Protocol': listOf(65, 'p') })],
  ['malformed extensions', [400], withHeaders({ 'Sec-WebSocket-Extensions': '; x=' })],
  ['17 extensions', [400], withHeaders({ 'Sec-WebSocket-Extensions': listOf(17, 'e') })],
  ['a foreign Origin', [403], withHeaders({ Origin: 'https://elsewhere.example' })],
  ['Origin null', [403], withHeaders({ Origin: 'null' })],
  ['two Origins', [403], withHeaders({ Origin: ['http://localhost', 'http://localhost'] })],
  ['64 KiB of headers', [431], withHeaders({ 'X-Long': 'x'.repeat(65_536) })],
  ['a path of 64 KiB', [414, 431], upgradeRequest({ path: `/${'x'.repeat(65_536)}` })],
  ['a header folded with a bare CR', [400], withHeaders({ 'X-Split': 'a\rSec-WebSocket-Version: 8' })],
  ['a TLS hello', [400], '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
];

export const HANDSHAKES: readonly Attack[] = [
  {
    name: 'hostile handshakes',
    demand: `${REFUSED.length} kinds, each with a valid upgrade and a frame behind it: one final response with the right status, FIN within 1 s`,
    async run(field, watch, before) {
      const times: [number, string][] = [];
      for (const [what, statuses, request] of REFUSED) {
        const peer = await field.connect();
        peer.send(Buffer.from(request, 'latin1'));
        peer.send(upgradeRequest({ path: '/counted' }));
        peer.sendText('smuggled');
        let answer = '';
        const milliseconds = await timed(
          peer.readToEnd().then((bytes) => {
            answer = bytes.toString('latin1');
          }),
        );
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
        expect(statuses, what).to.include(status);
        expect(answer.match(/HTTP\/1\.1 /g), `responses: ${what}`).to.have.length(1);
        expect(answer, what).to.match(/^Connection: .*close/im);
        expect(milliseconds, what).to.be.below(2_000);
        times.push([milliseconds, what]);
        peer.destroy();
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
    demand: '2,000 refused upgrades, 100 at a time: every descriptor back, at most 8 MiB more',
    async run(field, watch, before) {
      const request = withHeaders({ Origin: 'https://elsewhere.example' });
      for (let done = 0; done < 2_000; done += 100) {
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
      expectGrowth(before, await watch(), 8 * MiB);
      return '403 each';
    },
  },
];
