/** What a hostile server can do to our client, before the upgrade and after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import type { Asked } from '../../client/answering.js';
import { deferred } from '../../server/serving.js';
import { closePayload, type FrameParts, frameBytes } from '../../support/raw-peer.js';
import type { ClientAttack } from '../attack.js';
import type { ClientField } from '../client-field.js';
import type { Row } from '../rows.js';
import { KiB, MiB } from '../sizes.js';
import { inTime, within } from '../waiting.js';
import { expectGrowth, expectPeak } from './means.js';

/** The client's handshake timeout of `subject/client-process.ts`, and how late a deadline may be on a busy machine. */
const HANDSHAKE_TIMEOUT = 1_500;
const LATE = 1_500;

/** A frame as a server sends it: unmasked. */
const frame = (parts: FrameParts): Buffer => frameBytes({ mask: null, ...parts });

type Changes = Parameters<Asked['switching']>[0];

interface HostileAnswer {
  readonly what: string;
  readonly row: Row;
  /** The text of the answer, or what is done. */
  readonly answer: (asked: Asked) => string | Buffer | void;
  readonly options?: Readonly<Record<string, unknown>>;
  /** The name and code of the error. */
  readonly outcome: RegExp;
}

const TIMED_OUT = /^HandshakeTimeoutError MOORAGE_HANDSHAKE_TIMEOUT$/;
const MALFORMED = /^UpgradeError MOORAGE_RESPONSE_MALFORMED$/;
const TOO_LARGE = /^UpgradeError MOORAGE_RESPONSE_TOO_LARGE$/;
const REFUSED = /^UpgradeError MOORAGE_UPGRADE_REFUSED$/;
const FAILED = /^ConnectError MOORAGE_CONNECT_FAILED$/;
const refusedFor = (what: string) => new RegExp(`^UpgradeError MOORAGE_RESPONSE_${what}$`);

const switching =
  (changes: Changes) =>
  (asked: Asked): string =>
    asked.switching(changes);

/** Sends a text again and again until the other side is gone. */
function endlessly(asked: Asked, beginning: string, text: string): void {
  const { socket } = asked;
  socket.write(beginning);
  const many = text.repeat(Math.ceil((64 * KiB) / text.length));
  const more = () => {
    while (socket.writable && socket.write(many));
  };
  socket.on('drain', more);
  more();
}

function drip(asked: Asked, text: string): void {
  const { socket } = asked;
  let sent = 0;
  const timer = setInterval(() => {
    if (!socket.writable) clearInterval(timer);
    else socket.write(text[sent++ % text.length] as string);
  }, 20);
  socket.on('close', () => clearInterval(timer));
}

const at = (row: string) => `client: ${row}` as Row;
const STATUS = at('status line');
const HEAD = at('head without an end, or dripped');
const SILENT = at('no answer');
const INTERIM = at('interim answers (1xx)');
const TOKENS = at('upgrade and connection tokens');
const ACCEPT = at('accept value');
const AGREED = at('extensions and subprotocols');
const REDIRECTS = at('redirects');
const BODY = at('body of a refusal');

const ANSWERS: readonly HostileAnswer[] = [
  { what: 'no HTTP', row: STATUS, answer: () => 'SSH-2.0-OpenSSH_9.2\r\n', outcome: MALFORMED },
  { what: 'HTTP/2', row: STATUS, answer: () => 'HTTP/2 101 Switching\r\n\r\n', outcome: MALFORMED },
  {
    what: 'HTTP/1.0',
    row: STATUS,
    answer: (asked) => asked.switching().replace('HTTP/1.1', 'HTTP/1.0'),
    outcome: MALFORMED,
  },
  { what: 'a status of four digits', row: STATUS, answer: () => 'HTTP/1.1 1010 X\r\n\r\n', outcome: MALFORMED },
  { what: 'a status of none', row: STATUS, answer: () => 'HTTP/1.1 \r\n\r\n', outcome: MALFORMED },
  { what: 'a 200', row: STATUS, answer: () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', outcome: REFUSED },
  {
    what: 'a 200 with the headers of an upgrade',
    row: STATUS,
    answer: (asked) => asked.switching().replace('101 Switching Protocols', '200 OK'),
    outcome: REFUSED,
  },
  { what: 'random bytes', row: STATUS, answer: () => Buffer.alloc(4_096, 0xa5), outcome: MALFORMED },
  {
    what: 'header fields without an end',
    row: HEAD,
    answer: (asked) => endlessly(asked, 'HTTP/1.1 101 X\r\n', 'X-Filler: and so on\r\n'),
    outcome: TOO_LARGE,
  },
  {
    what: 'one header field without an end',
    row: HEAD,
    answer: (asked) => endlessly(asked, 'HTTP/1.1 101 X\r\nX-Filler: ', 'x'),
    outcome: TOO_LARGE,
  },
  {
    what: 'a reason without an end',
    row: HEAD,
    answer: (asked) => endlessly(asked, 'HTTP/1.1 101 ', 'x'),
    outcome: /^UpgradeError MOORAGE_RESPONSE_(TOO_LARGE|MALFORMED)$/,
  },
  {
    what: '200 header fields',
    row: HEAD,
    answer: (asked) => asked.switching(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-${i}`, 'x']))),
    outcome: TOO_LARGE,
  },
  {
    what: 'a dripped head',
    row: HEAD,
    answer: (asked) => drip(asked, `HTTP/1.1 101 X\r\n${'X-Filler: and so on\r\n'.repeat(100)}`),
    outcome: TIMED_OUT,
  },
  { what: 'nothing', row: SILENT, answer: () => undefined, outcome: TIMED_OUT },
  { what: 'FIN', row: SILENT, answer: ({ socket }) => void socket.end(), outcome: FAILED },
  { what: 'RST', row: SILENT, answer: ({ socket }) => void socket.resetAndDestroy(), outcome: FAILED },
  {
    what: '1xx without an end',
    row: INTERIM,
    answer: (asked) => endlessly(asked, '', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    outcome: TOO_LARGE,
  },
  {
    what: 'dripped 1xx',
    row: INTERIM,
    answer: (asked) => drip(asked, 'HTTP/1.1 100 Continue\r\n\r\n'),
    outcome: TIMED_OUT,
  },
  { what: 'no Upgrade', row: TOKENS, answer: switching({ Upgrade: undefined }), outcome: refusedFor('UPGRADE') },
  { what: 'another Upgrade', row: TOKENS, answer: switching({ Upgrade: 'h2c' }), outcome: refusedFor('UPGRADE') },
  {
    what: 'two Upgrades',
    row: TOKENS,
    answer: switching({ Upgrade: ['websocket', 'websocket'] }),
    outcome: refusedFor('UPGRADE'),
  },
  {
    what: 'another Connection',
    row: TOKENS,
    answer: switching({ Connection: 'close' }),
    outcome: refusedFor('(CONNECTION|UPGRADE)'),
  },
  {
    what: 'no accept',
    row: ACCEPT,
    answer: switching({ 'Sec-WebSocket-Accept': undefined }),
    outcome: refusedFor('ACCEPT'),
  },
  {
    what: 'the accept of another key',
    row: ACCEPT,
    answer: switching({ 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }),
    outcome: refusedFor('ACCEPT'),
  },
  {
    what: 'the right accept, twice',
    row: ACCEPT,
    answer: (asked) => asked.switching({ 'Sec-WebSocket-Accept': [asked.accept, asked.accept] }),
    outcome: refusedFor('ACCEPT'),
  },
  {
    what: 'an unoffered extension',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Extensions': 'deflate-frame' }),
    outcome: refusedFor('EXTENSION'),
  },
  {
    what: 'parameters that can not be',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' }),
    outcome: refusedFor('EXTENSION'),
  },
  {
    what: 'the same extension twice',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Extensions': 'permessage-deflate, permessage-deflate' }),
    outcome: refusedFor('EXTENSION'),
  },
  {
    what: 'unreadable extensions',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Extensions': '; ;=' }),
    outcome: refusedFor('EXTENSION'),
  },
  {
    what: 'an unoffered subprotocol',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Protocol': 'never.offered' }),
    options: { subprotocols: ['chat'] },
    outcome: refusedFor('SUBPROTOCOL'),
  },
  {
    what: 'two subprotocols',
    row: AGREED,
    answer: switching({ 'Sec-WebSocket-Protocol': ['chat', 'chat'] }),
    options: { subprotocols: ['chat'] },
    outcome: refusedFor('SUBPROTOCOL'),
  },
  {
    what: 'a redirect to itself, for ever',
    row: REDIRECTS,
    answer: () => 'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n',
    options: { followRedirects: 20 },
    outcome: /^UpgradeError MOORAGE_TOO_MANY_REDIRECTS$/,
  },
  {
    what: 'a redirect that nobody asked for',
    row: REDIRECTS,
    answer: () => 'HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
    outcome: REFUSED,
  },
  ...['file:///etc/passwd', 'javascript:alert(1)', 'ws://', '//'].map(
    (to): HostileAnswer => ({
      what: `a redirect to ${to}`,
      row: REDIRECTS,
      answer: () => `HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`,
      options: { followRedirects: 5 },
      outcome: /^UpgradeError MOORAGE_(REDIRECT_REFUSED|UPGRADE_REFUSED)$/,
    }),
  ),
  {
    what: 'a body without an end',
    row: BODY,
    answer: (asked) => endlessly(asked, 'HTTP/1.1 403 Forbidden\r\n\r\n', 'no '),
    outcome: REFUSED,
  },
  {
    what: 'chunks without an end',
    row: BODY,
    answer: (asked) => endlessly(asked, 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n', '2\r\nno\r\n'),
    outcome: REFUSED,
  },
  {
    what: 'a body that never comes',
    row: BODY,
    answer: () => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000\r\n\r\nno',
    outcome: REFUSED,
  },
];

interface HostileStream {
  readonly what: string;
  readonly row: Row;
  readonly bytes: Buffer;
  /** What the client's handlers note after `connect`. */
  readonly noted: readonly string[];
  readonly compressed?: boolean;
}

const FRAMING = at('masks, RSV bits, opcodes, sequence, control frames');
const CODES = at('close codes');
const UTF8 = at('bad UTF-8');
const LENGTHS = at('lengths and limits');
const COMPRESSION = at('compression');
const FLOODS = at('floods');

/** The header of a binary frame that announces a 64-bit length, in hexadecimal. */
const announcing = (length: string) => Buffer.concat([Buffer.from([0x82, 0x7f]), Buffer.from(length, 'hex')]);
const violation = (code: string) => [`error ${code}`, 'close 1002'];
const tooLarge = (code: string) => [`error ${code}`, 'close 1009'];
const many = (count: number, bytes: Buffer) => Buffer.concat(Array.from({ length: count }, () => bytes));

/** A compressed message of zeros, as one frame (RFC 7692 §7.2.1: without the last four bytes of the flush). */
function bomb(length: number): Buffer {
  const data = deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_SYNC_FLUSH, level: 9 });
  return frame({ opcode: 2, rsv: 4, payload: data.subarray(0, -4) });
}

const STREAMS: readonly HostileStream[] = [
  {
    what: 'a masked frame',
    row: FRAMING,
    bytes: frameBytes({ opcode: 1, payload: 'x' }),
    noted: violation('MOORAGE_MASK_FORBIDDEN'),
  },
  ...[1, 2, 4].map(
    (rsv): HostileStream => ({
      what: `RSV ${rsv}`,
      row: FRAMING,
      bytes: frame({ opcode: 1, rsv, payload: 'x' }),
      noted: violation('MOORAGE_RESERVED_BITS'),
    }),
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode): HostileStream => ({
      what: `opcode ${opcode}`,
      row: FRAMING,
      bytes: frame({ opcode }),
      noted: violation('MOORAGE_INVALID_OPCODE'),
    }),
  ),
  {
    what: 'a stray continuation',
    row: FRAMING,
    bytes: frame({ opcode: 0 }),
    noted: violation('MOORAGE_UNEXPECTED_CONTINUATION'),
  },
  {
    what: 'a message inside a message',
    row: FRAMING,
    bytes: Buffer.concat([frame({ opcode: 1, fin: false }), frame({ opcode: 1 })]),
    noted: violation('MOORAGE_EXPECTED_CONTINUATION'),
  },
  {
    what: 'a fragmented ping',
    row: FRAMING,
    bytes: frame({ opcode: 9, fin: false }),
    noted: violation('MOORAGE_FRAGMENTED_CONTROL'),
  },
  {
    what: 'a ping of 126 bytes',
    row: FRAMING,
    bytes: frame({ opcode: 9, payload: Buffer.alloc(126) }),
    noted: violation('MOORAGE_CONTROL_TOO_LARGE'),
  },
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code): HostileStream => ({
      what: `Close ${code}`,
      row: CODES,
      bytes: frame({ opcode: 8, payload: closePayload(code) }),
      noted: violation('MOORAGE_INVALID_CLOSE_CODE'),
    }),
  ),
  {
    what: 'a Close of one byte',
    row: CODES,
    bytes: frame({ opcode: 8, payload: 'x' }),
    noted: violation('MOORAGE_INVALID_CLOSE_PAYLOAD'),
  },
  ...[1000, 1001, 1011, 3000, 4999].map(
    (code): HostileStream => ({
      what: `Close ${code}`,
      row: CODES,
      bytes: Buffer.concat([frame({ opcode: 8, payload: closePayload(code) }), frame({ opcode: 1, payload: 'late' })]),
      noted: [`close ${code}`],
    }),
  ),
  {
    what: 'bad UTF-8',
    row: UTF8,
    bytes: frame({ opcode: 1, fin: false, payload: Buffer.from([0xc0, 0xaf]) }),
    noted: ['error MOORAGE_INVALID_UTF8', 'close 1007'],
  },
  {
    what: 'a Close with bad UTF-8',
    row: UTF8,
    bytes: frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff]) }),
    noted: ['error MOORAGE_INVALID_UTF8', 'close 1007'],
  },
  ...[
    ['0000000000100001', 'MESSAGE'],
    ['0000000080000000', 'MESSAGE'],
    ['0000000100000005', 'MESSAGE'],
    ['0020000000000000', 'FRAME'],
    ['7fffffffffffffff', 'FRAME'],
  ].map(
    ([length = '', what]): HostileStream => ({
      what: `${length} announced`,
      row: LENGTHS,
      bytes: announcing(length),
      noted: tooLarge(`MOORAGE_${what}_TOO_LARGE`),
    }),
  ),
  {
    what: 'the top bit of the length',
    row: LENGTHS,
    bytes: announcing('8000000000000000'),
    noted: violation('MOORAGE_INVALID_LENGTH'),
  },
  {
    what: 'over 1 MiB in fragments',
    row: LENGTHS,
    bytes: Buffer.concat([
      frame({ opcode: 2, fin: false, payload: Buffer.alloc(MiB) }),
      frame({ opcode: 0, payload: 'x' }),
    ]),
    noted: tooLarge('MOORAGE_MESSAGE_TOO_LARGE'),
  },
  {
    what: 'a bomb of 100 MiB',
    row: COMPRESSION,
    bytes: bomb(100 * MiB),
    noted: tooLarge('MOORAGE_MESSAGE_TOO_LARGE'),
    compressed: true,
  },
  {
    what: 'corrupt deflate data',
    row: COMPRESSION,
    bytes: frame({ opcode: 1, rsv: 4, payload: Buffer.from([0xff, 0xff, 0xff, 0xff]) }),
    noted: ['error MOORAGE_INVALID_COMPRESSED_DATA', 'close 1007'],
    compressed: true,
  },
  {
    what: 'RSV1 on a continuation',
    row: COMPRESSION,
    bytes: Buffer.concat([frame({ opcode: 1, fin: false, payload: 'a' }), frame({ opcode: 0, rsv: 4 })]),
    noted: violation('MOORAGE_RESERVED_BITS'),
    compressed: true,
  },
  {
    what: '300,000 empty fragments',
    row: FLOODS,
    bytes: Buffer.concat([frame({ opcode: 1, fin: false }), many(300_000, frame({ opcode: 0, fin: false }))]),
    noted: ['error MOORAGE_TOO_MANY_FRAGMENTS', 'close 1008'],
  },
  {
    what: '130,000 one-byte fragments',
    row: FLOODS,
    bytes: Buffer.concat([
      frame({ opcode: 1, fin: false }),
      many(130_000, frame({ opcode: 0, fin: false, payload: 'x' })),
    ]),
    noted: ['error MOORAGE_TOO_MANY_FRAGMENTS', 'close 1008'],
  },
];

const rowsOf = (cases: readonly { readonly row: Row }[]) => [...new Set(cases.map(({ row }) => row))];

/** The whole of what the handlers of an attempt noted, once there is a close. */
async function noted(field: ClientField, name: string): Promise<readonly string[]> {
  let journal: readonly string[] = [];
  for (let tries = 0; tries < 250; tries += 1) {
    journal = await field.journal(name);
    if (journal.some((entry) => entry.startsWith('close'))) break;
    await sleep(20);
  }
  return journal;
}

const OFFERED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const agreed = (compressed = false): Changes => (compressed ? { 'Sec-WebSocket-Extensions': OFFERED } : {});

/** How many answers are given, or streams sent, at the same time. */
const TOGETHER = 7;

async function answer(field: ClientField, { what, answer, options = {}, outcome }: HostileAnswer): Promise<void> {
  const url = await field.serve((asked) => {
    const text = answer(asked);
    if (text !== undefined) asked.socket.write(text, 'latin1');
  });
  const began = performance.now();
  const attempt = await field.connect(url, { options });
  expect(attempt.outcome, what).to.match(outcome);
  expect(performance.now() - began, what).to.be.below(HANDSHAKE_TIMEOUT + LATE);
  const journal = await field.journal(attempt.name);
  expect(journal, what).to.deep.equal([`error ${attempt.outcome.split(' ')[1]}`]);
}

/** Sends a stream, in one write with the handshake (`early`) or in the next, and looks what becomes of it. */
async function stream(
  field: ClientField,
  { what, bytes, noted: expected, compressed, early }: HostileStream & { readonly early: boolean },
): Promise<void> {
  const gone = deferred();
  const url = await field.serve((asked) => {
    asked.socket.on('close', () => gone.resolve());
    const head = Buffer.from(asked.switching(agreed(compressed)));
    if (early) {
      asked.socket.write(Buffer.concat([head, bytes]));
    } else {
      asked.socket.write(head);
      setImmediate(() => asked.socket.write(bytes));
    }
  });
  const attempt = await field.connect(url);
  expect(attempt.outcome, what).to.equal('open');
  expect(await noted(field, attempt.name), what).to.deep.equal(['connect', ...expected]);
  await inTime(gone.promise, `${what}: the end of TCP`, 4_000);
}

export const HOSTILE_SERVER: readonly ClientAttack[] = [
  {
    name: 'client: hostile answers',
    rows: rowsOf(ANSWERS),
    demand: `${ANSWERS.length} answers to the opening handshake, seven at a time: each rejected with its typed error, within the handshake timeout (1.5 s), at most 8 MiB more`,
    async run(field, watch, before) {
      for (let at = 0; at < ANSWERS.length; at += TOGETHER) {
        await Promise.all(ANSWERS.slice(at, at + TOGETHER).map((each) => answer(field, each)));
      }
      expectGrowth(before, await watch(), 8 * MiB);
      return 'each with its error';
    },
  },
  {
    name: 'client: hostile streams',
    rows: rowsOf(STREAMS),
    demand: `${STREAMS.length} streams behind a right handshake, at once with it and after it: error, close code and order as a server has them, TCP ended, at most 8 MiB more`,
    async run(field, watch, before) {
      const cases = STREAMS.flatMap((stream) => [true, false].map((early) => ({ ...stream, early })));
      for (let at = 0; at < cases.length; at += TOGETHER) {
        await Promise.all(cases.slice(at, at + TOGETHER).map((each) => stream(field, each)));
      }
      expectGrowth(before, await watch(), 8 * MiB);
      return 'each with its error and code';
    },
  },
  {
    name: 'client: ping flood, nothing read',
    rows: ['client: floods', 'client: a server that reads nothing'],
    demand: '32 MiB of pings by a server that reads no pong: blocked or closed, or at most 8 MiB more',
    async run(field, watch, before) {
      const pings = many(2_000, frame({ opcode: 9, payload: 'ping ping!' }));
      let sent = 0;
      const flooding = await field.serve((asked) => {
        asked.socket.pause();
        asked.socket.write(asked.switching());
        const more = () => {
          while (sent < 32 * MiB && asked.socket.writable) {
            sent += pings.length;
            if (!asked.socket.write(pings)) return;
          }
        };
        asked.socket.on('drain', more);
        more();
      });
      const { outcome } = await field.connect(flooding);
      expect(outcome).to.equal('open');
      await within(15_000, () => sent >= 32 * MiB);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 24 * MiB);
      return `${Math.round(sent / MiB)} MiB sent`;
    },
  },
  {
    name: 'client: a server that reads nothing',
    rows: ['client: a server that reads nothing'],
    demand: '64 MiB sent with each send awaited: the sends wait, at most 8 MiB more',
    async run(field, watch, before) {
      const url = await field.serve((asked) => {
        asked.socket.pause();
        asked.socket.write(asked.switching());
      });
      const { outcome } = await field.connect(url, { sends: 64 * MiB, options: { keepAlive: false } });
      expect(outcome).to.equal('open');
      await sleep(1_000);
      expectGrowth(before, await watch(), 8 * MiB);
      expectPeak(before, field.peak(), 8 * MiB);
      return 'the sender waits';
    },
  },
  {
    name: 'client: a server process that is stopped',
    rows: ['client: a server that freezes'],
    demand: 'SIGSTOP after 20 connections were opened: keep-alive (1 s and 1 s) ends them with 1006; new ones time out',
    async run(field, watch) {
      const { process: server, url } = await field.spareServer();
      try {
        const attempts = await Promise.all(Array.from({ length: 20 }, () => field.connect(url)));
        expect(new Set(attempts.map(({ outcome }) => outcome))).to.deep.equal(new Set(['open']));
        server.freeze(true);
        await watch();
        const late = field.connect(url);
        const journals = await Promise.all(attempts.map(({ name }) => noted(field, name)));
        for (const journal of journals) {
          expect(journal).to.deep.equal(['connect', 'error MOORAGE_KEEP_ALIVE_TIMEOUT', 'close 1006']);
        }
        expect((await late).outcome).to.match(TIMED_OUT);
        return '1006 each';
      } finally {
        await server.end();
      }
    },
  },
  {
    name: 'client: resets and ends at every byte of the handshake',
    rows: ['client: resets and ends anywhere'],
    demand:
      'RST and FIN after each byte of a right answer: a typed error each, nothing is left of any, at most 8 MiB more',
    async run(field, watch, before) {
      let at = 0;
      let rst = false;
      let length = Infinity;
      const url = await field.serve((asked) => {
        const text = asked.switching();
        length = text.length;
        asked.socket.write(text.slice(0, at), () => (rst ? asked.socket.resetAndDestroy() : asked.socket.end()));
      });
      let attempts = 0;
      for (at = 0; at < length; at += 1) {
        for (rst of [true, false]) {
          const { outcome, name } = await field.connect(url);
          attempts += 1;
          expect(outcome, `at byte ${at}`).to.match(/^(ConnectError|UpgradeError) MOORAGE_/);
          expect(await field.journal(name)).to.deep.equal([`error ${outcome.split(' ')[1]}`]);
        }
      }
      expect(await within(10_000, () => field.descriptors() <= before.descriptors), 'descriptors back').to.equal(true);
      expectGrowth(before, await watch(), 8 * MiB);
      return `${attempts} broken off`;
    },
  },
  {
    name: 'client: resets and ends at every byte of a conversation',
    rows: ['client: resets and ends anywhere'],
    demand:
      'RST and FIN after each byte of what a server says: one close for each connect, nothing is left of any, at most 8 MiB more',
    async run(field, watch, before) {
      const said = Buffer.concat([
        frame({ opcode: 1, fin: false, payload: 'Hel' }),
        frame({ opcode: 9, payload: 'here?' }),
        frame({ opcode: 0, payload: 'lo' }),
        frame({ opcode: 2, payload: Buffer.alloc(130) }),
        frame({ opcode: 8, payload: closePayload(1000) }),
      ]);
      const servers = await Promise.all(
        Array.from({ length: 2 * said.length + 2 }, (_, i) =>
          field.serve((asked) => {
            const bytes = Buffer.concat([Buffer.from(asked.switching()), said.subarray(0, i >> 1)]);
            asked.socket.write(bytes, () => {
              // After the client has had the head, or a reset may overtake it.
              setTimeout(() => (i % 2 === 0 ? asked.socket.resetAndDestroy() : asked.socket.end()), 30);
            });
          }),
        ),
      );
      const attempts: string[] = [];
      for (let at = 0; at < servers.length; at += 20) {
        const some = await Promise.all(servers.slice(at, at + 20).map((url) => field.connect(url)));
        for (const { name, outcome } of some) {
          expect(outcome).to.equal('open');
          attempts.push(name);
        }
      }
      for (const name of attempts) {
        const journal = await noted(field, name);
        expect(journal.filter((entry) => entry.startsWith('close'))).to.have.length(1);
        expect(journal.at(-1), 'the last event').to.match(/^close (1000|1006)$/);
      }
      expect(await within(10_000, () => field.descriptors() <= before.descriptors), 'descriptors back').to.equal(true);
      const now = await watch();
      expect(now.closes).to.equal(now.connects);
      expectGrowth(before, now, 8 * MiB);
      return `${now.connects} connects, ${now.closes} closes`;
    },
  },
];
