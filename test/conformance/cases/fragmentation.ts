/** Categories 5 and 10: fragments. */
import { CLOSED_BY_SUITE, type ConformanceCase, heard } from '../case.js';
import { continuation, type Frame, fragments, OPCODE, ping, pong, text } from '../peer/frames.js';
import type { Chops, Peer } from '../peer/peer.js';
import { answered, expectationOf, HELLO, refused } from './script.js';

const group = 'Fragmentation';
const OPEN = { fin: false };
const PING = 'ping payload';
const WHOLE = heard('text', 'fragment1fragment2');

const CHOPS: readonly Chops[] = ['at once', 'by frame', 1];

const twoFragments: readonly Frame[] = [text('fragment1', OPEN), continuation('fragment2')];

/** Cases that differ only in how their bytes are cut, numbered from `first`. */
function inEveryChop(first: number, one: (id: string, chops: Chops) => ConformanceCase): ConformanceCase[] {
  return CHOPS.map((chops, index) => one(`5.${first + index}`, chops));
}

function strayContinuations(first: number, fin: boolean): ConformanceCase[] {
  const send = [continuation('non-continuation payload', { fin }), text(HELLO)];
  const description = `A continuation ${fin ? 'with' : 'without'} FIN that continues nothing, then a text message`;
  return inEveryChop(first, (id, chops) => refused({ id, group, description, send, chops }));
}

/** Twice over: a continuation of nothing, then a message in two fragments. */
function repeatedStray(id: string, fin: boolean): ConformanceCase {
  const round = [continuation('fragment1', { fin }), text('fragment2', OPEN), continuation('fragment3')];
  const description = `Twice: a continuation ${fin ? 'with' : 'without'} FIN of nothing, then a text message in two fragments`;
  return refused({ id, group, description, send: [...round, ...round] });
}

/** Two pings between five fragments; the first has to be answered before the message goes on. */
function pingsBetween(id: string, chops: Chops): ConformanceCase {
  const expect = [
    heard('pong', 'pongme 1!'),
    heard('pong', 'pongme 2!'),
    heard('text', 'fragment1fragment2fragment3fragment4fragment5'),
  ];
  return {
    id,
    group,
    description: `Two fragments, a ping, a pause until it is answered, two fragments, a ping and the last fragment${chops === 'at once' ? '' : ', a write for each frame'}`,
    expectation: expectationOf(expect, CLOSED_BY_SUITE),
    play: async (peer: Peer, { giveUpAfter }) => {
      await peer.send([text('fragment1', OPEN), continuation('fragment2', OPEN), ping('pongme 1!')], chops);
      if (!(await peer.until(() => peer.events.length > 0, giveUpAfter))) {
        return 'the first ping was not answered before the message went on';
      }
      await peer.send(
        [
          continuation('fragment3', OPEN),
          continuation('fragment4', OPEN),
          ping('pongme 2!'),
          continuation('fragment5'),
        ],
        chops,
      );
      return undefined;
    },
    expected: { ok: expect },
    close: CLOSED_BY_SUITE,
    giveUpAfter: 1000,
  };
}

const FIXED = 65_536;
const AUTO_FRAGMENT = 1300;
const stars = Buffer.alloc(FIXED, '*');

export const FRAGMENTATION: readonly ConformanceCase[] = [
  refused({
    id: '5.1',
    group,
    description: 'A ping in two fragments',
    send: [ping('fragment1', OPEN), continuation('fragment2')],
  }),
  refused({
    id: '5.2',
    group,
    description: 'A pong in two fragments',
    send: [pong('fragment1', OPEN), continuation('fragment2')],
  }),
  ...inEveryChop(3, (id, chops) =>
    answered({ id, group, description: 'A text message in two fragments', send: twoFragments, chops, expect: [WHOLE] }),
  ),
  ...inEveryChop(6, (id, chops) =>
    answered({
      id,
      group,
      description: 'A text message in two fragments with a ping between them',
      send: [text('fragment1', OPEN), ping(PING), continuation('fragment2')],
      chops,
      expect: [heard('pong', PING), WHOLE],
    }),
  ),
  ...strayContinuations(9, true),
  ...strayContinuations(12, false),
  refused({
    id: '5.15',
    group,
    description: 'A text message in two fragments, a continuation without FIN of nothing, then a text message',
    send: [...twoFragments, continuation('fragment3', OPEN), text('fragment4')],
    expect: [WHOLE],
    nonStrict: [],
  }),
  repeatedStray('5.16', false),
  repeatedStray('5.17', true),
  refused({
    id: '5.18',
    group,
    description: 'A text message in two fragments that both have the opcode of text',
    send: [text('fragment1', OPEN), text('fragment2')],
  }),
  pingsBetween('5.19', 'at once'),
  pingsBetween('5.20', 'by frame'),
];

export const AUTO_FRAGMENTATION: readonly ConformanceCase[] = [
  answered({
    id: '10.1.1',
    group: 'Automatic fragmentation',
    description: `A text message of ${FIXED} bytes in fragments of ${AUTO_FRAGMENT}`,
    send: fragments(OPCODE.text, stars, AUTO_FRAGMENT),
    expect: [heard('text', stars)],
    seconds: 10,
  }),
];
