import { expect } from 'chai';
import { CloseError, type EndpointOptions, listener, type WebSocketListener } from 'moorage';
import { type PeerOptions, TestBench, type TestPeer } from 'moorage/testing';
import { readPage, tableRows } from './pages.js';

/** A row of the table "How a connection ends", brought about. */
interface Ending {
  /** How the row begins. */
  readonly row: string;
  readonly listener?: WebSocketListener;
  readonly options?: EndpointOptions;
  readonly peer?: PeerOptions;
  act(peer: TestPeer, bench: TestBench): void | Promise<void>;
  /** What the handlers are told, as the row writes it. */
  readonly told: string;
  /** The Close that the peer gets; none where TCP just ends. */
  readonly sent?: string;
}

const TAKES_TEXT: WebSocketListener = { onWebSocketText: () => undefined };
const text = (payload: string, fin = true) => ({ opcode: 1, payload: Buffer.from(payload), fin });
const more = { opcode: 0, payload: Buffer.from('a'), fin: false };

const ENDINGS: readonly Ending[] = [
  { row: 'the peer sends a Close with 1000', act: (peer) => peer.sendClose(1000, 'bye'), told: 'close(1000, "bye")' },
  { row: 'the peer sends a Close without', act: (peer) => peer.sendClose(), told: 'close(1005, "")' },
  {
    row: "`session.close(4000, 'mine')`, not answered",
    listener: { onWebSocketText: (session) => session.close(4000, 'mine') },
    peer: { autoClose: false },
    act: async (peer, bench) => {
      peer.sendText('x');
      await bench.advance(6_000);
    },
    told: 'close(1006)',
    sent: '4000 "mine"',
  },
  {
    row: '`session.disconnect()`',
    listener: { onWebSocketText: (session) => session.disconnect() },
    act: (peer) => peer.sendText('x'),
    told: 'close(1006)',
  },
  { row: 'TCP ends without a Close', act: (peer) => peer.end(), told: 'close(1006)' },
  {
    row: 'the peer breaks RFC 6455',
    act: (peer) => peer.sendFrame({ opcode: 3, payload: Buffer.alloc(0) }),
    told: 'error(ProtocolError), close(1002)',
    sent: '1002 "Protocol error"',
  },
  {
    row: 'a message of a kind without a handler',
    act: (peer) => peer.sendText('x'),
    told: 'close(1003)',
    sent: '1003 "Unsupported data"',
  },
  {
    row: 'text or a close reason',
    listener: TAKES_TEXT,
    act: (peer) => peer.sendFrame({ opcode: 1, payload: Buffer.from([0xff]) }),
    told: 'error(BadPayloadError), close(1007)',
    sent: '1007 "Invalid payload data"',
  },
  {
    row: 'too many fragments',
    listener: TAKES_TEXT,
    options: { maxFragments: 2 },
    act: (peer) => {
      for (const frame of [text('a', false), more, more]) peer.sendFrame(frame);
    },
    told: 'error(PolicyViolationError), close(1008)',
    sent: '1008 "Policy violation"',
  },
  {
    row: 'a message or frame over its limit',
    listener: TAKES_TEXT,
    options: { maxTextMessageSize: 3 },
    act: (peer) => peer.sendText('four'),
    told: 'error(MessageTooLargeError), close(1009)',
    sent: '1009 "Message too large"',
  },
  {
    row: 'a handler throws or rejects',
    listener: { onWebSocketText: () => Promise.reject(new Error('secret')) },
    act: (peer) => peer.sendText('x'),
    told: 'error(that), close(1011)',
    sent: '1011 "Internal error"',
  },
  {
    row: 'a handler throws `new CloseError',
    listener: {
      onWebSocketText: () => {
        throw new CloseError(4001, 'Not a member');
      },
    },
    act: (peer) => peer.sendText('x'),
    told: 'error(that), close(4001, "Not a member")',
    sent: '4001 "Not a member"',
  },
  {
    row: 'no frame for `idleTimeout`',
    options: { keepAlive: false, idleTimeout: 1_000 },
    act: (_peer, bench) => bench.advance(1_500),
    told: 'error(TimeoutError), close(1001)',
    sent: '1001 "Idle timeout"',
  },
  {
    row: 'a keep-alive ping is not answered',
    peer: { autoPong: false },
    act: (_peer, bench) => bench.advance(46_000),
    told: 'error(TimeoutError), close(1006)',
  },
  {
    row: 'over `maxQueuedBytes`',
    listener: {
      onWebSocketText(session) {
        for (let sent = 0; sent < 4; sent++) void session.sendBinary(Buffer.alloc(400_000));
      },
    },
    options: { maxQueuedBytes: 500_000 },
    act: (peer) => {
      peer.stall();
      peer.sendText('x');
    },
    told: 'error(PolicyViolationError), close(1008)',
  },
  {
    row: 'the container closes',
    act: async (_peer, bench) => {
      await Promise.all([bench.container.close(), bench.settle()]);
    },
    told: 'close(1001)',
    sent: '1001 "Server closing"',
  },
];

/** What handlers were told in the words of a row, which leaves out what it doesn't care for. */
function inWordsOf(told: string, events: readonly (readonly [event: string, ...details: unknown[]])[]): string {
  return events
    .map(([event, first, second]) => {
      if (event === 'error') {
        return told.includes('error(that)') ? 'error(that)' : `error(${(first as Error).name})`;
      }
      return new RegExp(`close\\(${first}, `).test(told) ? `close(${first}, "${second}")` : `close(${first})`;
    })
    .join(', ');
}

describe('What a page says of the end of a connection', () => {
  let rows: readonly (readonly string[])[];

  before(async () => {
    rows = tableRows(await readPage('docs/close-codes.md'), '## How a connection ends');
  });

  for (const { row, listener: given = {}, options = {}, peer: peerOptions = {}, act, told, sent } of ENDINGS) {
    it(`is what happens: ${row}`, async () => {
      const [, handlers = '', wire = ''] = rows.find(([first]) => first?.startsWith(row)) ?? [];
      expect(handlers).to.include(told);
      expect(wire).to.include(sent ?? '');

      const events: [string, ...unknown[]][] = [];
      const endpoint: WebSocketListener = {
        ...given,
        onWebSocketError: (_session, cause) => void events.push(['error', cause]),
        onWebSocketClose: (_session, code, reason) => void events.push(['close', code, reason]),
      };
      const bench = new TestBench();
      try {
        bench.container.addEndpoint('/ends', listener(endpoint, options));
        const peer = await bench.connect('/ends', peerOptions);
        await act(peer, bench);
        await bench.settle();
        expect(inWordsOf(told, events)).to.equal(told);
        const close = peer.frames.find(({ opcode }) => opcode === 8)?.payload;
        const status =
          close && close.length > 0 ? `${close.readUInt16BE(0)} "${close.toString('utf8', 2)}"` : undefined;
        expect(status).to.equal(sent ?? (told.includes('"bye"') ? '1000 "bye"' : undefined));
      } finally {
        await bench.close();
      }
    });
  }
});
