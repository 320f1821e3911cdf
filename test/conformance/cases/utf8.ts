/** Category 6: text messages of valid and invalid UTF-8, whole, in fragments, and cut inside a code point. */
import { type ConformanceCase, FAILED_AS_BAD_UTF8, heard } from '../case.js';
import { continuation, fragments, OPCODE, text } from '../peer/frames.js';
import type { Peer } from '../peer/peer.js';
import { answered, refused } from './script.js';
import { UTF8_PAYLOADS } from './utf8-payloads.js';

const OPEN = { fin: false };
const MIDDLE = 'middle frame payload';
const UMLAUTS = Buffer.from('Hello-µ@ßöäüàá-UTF-8!!');
/** κόσμε with U+1F79. */
const KOSME = Buffer.from('cebae1bdb9cf83cebcceb5', 'hex');
/** The same with a surrogate behind it. */
const BROKEN = Buffer.concat([KOSME, Buffer.from('eda080656469746564', 'hex')]);

/** How long the good beginning of a bad message is left alone. Nothing depends on it but that the writes are two. */
const PAUSE = 100;

const EMPTY = 'Valid UTF-8 with empty fragments';
const VALID = 'Valid UTF-8, whole and in fragments';
const INVALID = 'Invalid UTF-8, whole and in fragments';

const valid = (
  id: string,
  group: string,
  description: string,
  send: ReturnType<typeof text>[],
  whole: Uint8Array | string,
) => answered({ id, group, description, send, expect: [heard('text', whole)] });

const invalid = (id: string, group: string, description: string, send: ReturnType<typeof text>[], seconds = 1) =>
  refused({ id, group, description, send, seconds, close: FAILED_AS_BAD_UTF8 });

/** Where the bad byte stands: with its whole sequence, or alone at the end of the second part. */
const SPLITS = [
  ['', 'f4908080', '656469746564'],
  ['f4', '90', '8080656469746564'],
] as const;

/**
 * The connection has to fail at the second part: with it the text can't become valid, whatever follows. A subject that
 * waits for the end of the message is not strict.
 */
function failFast(): ConformanceCase[] {
  return ([true, false] as const).flatMap((asFrames, kind) =>
    SPLITS.map(([more, bad, rest], index): ConformanceCase => {
      const parts = [
        Buffer.concat([KOSME, Buffer.from(more, 'hex')]),
        Buffer.from(bad, 'hex'),
        Buffer.from(rest, 'hex'),
      ];
      return {
        id: `6.4.${kind * 2 + index + 1}`,
        group: 'Failing fast on invalid UTF-8',
        description: `Text in three ${asFrames ? 'fragments' : 'pieces of one frame'}: ${parts.map((part) => part.toString('hex')).join(', ')}`,
        expectation: 'nothing after the first part; connection failed with 1007 at the second, before the third',
        play: (peer, { giveUpAfter }) =>
          sendParts(peer, asFrames ? frameParts(peer, parts) : pieces(peer, parts), giveUpAfter),
        expected: { ok: [heard('timeout')], nonStrict: [heard('timeout'), heard('timeout')] },
        close: FAILED_AS_BAD_UTF8,
        giveUpAfter: 1000,
      };
    }),
  );
}

async function sendParts(peer: Peer, [first, bad, rest]: readonly Buffer[], giveUpAfter: number): Promise<undefined> {
  await peer.sendBytes(first as Buffer);
  await peer.expectSilence(PAUSE);
  await peer.sendBytes(bad as Buffer);
  await peer.expectSilence(giveUpAfter);
  await peer.sendBytes(rest as Buffer);
}

function frameParts(peer: Peer, [first, bad, rest]: readonly Buffer[]): Buffer[] {
  return [text(first as Buffer, OPEN), continuation(bad as Buffer, OPEN), continuation(rest as Buffer)].map((one) =>
    peer.encode([one]),
  );
}

function pieces(peer: Peer, [first, bad, rest]: readonly Buffer[]): Buffer[] {
  const whole = peer.encode([text(Buffer.concat([first as Buffer, bad as Buffer, rest as Buffer]))]);
  const restAt = whole.length - (rest as Buffer).length;
  const badAt = restAt - (bad as Buffer).length;
  return [whole.subarray(0, badAt), whole.subarray(badAt, restAt), whole.subarray(restAt)];
}

function payloads(): ConformanceCase[] {
  return UTF8_PAYLOADS.flatMap(({ subcategory, group, valid: good = '', invalid: bad = '', mixed = '' }) => {
    const marked = [...words(good).map((hex) => `+${hex}`), ...words(bad).map((hex) => `-${hex}`), ...words(mixed)];
    return marked.map((word, index) => {
      const id = `6.${subcategory}.${index + 1}`;
      const hex = word.slice(1);
      const payload = Buffer.from(hex, 'hex');
      return word.startsWith('+')
        ? answered({
            id,
            group,
            description: `Valid: ${hex}`,
            send: [text(payload)],
            expect: [heard('text', payload)],
            seconds: 0.5,
          })
        : invalid(id, group, `Invalid: ${hex}`, [text(payload)], 0.5);
    });
  });
}

const words = (list: string) => list.split(/\s+/).filter((word) => word !== '');

export const UTF8: readonly ConformanceCase[] = [
  valid('6.1.1', EMPTY, 'An empty text message', [text('')], ''),
  valid('6.1.2', EMPTY, 'Three empty fragments', [text('', OPEN), continuation('', OPEN), continuation('')], ''),
  valid(
    '6.1.3',
    EMPTY,
    'An empty fragment, one with text, an empty one',
    [text('', OPEN), continuation(MIDDLE, OPEN), continuation('')],
    MIDDLE,
  ),
  valid('6.2.1', VALID, 'One frame', [text(UMLAUTS)], UMLAUTS),
  valid(
    '6.2.2',
    VALID,
    'Two fragments, cut between code points',
    [text('Hello-µ@ßöä', OPEN), continuation('üàá-UTF-8!!')],
    UMLAUTS,
  ),
  valid('6.2.3', VALID, 'Fragments of one byte', fragments(OPCODE.text, UMLAUTS, 1), UMLAUTS),
  valid('6.2.4', VALID, 'Fragments of one byte', fragments(OPCODE.text, KOSME, 1), KOSME),
  invalid('6.3.1', INVALID, 'A surrogate in one frame', [text(BROKEN)]),
  invalid('6.3.2', INVALID, 'A surrogate in fragments of one byte', fragments(OPCODE.text, BROKEN, 1)),
  ...failFast(),
  ...payloads(),
];
