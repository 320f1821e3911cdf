/**
 * What Moorage promises of its behaviour, row by row, as far as a peer or a user can put it to the test: the life of a connection,
 * the opening handshake, frames and messages, the figures to hold under attack, and the client against a hostile server. Every
 * row must have an attack (`catalogue.test.ts`).
 */
const SECTIONS = {
  life: [
    'the connect handler comes first, and nothing is read before it has settled',
    'messages one at a time, in order',
    'raw frames come before the event made of them',
    'one pong for each ping, also between fragments and while a handler is busy',
    'error before close, close last and once for each connect',
    'a close from within the error or close handler decides',
    'no text of an exception reaches a peer; it is reported once',
    'Close of the peer',
    'empty Close of the peer',
    'our Close, answered',
    'our Close, never answered',
    'codes and reasons that may not be sent',
    'disconnect',
    'TCP ends without Close',
    'protocol violation',
    'bad UTF-8',
    'over a limit',
    'too many fragments',
    'a message kind without a handler',
    'a handler throws or rejects',
    'idle timeout',
    'keep-alive',
    'slow consumer',
    'the container closes',
    'sending',
  ],
  handshake: [
    'no endpoint for the path',
    'not GET',
    'HTTP below 1.1',
    'no token for the upgrade',
    'version',
    'key',
    'a body',
    'malformed header grammar or path',
    'too many or too large headers',
    'Origin',
    'the application refuses',
    'over maxConnections, or closing',
    'a hook throws or rejects',
    'a hook hangs, the request is dripped or silent',
    'extension offers',
    'an impossible answer of the application',
    'accepted',
    'path variables',
  ],
  frames: [
    'masks',
    'RSV bits',
    'opcodes, sequence, control frames',
    'lengths',
    'cuts of TCP',
    'empty messages and fragments',
    'permessage-deflate',
    'extensions only where enabled',
  ],
  figure: [
    'the well-behaved connection works, its p99 below 100 ms',
    'hostile frame to FIN within 1 s',
    'decompression bomb of 100 MiB: 8 MiB',
    'ping flood, nothing read: 8 MiB',
    '130,000 one-byte fragments: 8 MiB',
    '300,000 empty fragments: 8 MiB',
    'slow consumer of 256 MiB: queue cap and 8 MiB, returned within 5 s',
    '200 connections that announce 1 MiB: 4 MiB',
    'idle connection: 10 KiB',
    '5,000 connections opened, used and reset: nothing more',
    'deadlines within half a second',
  ],
  client: [
    'status line',
    'head without an end, or dripped',
    'no answer',
    'interim answers (1xx)',
    'upgrade and connection tokens',
    'accept value',
    'extensions and subprotocols',
    'redirects',
    'body of a refusal',
    'masks, RSV bits, opcodes, sequence, control frames',
    'close codes',
    'bad UTF-8',
    'lengths and limits',
    'compression',
    'floods',
    'a server that reads nothing',
    'a server that freezes',
    'resets and ends anywhere',
  ],
} as const;

type Sections = typeof SECTIONS;

export type Row = { [Section in keyof Sections]: `${Section}: ${Sections[Section][number]}` }[keyof Sections];

export const ROWS: readonly Row[] = Object.entries(SECTIONS).flatMap(([section, rows]) =>
  rows.map((row) => `${section}: ${row}` as Row),
);

/** What every attack is judged by, beside what it demands itself. */
export const WATCHED_ALWAYS: readonly Row[] = ['figure: the well-behaved connection works, its p99 below 100 ms'];
