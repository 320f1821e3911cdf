/** The life of a connection, row by row: what a peer does, what it sees on the wire, and which handlers run in which order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { closePayload, type FrameParts, frameBytes, type RawPeer, upgradeRequest } from '../../support/raw-peer.js';
import type { ServerAttack } from '../attack.js';
import type { Battlefield } from '../battlefield.js';
import type { Row } from '../rows.js';
import { MiB } from '../sizes.js';
import { inTime, timed } from '../waiting.js';

/** What a peer does after its last frame. */
type Manner = 'answers Closes' | 'answers nothing' | 'sends FIN' | 'resets';

interface Conversation {
  readonly row: Row;
  readonly path: string;
  readonly says: readonly FrameParts[];
  /** Default: it answers a Close and ends TCP after the server. */
  readonly manner?: Manner;
  /** What it reads, up to the end. */
  readonly wire: readonly string[] | 'anything';
  /** What the handlers and the container noted. */
  readonly noted: readonly string[];
  /** What may also be noted. */
  readonly perhaps?: string;
}

const text = (payload: string): FrameParts => ({ opcode: 1, payload });
const closing = (code: number, reason = ''): FrameParts => ({ opcode: 8, payload: closePayload(code, reason) });
const BYE = closing(1000, 'bye');
const ERROR_ROW = 'life: error before close, close last and once for each connect';
const HANDLER_ROW = 'life: a handler throws or rejects';
const TEXT_ROW = 'life: no text of an exception reaches a peer; it is reported once';

const CONVERSATIONS: readonly Conversation[] = [
  {
    row: 'life: Close of the peer',
    path: '/conversation',
    says: [text('hello'), BYE, text('too late')],
    wire: ['text hello', 'close 1000 bye', 'fin'],
    noted: ['connect', 'text hello', 'close 1000 bye'],
  },
  {
    row: 'life: empty Close of the peer',
    path: '/conversation',
    says: [{ opcode: 8 }],
    wire: ['close 1005', 'fin'],
    noted: ['connect', 'close 1005'],
  },
  {
    row: 'life: our Close, answered',
    path: '/conversation',
    says: [text('!close and send'), text('in flight')],
    wire: ['close 4000 done', 'fin'],
    noted: ['connect', 'text !close and send', 'send MOORAGE_SESSION_CLOSED', 'text in flight', 'close 4000 done'],
  },
  {
    row: 'life: our Close, never answered',
    path: '/conversation',
    says: [text('!close')],
    manner: 'answers nothing',
    wire: ['close 4000 done', 'end'],
    noted: ['connect', 'text !close', 'close 1006'],
  },
  {
    row: 'life: codes and reasons that may not be sent',
    path: '/conversation',
    says: [text('!close 1006'), BYE],
    wire: ['text still open', 'close 1000 bye', 'fin'],
    noted: ['connect', 'text !close 1006', 'close 1000 bye'],
  },
  {
    row: 'life: disconnect',
    path: '/conversation',
    says: [text('!disconnect'), text('too late')],
    wire: ['end'],
    noted: ['connect', 'text !disconnect', 'close 1006'],
  },
  {
    row: 'life: TCP ends without Close',
    path: '/conversation',
    says: [text('hello'), { opcode: 1, fin: false, payload: 'never whole' }],
    manner: 'sends FIN',
    wire: ['text hello', 'end'],
    noted: ['connect', 'text hello', 'close 1006'],
  },
  {
    row: 'life: TCP ends without Close',
    path: '/conversation',
    says: [text('!busy')],
    manner: 'resets',
    wire: [],
    noted: ['connect', 'text !busy', 'no longer busy', 'close 1006'],
    // Node sends a FIN before the RST, and a busy server may see that first.
    perhaps: 'error ECONNRESET',
  },
  {
    row: 'life: protocol violation',
    path: '/conversation',
    says: [text('hello'), { opcode: 3 }, text('too late')],
    wire: ['text hello', 'close 1002 Protocol error', 'fin'],
    noted: ['connect', 'text hello', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error'],
  },
  {
    row: 'life: bad UTF-8',
    path: '/conversation',
    says: [{ opcode: 1, fin: false, payload: Buffer.from([0xc0, 0xaf]) }],
    wire: ['close 1007 Invalid payload data', 'fin'],
    noted: ['connect', 'error MOORAGE_INVALID_UTF8', 'close 1007 Invalid payload data'],
  },
  {
    row: 'life: over a limit',
    path: '/conversation',
    says: [
      { opcode: 2, fin: false, payload: Buffer.alloc(MiB) },
      { opcode: 0, payload: 'x' },
    ],
    wire: ['close 1009 Message too large', 'fin'],
    noted: ['connect', 'error MOORAGE_MESSAGE_TOO_LARGE', 'close 1009 Message too large'],
  },
  {
    row: 'life: too many fragments',
    path: '/conversation/few',
    says: [{ opcode: 1, fin: false }, ...Array.from({ length: 8 }, () => ({ opcode: 0, fin: false }))],
    wire: ['close 1008 Policy violation', 'fin'],
    noted: ['connect', 'error MOORAGE_TOO_MANY_FRAGMENTS', 'close 1008 Policy violation'],
  },
  {
    row: 'life: a message kind without a handler',
    path: '/text-only',
    says: [{ opcode: 2, payload: 'x' }],
    wire: ['close 1003 Unsupported data', 'fin'],
    noted: ['close 1003 Unsupported data'],
  },
  {
    row: 'life: a message kind without a handler',
    path: '/text-only/ignoring',
    says: [{ opcode: 2, payload: 'x' }, text('hello'), BYE],
    wire: ['close 1000 bye', 'fin'],
    noted: ['text hello', 'close 1000 bye'],
  },
  ...['!throw', '!reject'].map(
    (how): Conversation => ({
      row: HANDLER_ROW,
      path: '/conversation',
      says: [text(how), text('too late')],
      wire: ['close 1011 Internal error', 'fin'],
      noted: ['connect', `text ${how}`, 'error the secret of the application', 'close 1011 Internal error'],
    }),
  ),
  {
    row: HANDLER_ROW,
    path: '/conversation',
    says: [text('!throw nothing')],
    wire: ['close 1011 Internal error', 'fin'],
    noted: ['connect', 'text !throw nothing', 'error MOORAGE_NON_ERROR_THROWN', 'close 1011 Internal error'],
  },
  {
    row: HANDLER_ROW,
    path: '/conversation',
    says: [text('!throw a code')],
    wire: ['close 4321 for the peer to see', 'fin'],
    noted: ['connect', 'text !throw a code', 'error MOORAGE_CLOSED_BY_HANDLER', 'close 4321 for the peer to see'],
  },
  {
    row: TEXT_ROW,
    path: '/text-only',
    says: [text('!throw')],
    wire: ['close 1011 Internal error', 'fin'],
    noted: ['text !throw', 'reported connection the secret of the application', 'close 1011 Internal error'],
  },
  {
    row: TEXT_ROW,
    path: '/failing-at-the-end',
    says: [text('!throw')],
    wire: ['close 1011 Internal error', 'fin'],
    noted: ['reported error the error handler failed', 'reported close the close handler failed'],
  },
  {
    row: 'life: a close from within the error or close handler decides',
    path: '/deciding',
    says: [{ opcode: 3 }],
    wire: ['close 4000 mine', 'fin'],
    noted: ['error MOORAGE_INVALID_OPCODE', 'close 1002'],
  },
  {
    row: 'life: a close from within the error or close handler decides',
    path: '/deciding',
    says: [BYE],
    wire: ['close 4001 mine too', 'fin'],
    noted: ['close 1000'],
  },
  {
    row: 'life: idle timeout',
    path: '/conversation/idle',
    says: [],
    wire: ['close 1001 Idle timeout', 'fin'],
    noted: ['connect', 'error MOORAGE_IDLE_TIMEOUT', 'close 1001 Idle timeout'],
  },
  {
    row: 'life: keep-alive',
    path: '/conversation/alive',
    says: [],
    wire: ['ping', 'end'],
    noted: ['connect', 'error MOORAGE_KEEP_ALIVE_TIMEOUT', 'close 1006'],
  },
  {
    row: 'life: slow consumer',
    path: '/conversation/capped',
    says: [text('!flood')],
    manner: 'answers nothing',
    wire: 'anything',
    noted: ['connect', 'text !flood', 'error MOORAGE_SLOW_CONSUMER', 'close 1008 Policy violation'],
  },
  {
    row: 'life: sending',
    path: '/conversation',
    says: [text('!parts'), text('!keep the buffer'), BYE],
    wire: ['text first … ', 'ping between', '… last', 'binary 20000', 'close 1000 bye', 'fin'],
    noted: ['connect', 'text !parts', 'send MOORAGE_MESSAGE_IN_PROGRESS', 'text !keep the buffer', 'close 1000 bye'],
  },
  {
    row: 'life: one pong for each ping, also between fragments and while a handler is busy',
    path: '/conversation',
    says: [
      text('!busy'),
      { opcode: 9, payload: 'while busy' },
      { opcode: 1, fin: false, payload: 'a' },
      { opcode: 9, payload: 'between' },
      { opcode: 0, payload: 'b' },
      BYE,
    ],
    wire: ['pong while busy', 'pong between', 'text ab', 'close 1000 bye', 'fin'],
    noted: ['connect', 'text !busy', 'no longer busy', 'text ab', 'close 1000 bye'],
  },
  {
    row: 'life: raw frames come before the event made of them',
    path: '/frames',
    says: [text('hello'), { opcode: 9, payload: 'p' }, { opcode: 10, payload: 'q' }, { opcode: 3 }],
    wire: ['text hello', 'pong p', 'close 1002 Protocol error', 'fin'],
    noted: [
      'connect',
      'frame 1',
      'text hello',
      'frame 9',
      'ping p',
      'frame 10',
      'pong q',
      'error MOORAGE_INVALID_OPCODE',
      'close 1002 Protocol error',
    ],
  },
  {
    row: 'life: the connect handler comes first, and nothing is read before it has settled',
    path: '/greeting',
    says: [text('hello'), { opcode: 3 }],
    wire: ['text welcome', 'text hello', 'close 1002 Protocol error', 'fin'],
    noted: ['connecting', 'connect', 'text hello', 'error MOORAGE_INVALID_OPCODE', 'close 1002 Protocol error'],
  },
];

/** Reads to the end, and says what came. */
async function storyOf(peer: RawPeer, manner: Manner): Promise<string[]> {
  const story: string[] = [];
  try {
    for (;;) {
      const { opcode, fin, payload } = await peer.readFrame();
      story.push(told(opcode, fin, payload));
      if (opcode === 8 && manner !== 'answers nothing') peer.sendFrame({ opcode: 8, payload });
    }
  } catch {
    const end = await peer.readEnd();
    peer.end();
    story.push(story.some((line) => line.startsWith('close')) && manner !== 'answers nothing' ? end : 'end');
    return story;
  }
}

function told(opcode: number, fin: boolean, payload: Buffer): string {
  switch (opcode) {
    case 0:
      return `… ${payload}`;
    case 1:
      return fin ? `text ${payload}` : `text ${payload}… `;
    case 2:
      return `binary ${payload.length}`;
    case 8:
      return `close ${payload.length < 2 ? 1005 : payload.readUInt16BE()} ${payload.subarray(2)}`.trimEnd();
    default:
      return `${opcode === 9 ? 'ping' : 'pong'} ${payload}`.trimEnd();
  }
}

const ROUNDS = 3;

let conversations = 0;

/** @throws AssertionError when the wire or the journal isn't as it should be. */
async function converse(field: Battlefield, conversation: Conversation, cut?: number): Promise<void> {
  const { row, path, says, manner = 'answers Closes', wire, noted, perhaps } = conversation;
  conversations += 1;
  const name = `c${conversations}`;
  const peer = await field.open(`${path}?name=${name}`);
  const story = storyOf(peer, manner);
  const bytes = Buffer.concat(says.map(frameBytes));
  if (cut === undefined) {
    peer.send(bytes);
  } else {
    for (let at = 0; at < bytes.length && peer.socket.writable; at += cut) {
      peer.send(bytes.subarray(at, at + cut));
      await peer.flush();
    }
  }
  if (manner === 'sends FIN') peer.end();
  if (manner === 'resets') {
    await sleep(100); // For the message to be read before the reset discards it.
    peer.reset();
  } else {
    const told = await inTime(story, row);
    if (wire !== 'anything') expect(told, `${row}: on the wire`).to.deep.equal(wire);
  }
  let journal: readonly string[] = [];
  for (let tries = 0; tries < 100 && journal.length < noted.length; tries += 1) {
    journal = (await field.journal(name)).filter((entry) => entry !== perhaps);
    await sleep(20);
  }
  expect(journal, `${row}: handlers`).to.deep.equal(noted);
}

export const LIFE: readonly ServerAttack[] = [
  {
    name: 'the life of a connection',
    rows: [...new Set([...CONVERSATIONS.map(({ row }) => row), ERROR_ROW] as const)],
    demand: `${CONVERSATIONS.length} conversations at the same time, three times: each has its frames on the wire, its handlers in order, its error reported once`,
    async run(field, watch) {
      for (let round = 0; round < ROUNDS; round += 1) {
        await Promise.all(CONVERSATIONS.map((conversation) => converse(field, conversation)));
      }
      await watch();
      return `${ROUNDS * CONVERSATIONS.length} conversations as they should be`;
    },
  },
  {
    name: 'the same, cut into single bytes',
    rows: ['frames: cuts of TCP'],
    demand: 'byte by byte, 3 and 7 bytes at a time: the result is the same',
    async run(field) {
      const short = CONVERSATIONS.filter(({ says }) => Buffer.concat(says.map(frameBytes)).length < 1_000);
      await Promise.all([1, 3, 7].flatMap((cut) => short.map((conversation) => converse(field, conversation, cut))));
      return `${3 * short.length} conversations as they should be`;
    },
  },
  {
    name: 'a burst for slow methods',
    rows: ['life: messages one at a time, in order'],
    demand: '50 connections with 200 messages at once, each method taking as long as it likes: in order, one at a time',
    async run(field) {
      const all = Array.from({ length: 200 }, (_, at) => String(at));
      await Promise.all(
        Array.from({ length: 50 }, async (_, who) => {
          const peer = await field.open(`/one-at-a-time?name=burst${who}`);
          peer.send(Buffer.concat(all.map((payload) => frameBytes({ opcode: 1, payload }))));
          for (const payload of all) expect(await peer.readText()).to.equal(payload);
          expect(await field.journal(`burst${who}`)).to.deep.equal([]);
        }),
      );
      return '10,000 answers in order';
    },
  },
  {
    name: 'the container closes',
    rows: ['life: the container closes', 'handshake: over maxConnections, or closing'],
    demand:
      '60 peers, of which 20 answer, 20 read and answer nothing, 20 keep a method that never settles: 1001 each, 503 for new ones, all gone at the deadline (1.5 s)',
    async run(field, watch) {
      const open = async (path: string) => {
        const peer = await field.connect(field.secondPort);
        peer.send(upgradeRequest({ path }));
        expect((await peer.readResponse()).status).to.equal(101);
        return peer;
      };
      const twenty = (path: string) => Promise.all(Array.from({ length: 20 }, () => open(path)));
      const [answering, silent, busy] = await Promise.all([
        twenty('/conversation'),
        twenty('/conversation'),
        twenty('/never'),
      ]);
      for (const peer of busy) peer.sendText('go');
      const frozen = await open('/conversation');
      frozen.pause();
      await watch();
      const late = await field.connect(field.secondPort); // Before its server stops to listen.
      await field.closeContainer(1_500);
      const began = performance.now();
      late.send(upgradeRequest({ path: '/conversation' }));
      const { status, headers } = await late.readResponse();
      expect(status).to.equal(503);
      expect(Number(headers['retry-after'])).to.be.above(0);
      await Promise.all(
        [...answering, ...silent, ...busy].map(async (peer, at) => {
          expect((await peer.readClose()).code).to.equal(1001);
          if (at < 20) peer.sendClose(1001);
          await peer.readEnd();
        }),
      );
      frozen.resume();
      await timed(frozen.readEnd(), 5_000);
      const took = performance.now() - began;
      expect(took).to.be.within(1_300, 3_500);
      let closed: readonly string[] = [];
      for (let tries = 0; tries < 100 && closed.length === 0; tries += 1) {
        closed = await field.journal('container');
        await sleep(20);
      }
      expect(closed).to.deep.equal(['closed']);
      return `all gone after ${Math.round(took)} ms`;
    },
  },
];
