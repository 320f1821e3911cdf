/** Frames that break a rule, and ends in between. */
import { expect } from 'chai';
import { closePayload, frameBytes, upgradeRequest } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import type { Row } from '../rows.js';
import { MiB } from '../sizes.js';
import { expectClose, expectGrowth } from './means.js';

/** A header that announces a binary message of a 64-bit length, in hexadecimal, and nothing behind it. */
function announcing(length: string): Buffer {
  return Buffer.concat([Buffer.from([0x82, 0xff]), Buffer.from(length, 'hex'), Buffer.from([1, 2, 3, 4])]);
}

const text = (payload: string | Uint8Array, fin = true) => frameBytes({ opcode: 1, fin, payload });
const LONGER_THAN_CONTROL = Buffer.alloc(126);

type HostileFrame = readonly [what: string, code: number, row: Row, bytes: Buffer];

/** What is sent, the close code that it must bring, and why. */
const HOSTILE: readonly HostileFrame[] = [
  ['unmasked', 1002, 'frames: masks', frameBytes({ opcode: 1, payload: 'x', mask: null })],
  ['RSV1 without compression', 1002, 'frames: RSV bits', frameBytes({ opcode: 1, rsv: 4, payload: 'x' })],
  ['RSV2', 1002, 'frames: RSV bits', frameBytes({ opcode: 1, rsv: 2, payload: 'x' })],
  ['RSV3 on a ping', 1002, 'frames: RSV bits', frameBytes({ opcode: 9, rsv: 1 })],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode) =>
      [`opcode ${opcode}`, 1002, 'frames: opcodes, sequence, control frames', frameBytes({ opcode })] as const,
  ),
  ['stray continuation', 1002, 'frames: opcodes, sequence, control frames', frameBytes({ opcode: 0, payload: 'x' })],
  [
    'a message inside a message',
    1002,
    'frames: opcodes, sequence, control frames',
    Buffer.concat([text('a', false), text('b')]),
  ],
  ['fragmented ping', 1002, 'frames: opcodes, sequence, control frames', frameBytes({ opcode: 9, fin: false })],
  [
    'ping of 126 bytes',
    1002,
    'frames: opcodes, sequence, control frames',
    frameBytes({ opcode: 9, payload: LONGER_THAN_CONTROL }),
  ],
  [
    'Close of 126 bytes',
    1002,
    'frames: opcodes, sequence, control frames',
    frameBytes({ opcode: 8, payload: LONGER_THAN_CONTROL }),
  ],
  ['Close of one byte', 1002, 'frames: opcodes, sequence, control frames', frameBytes({ opcode: 8, payload: 'x' })],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) =>
      [
        `Close ${code}`,
        1002,
        'frames: opcodes, sequence, control frames',
        frameBytes({ opcode: 8, payload: closePayload(code) }),
      ] as const,
  ),
  [
    'Close with bad UTF-8',
    1007,
    'life: bad UTF-8',
    frameBytes({ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff]) }),
  ],
  ['bad UTF-8', 1007, 'life: bad UTF-8', text(Buffer.from([0xc0, 0xaf]))],
  ['bad UTF-8 in a first fragment', 1007, 'life: bad UTF-8', text(Buffer.from([0xed, 0xa0, 0x80]), false)],
  ['text cut inside a character', 1007, 'life: bad UTF-8', text(Buffer.from([0xe2, 0x82]))],
  ['1 MiB and a byte announced', 1009, 'frames: lengths', announcing('0000000000100001')],
  ['2^31 announced', 1009, 'frames: lengths', announcing('0000000080000000')],
  ['2^32 + 5 announced', 1009, 'frames: lengths', announcing('0000000100000005')],
  ['a length of 8 bytes that would fit into 2', 1002, 'frames: lengths', announcing('0000000000000100')],
  ['2^53 announced', 1009, 'frames: lengths', announcing('0020000000000000')],
  ['2^63 - 1 announced', 1009, 'frames: lengths', announcing('7fffffffffffffff')],
  ['the top bit of the length', 1002, 'frames: lengths', announcing('8000000000000000')],
  [
    'over 1 MiB in fragments',
    1009,
    'life: over a limit',
    Buffer.concat([text('x'.repeat(MiB), false), frameBytes({ opcode: 0, payload: 'x' })]),
  ],
];

const FIN: Row = 'figure: hostile frame to FIN within 1 s';
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

/** The same, on a connection with compression. */
const HOSTILE_COMPRESSED: typeof HOSTILE = [
  [
    'corrupt deflate data',
    1007,
    'frames: permessage-deflate',
    frameBytes({ opcode: 1, rsv: 4, payload: Buffer.from([0xff, 0xff, 0xff, 0xff]) }),
  ],
  [
    'RSV1 on a continuation',
    1002,
    'frames: RSV bits',
    Buffer.concat([text('a', false), frameBytes({ opcode: 0, rsv: 4 })]),
  ],
  ['RSV1 on a ping', 1002, 'frames: RSV bits', frameBytes({ opcode: 9, rsv: 4 })],
];

export const FRAMES: readonly ServerAttack[] = [
  {
    name: 'hostile frames',
    rows: [...new Set<Row>([...HOSTILE, ...HOSTILE_COMPRESSED].map(([, , row]) => row)), FIN],
    demand: `${HOSTILE.length + HOSTILE_COMPRESSED.length} kinds: the right Close, and FIN within 1 s`,
    async run(field, watch, before) {
      const times: [number, string][] = [];
      for (const [path, cases] of [['/counted', HOSTILE] as const, ['/compressed', HOSTILE_COMPRESSED] as const]) {
        for (const [what, code, , bytes] of cases) {
          const peer = await field.open(path, path === '/compressed' ? OFFER : {});
          peer.send(bytes);
          const milliseconds = await expectClose(peer, code).catch((cause: Error) => {
            throw new Error(`${what}: ${cause.message}`);
          });
          times.push([milliseconds, what]);
          peer.destroy();
        }
      }
      expectGrowth(before, await watch(), 8 * MiB);
      const [slowest] = times.sort(([a], [b]) => b - a);
      return `the slowest FIN after ${Math.round(slowest?.[0] ?? 0)} ms (${slowest?.[1]})`;
    },
  },
  {
    name: 'messages behind the Close',
    rows: ['life: protocol violation', 'figure: hostile frame to FIN within 1 s'],
    demand: '8 MiB sent after a hostile frame, and none of it delivered: 1002 arrives, FIN within 1 s',
    async run(field) {
      const peer = await field.open('/counted');
      peer.send(
        Buffer.concat([frameBytes({ opcode: 3 }), ...Array.from({ length: 128 }, () => text('x'.repeat(65_000)))]),
      );
      const milliseconds = await expectClose(peer, 1002);
      return `FIN after ${Math.round(milliseconds)} ms`;
    },
  },
  {
    name: 'frames in the packet of the handshake',
    rows: ['life: the connect handler comes first, and nothing is read before it has settled', 'frames: cuts of TCP'],
    demand: 'a hostile one behind 1,000 good ones: all are echoed, then 1002',
    async run(field) {
      const peer = await field.connect();
      const good = Buffer.concat(Array.from({ length: 1_000 }, (_, at) => text(`${at}`)));
      peer.send(Buffer.concat([Buffer.from(upgradeRequest({ path: '/counted' })), good, frameBytes({ opcode: 3 })]));
      expect((await peer.readResponse()).status).to.equal(101);
      for (let at = 0; at < 1_000; at += 1) expect(await peer.readText()).to.equal(`${at}`);
      return `FIN after ${Math.round(await expectClose(peer, 1002))} ms`;
    },
  },
];
