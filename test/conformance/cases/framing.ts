/** Categories 1–4: whole messages, pings and pongs, reserved bits and opcodes. */
import { type ConformanceCase, heard } from '../case.js';
import { binary, close, type Frame, frame, ping, pong, text } from '../peer/frames.js';
import type { Chops } from '../peer/peer.js';
import { answered, HELLO, refused } from './script.js';

const NOT_UTF8 = Buffer.from('00fffefdfcfb00ff', 'hex');
const PONG = 'unsolicited pong payload';
const PING = 'ping payload';

/** Length, seconds, and the size of the writes it is cut into. */
const LENGTHS: readonly (readonly [length: number, seconds: number, chops?: number])[] = [
  [0, 1],
  [125, 1],
  [126, 1],
  [127, 1],
  [128, 1],
  [65_535, 10],
  [65_536, 10],
  [65_536, 10, 997],
];

function framing(): ConformanceCase[] {
  return (['text', 'binary'] as const).flatMap((type, kind) =>
    LENGTHS.map(([length, seconds, chops], index) => {
      const payload = Buffer.alloc(length, type === 'text' ? '*' : 0xfe);
      return answered({
        id: `1.${kind + 1}.${index + 1}`,
        group: `Framing: ${type} messages`,
        description: `A ${type} message of ${length} bytes`,
        send: [type === 'text' ? text(payload) : binary(payload)],
        expect: [heard(type, payload)],
        seconds,
        ...(chops === undefined ? {} : { chops }),
      });
    }),
  );
}

function pings(): ConformanceCase[] {
  const group = 'Pings and pongs';
  const full = Buffer.alloc(125, 0xfe);
  const ten = Array.from({ length: 10 }, (_, index) => `payload-${index}`);
  const pongs = ten.map((payload) => heard('pong', payload));
  const series = ten.map((payload) => ping(payload));
  return [
    answered({ id: '2.1', group, description: 'An empty ping', send: [ping()], expect: [heard('pong')] }),
    answered({
      id: '2.2',
      group,
      description: 'A ping with text',
      send: [ping(HELLO)],
      expect: [heard('pong', HELLO)],
    }),
    answered({
      id: '2.3',
      group,
      description: 'A ping with bytes that are not UTF-8',
      send: [ping(NOT_UTF8)],
      expect: [heard('pong', NOT_UTF8)],
    }),
    answered({
      id: '2.4',
      group,
      description: 'A ping of 125 bytes',
      send: [ping(full)],
      expect: [heard('pong', full)],
    }),
    refused({ id: '2.5', group, description: 'A ping of 126 bytes', send: [ping(Buffer.alloc(126, 0xfe))] }),
    answered({
      id: '2.6',
      group,
      description: 'A ping of 125 bytes',
      send: [ping(full)],
      chops: 1,
      expect: [heard('pong', full)],
      seconds: 2,
    }),
    answered({ id: '2.7', group, description: 'An empty pong that nobody asked for', send: [pong()] }),
    answered({ id: '2.8', group, description: 'A pong with a payload that nobody asked for', send: [pong(PONG)] }),
    answered({
      id: '2.9',
      group,
      description: 'A pong that nobody asked for, then a ping',
      send: [pong(PONG), ping(PING)],
      expect: [heard('pong', PING)],
    }),
    answered({ id: '2.10', group, description: 'Ten pings', send: series, expect: pongs, seconds: 3 }),
    answered({ id: '2.11', group, description: 'Ten pings', send: series, chops: 1, expect: pongs, seconds: 3 }),
  ];
}

/** RSV bits as a number; where a good message stands before the frame, its echo comes first. */
function reservedBits(): ConformanceCase[] {
  const after = (rsv: number): Frame[] => [text(HELLO), text(HELLO, { rsv }), ping()];
  const rows: readonly (readonly [what: string, send: readonly Frame[], chops?: Chops])[] = [
    ['A text message with RSV 1', [text(HELLO, { rsv: 1 })]],
    ['A text message, one with RSV 2 and a ping', after(2)],
    ['A text message, one with RSV 3 and a ping', after(3), 'by frame'],
    ['A text message, one with RSV 4 and a ping', after(4), 1],
    ['A binary message with RSV 5', [binary(NOT_UTF8, { rsv: 5 })]],
    ['A ping with RSV 6', [ping(HELLO, { rsv: 6 })]],
    ['A Close with RSV 7', [{ ...close(), rsv: 7 }]],
  ];
  return rows.map(([description, send, chops], index) =>
    afterEcho(`3.${index + 1}`, 'Reserved bits', description, send, chops),
  );
}

function reservedOpcodes(): ConformanceCase[] {
  return ([3, 11] as const).flatMap((first, kind) =>
    [0, 1, 2, 3, 4].map((step) => {
      const opcode = first + step;
      const payload = step === 0 || step === 2 ? '' : 'reserved opcode payload';
      const reserved = frame(opcode, payload);
      const what = `a frame with opcode ${opcode}${payload === '' ? '' : ' and a payload'}`;
      const id = `4.${kind + 1}.${step + 1}`;
      const group = `Reserved opcodes: ${kind === 0 ? 'data' : 'control'}`;
      return step < 2
        ? afterEcho(id, group, `Only ${what}`, [reserved])
        : afterEcho(
            id,
            group,
            `A text message, ${what} and a ping`,
            [text(HELLO), reserved, ping()],
            step === 4 ? 1 : 'at once',
          );
    }),
  );
}

function afterEcho(id: string, group: string, description: string, send: readonly Frame[], chops: Chops = 'at once') {
  const echoes = send.length > 1;
  return refused({
    id,
    group,
    description,
    send,
    chops,
    ...(echoes ? { expect: [heard('text', HELLO)], nonStrict: [] } : {}),
  });
}

export const FRAMING: readonly ConformanceCase[] = [...framing(), ...pings(), ...reservedBits(), ...reservedOpcodes()];
