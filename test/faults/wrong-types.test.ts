import { expect } from 'chai';
import * as moorage from 'moorage';
import {
  MoorageError,
  OnWebSocketMessage,
  type Session,
  WebSocket,
  WebSocketClient,
  WebSocketContainer,
} from 'moorage';
import { putAwayAfterEach, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';
import { beside, ProcessWatch, unchecked } from './watch.js';

/** What plain JavaScript may pass where something else was meant. */
const WRONG: readonly (readonly [what: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['0', 0],
  ['-1', -1],
  ['1.5', 1.5],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a bigint', 42n],
  ['an empty string', ''],
  ['a string', 'nonsense'],
  ['a string with a line break', 'a\r\nb'],
  ['a symbol', Symbol('wrong')],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an array', []],
  ['an array of nothing', [undefined]],
  ['a function', () => undefined],
  ['a class', class {}],
  ['a Date', new Date()],
  ['a Map', new Map()],
  ['a RegExp', /x/],
  ['bytes', Buffer.from('x')],
  ['a DataView', new DataView(new ArrayBuffer(2))],
  ['a promise', Promise.resolve()],
];

@WebSocket
class Plain {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

/** A function of the package as JavaScript sees it. */
type Loose = Record<string, (...args: readonly unknown[]) => unknown>;
const loose = (value: object): Loose => value as unknown as Loose;

const URL = 'ws://127.0.0.1:1/';

/** Calls that need no session: the name says where the wrong value stands. */
const CALLS: Readonly<Record<string, (wrong: unknown) => unknown>> = {
  'new WebSocketContainer(…)': (wrong) => new WebSocketContainer(wrong as object),
  'new WebSocketClient(…)': (wrong) => new WebSocketClient(wrong as object),
  ...Object.fromEntries(
    (
      [
        ['addEndpoint(…)', (c, wrong) => c['addEndpoint']?.(wrong)],
        ["addEndpoint('/p', …)", (c, wrong) => c['addEndpoint']?.('/p', wrong)],
        ['addEndpoint(…, Plain)', (c, wrong) => c['addEndpoint']?.(wrong, Plain)],
        ["addEndpoint('/p', Plain, …)", (c, wrong) => c['addEndpoint']?.('/p', Plain, wrong)],
        ['openSessionsOf(…)', (c, wrong) => c['openSessionsOf']?.(wrong)],
        ['publish(…, text)', (c, wrong) => c['publish']?.(wrong, 'text')],
        ["publish('topic', …)", (c, wrong) => c['publish']?.('topic', wrong)],
        ["publish('topic', text, …)", (c, wrong) => c['publish']?.('topic', 'text', wrong)],
        ['topic(…)', (c, wrong) => c['topic']?.(wrong)],
        ["topic('topic', …)", (c, wrong) => c['topic']?.('topic', wrong)],
        ['broadcast(…)', (c, wrong) => c['broadcast']?.(wrong)],
        ['broadcast(text, …)', (c, wrong) => c['broadcast']?.('text', wrong)],
        ['broadcast(text, { to: … })', (c, wrong) => c['broadcast']?.('text', { to: wrong })],
        ['broadcast(text, { filter: … })', (c, wrong) => c['broadcast']?.('text', { filter: wrong })],
        ['broadcast(text, { except: … })', (c, wrong) => c['broadcast']?.('text', { except: wrong })],
        ['close(…)', (c, wrong) => c['close']?.(wrong)],
        ['close({ timeout: … })', (c, wrong) => c['close']?.({ timeout: wrong })],
      ] as readonly (readonly [string, (container: Loose, wrong: unknown) => unknown])[]
    ).map(([name, call]) => [`container.${name}`, (wrong: unknown) => call(loose(new WebSocketContainer()), wrong)]),
  ),
  ...Object.fromEntries(
    (
      [
        ['connect(…, url)', (c, wrong) => c['connect']?.(wrong, URL)],
        ['connect(Plain, …)', (c, wrong) => c['connect']?.(Plain, wrong)],
        ['connect(Plain, url, …)', (c, wrong) => c['connect']?.(Plain, URL, wrong)],
        ...[
          'headers',
          'cookies',
          'subprotocols',
          'tls',
          'agent',
          'socketPath',
          'signal',
          'timeout',
          'followRedirects',
        ].map(
          (option) =>
            [
              `connect(Plain, url, { ${option}: … })`,
              (c: Loose, wrong: unknown) => c['connect']?.(Plain, URL, { [option]: wrong }),
            ] as const,
        ),
        [
          "connect(Plain, url, { headers: { 'x-name': … } })",
          (c, wrong) => c['connect']?.(Plain, URL, { headers: { 'x-name': wrong } }),
        ],
        ['keepConnected(…, url)', (c, wrong) => kept(c['keepConnected']?.(wrong, URL))],
        ['keepConnected(Plain, …)', (c, wrong) => kept(c['keepConnected']?.(Plain, wrong))],
        ['keepConnected(Plain, url, …)', (c, wrong) => kept(c['keepConnected']?.(Plain, URL, wrong))],
        [
          'keepConnected(Plain, url, { reconnect: … })',
          (c, wrong) => kept(c['keepConnected']?.(Plain, URL, { reconnect: wrong })),
        ],
        ['close(…)', (c, wrong) => c['close']?.(wrong)],
        ['close({ timeout: … })', (c, wrong) => c['close']?.({ timeout: wrong })],
      ] as readonly (readonly [string, (client: Loose, wrong: unknown) => unknown])[]
    ).map(([name, call]) => [
      `client.${name}`,
      (wrong: unknown) => call(loose(new WebSocketClient({ handshakeTimeout: 1_000 })), wrong),
    ]),
  ),
  ...Object.fromEntries(
    [
      'listener',
      'creator',
      'refuse',
      'accept',
      'json',
      'perMessageDeflate',
      'deflateFrame',
      'xWebkitDeflateFrame',
      'fragment',
    ].flatMap((name) => [
      [`${name}(…)`, (wrong: unknown) => loose(moorage)[name]?.(wrong)],
      [`${name}(right, …)`, (wrong: unknown) => loose(moorage)[name]?.(RIGHT[name], wrong)],
    ]),
  ),
  'PreparedMessage.text(…)': (wrong) => moorage.PreparedMessage.text(wrong as string),
  'PreparedMessage.binary(…)': (wrong) => moorage.PreparedMessage.binary(wrong as Buffer),
  'new CloseError(…, reason)': (wrong) => new moorage.CloseError(wrong as number, ''),
  'new CloseError(1011, …)': (wrong) => new moorage.CloseError(1011, wrong as string),
  '@WebSocket(…)': (wrong) => {
    class Other {}
    (loose(moorage)['WebSocket']?.(wrong) as ((type: object) => void) | undefined)?.(Other);
    new WebSocketContainer().addEndpoint('/other', Other);
  },
  '@OnWebSocketMessage(…)': (wrong) => {
    class Other {
      onText(): void {}
    }
    const decorate = loose(moorage)['OnWebSocketMessage']?.(wrong) as Loose[string] | undefined;
    decorate?.(Other.prototype, 'onText', Object.getOwnPropertyDescriptor(Other.prototype, 'onText'));
    (WebSocket as (type: object) => void)(Other);
    new WebSocketContainer().addEndpoint('/other', Other);
  },
};

/** What stands before the wrong argument. */
const RIGHT: Readonly<Record<string, unknown>> = {
  listener: { onWebSocketText: () => undefined },
  creator: () => undefined,
  refuse: 403,
  accept: {},
  json: {},
  perMessageDeflate: {},
  deflateFrame: {},
  xWebkitDeflateFrame: {},
  fragment: {},
};

function kept(connection: unknown): unknown {
  const { stop, ended } = connection as moorage.KeptConnection;
  void stop.call(connection);
  return ended;
}

/** Calls of an open session. */
const OF_SESSION: Readonly<Record<string, (session: Loose, wrong: unknown) => unknown>> = {
  'sendText(…)': (s, wrong) => s['sendText']?.(wrong),
  'sendText(text, …)': (s, wrong) => s['sendText']?.('x', wrong),
  'sendBinary(…)': (s, wrong) => s['sendBinary']?.(wrong),
  'sendBinary(bytes, …)': (s, wrong) => s['sendBinary']?.(Buffer.from('x'), wrong),
  'sendPartialText(…, true)': (s, wrong) => s['sendPartialText']?.(wrong, true),
  'sendPartialText(text, …)': (s, wrong) => s['sendPartialText']?.('x', wrong),
  'sendPartialBinary(…, true)': (s, wrong) => s['sendPartialBinary']?.(wrong, true),
  'sendPartialBinary(bytes, …)': (s, wrong) => s['sendPartialBinary']?.(Buffer.from('x'), wrong),
  'sendPrepared(…)': (s, wrong) => s['sendPrepared']?.(wrong),
  'send(…)': (s, wrong) => s['send']?.(wrong),
  'send(text, …)': (s, wrong) => s['send']?.('x', wrong),
  'sendStream(…)': (s, wrong) => s['sendStream']?.(wrong),
  'sendStream([…])': (s, wrong) => s['sendStream']?.([wrong]),
  "sendStream(['x'], …)": (s, wrong) => s['sendStream']?.(['x'], wrong),
  'sendPing(…)': (s, wrong) => s['sendPing']?.(wrong),
  'sendPong(…)': (s, wrong) => s['sendPong']?.(wrong),
  'join(…)': (s, wrong) => s['join']?.(wrong),
  'leave(…)': (s, wrong) => s['leave']?.(wrong),
  'close(…)': (s, wrong) => s['close']?.(wrong),
  'close(1000, …)': (s, wrong) => s['close']?.(1000, wrong),
  ...Object.fromEntries(
    ['idleTimeout', 'maxTextMessageSize', 'maxBinaryMessageSize'].map((name) => [
      `${name} = …`,
      (s: Loose, wrong: unknown) => {
        (s as Record<string, unknown>)[name] = wrong;
      },
    ]),
  ),
};

/** What an error of the engine's own says; none of ours may be one. */
const SLIP =
  /Cannot (read|set|convert|destructure|mix|use|perform)|is not (a function|iterable|a constructor|defined|an object)|undefined \(/;

/** How a call came out: undefined, or why its error isn't one that helps. */
async function slipOf(call: () => unknown): Promise<string | undefined> {
  let cause: unknown;
  try {
    await call();
    return undefined;
  } catch (thrown) {
    cause = thrown;
  }
  const { code, message } = cause as NodeJS.ErrnoException;
  const isOurs = cause instanceof MoorageError || cause instanceof RangeError || String(code).startsWith('MOORAGE_');
  return isOurs && !SLIP.test(message) ? undefined : `${(cause as Error).name}: ${message}`;
}

describe('A value of the wrong type from plain JavaScript', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: is taken, or an error of ours says what is accepted`, async () => {
      const slips: string[] = [];
      for (const [what, wrong] of WRONG) {
        const slip = await slipOf(() => call(wrong));
        if (slip !== undefined) slips.push(`${what}: ${slip}`);
      }
      expect(slips).to.deep.equal([]);
    });
  }

  for (const [name, call] of Object.entries(OF_SESSION)) {
    it(`session.${name}: is taken, or an error of ours says what is accepted; the others don't notice`, async () => {
      const slips: string[] = [];
      for (const [what, wrong] of WRONG) {
        const opened = new Promise<Session>((resolve) => {
          void beside((container) =>
            container.addEndpoint(
              '/faulty',
              unchecked({ onWebSocketConnect: resolve, onWebSocketText: () => undefined }),
            ),
          ).then(async (field) => tracked(await RawPeer.open(field.target, '/faulty')));
        });
        const session = await opened;
        const slip = await slipOf(() => call(loose(session), wrong));
        if (slip !== undefined) slips.push(`${what}: ${slip}`);
      }
      expect(slips).to.deep.equal([]);
    });
  }
});
