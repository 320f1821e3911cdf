/** Category 7: the closing handshake, begun by the suite. */
import { CLOSED_BY_SUITE, type CloseRule, type ConformanceCase, heard } from '../case.js';
import { close, continuation, type Frame, frame, OPCODE, ping, text } from '../peer/frames.js';
import { type Script, scripted } from './script.js';

const GREETING = 'Hello World!';
const LONG = Buffer.alloc(26 * 1024 * 10, 'BAsd7&jh23');
const NOT_UTF8 = Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex');

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
/** Beyond what RFC 6455 §7.4.2 gives a meaning. */
const UNDEFINED_CODES = [5000, 65_535];

const CLEAN: CloseRule = { ...CLOSED_BY_SUITE, decides: 'code' };
/** The suite has begun; the answer may be an error's Close or the end of TCP. */
const REFUSED: CloseRule = { begunBy: 'suite', codes: [1002], clean: false, decides: 'code' };

type Row = readonly [description: string, send: readonly Frame[], more?: Partial<Script>];

function numbered(subcategory: number, group: string, rule: CloseRule, rows: readonly Row[]): ConformanceCase[] {
  return rows.map(([description, send, more], index) =>
    scripted({
      id: `7.${subcategory}.${index + 1}`,
      group: `Closing: ${group}`,
      description,
      send,
      close: rule,
      ...more,
    }),
  );
}

export const CLOSING: readonly ConformanceCase[] = [
  ...numbered(1, 'basic behaviour', CLEAN, [
    ['A text message, then a Close', [text(GREETING), close(1000)], { expect: [heard('text', GREETING)] }],
    ['Two Closes', [close(1000), close()]],
    ['A ping after a Close', [close(1000), ping()]],
    ['A text message after a Close', [close(1000), text(GREETING)]],
    ['A Close between two fragments', [text('fragment1', { fin: false }), close(1000), continuation('fragment2')]],
    [
      'A text message of 260 KiB, a short one, a Close and a ping, back to back',
      [text(LONG), text(GREETING), close(1000), ping()],
      // Both echoes, none or the shorter alone may come before the Close is answered.
      {
        informational: true,
        expect: [heard('text', LONG), heard('text', GREETING)],
        nonStrict: [],
        close: CLOSED_BY_SUITE,
      },
    ],
  ]),
  ...numbered(3, 'length of the payload', CLEAN, [
    ['An empty Close', [close()]],
    ['A Close of one byte', [frame(OPCODE.close, 'a')], { close: REFUSED }],
    ['A Close with a code', [close(1000)]],
    ['A Close with a code and a reason', [close(1000, GREETING)]],
    ['A Close with the longest reason, 123 bytes', [close(1000, '*'.repeat(123))]],
    ['A Close with a reason of 124 bytes', [close(1000, '*'.repeat(124))], { close: REFUSED }],
  ]),
  ...numbered(5, 'value of the payload', { ...REFUSED, codes: [1002, 1007] }, [
    ['A Close with a reason that is not UTF-8', [close(1000, NOT_UTF8)]],
  ]),
  ...numbered(
    7,
    'valid codes',
    CLEAN,
    VALID_CODES.map(
      (code): Row => [`A Close with ${code}`, [close(code)], { close: { ...CLEAN, codes: [1000, code] } }],
    ),
  ),
  ...numbered(
    9,
    'invalid codes',
    REFUSED,
    INVALID_CODES.map((code): Row => [`A Close with ${code}`, [close(code)]]),
  ),
  ...numbered(
    13,
    'undefined codes',
    REFUSED,
    UNDEFINED_CODES.map((code): Row => {
      const rule: CloseRule = { begunBy: 'suite', codes: [1000, code, 1002], clean: false };
      return [`A Close with ${code}`, [close(code)], { close: rule, informational: true }];
    }),
  ),
];
