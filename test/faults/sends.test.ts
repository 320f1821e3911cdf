import { expect } from 'chai';
import { MoorageError, PreparedMessage, type Session } from 'moorage';
import { deferred, putAwayAfterEach, tracked } from '../server/serving.js';
import { RawPeer, upgradeRequest } from '../support/raw-peer.js';
import { type Beside, beside, ProcessWatch, unchecked } from './watch.js';

const BYTES = Buffer.from('x');

/** Everything that a session can be asked for. */
const CALLS: Readonly<Record<string, (session: Session) => unknown>> = {
  sendText: (session) => session.sendText('x'),
  sendBinary: (session) => session.sendBinary(BYTES),
  'sendPartialText, last': (session) => session.sendPartialText('x', true),
  'sendPartialBinary, last': (session) => session.sendPartialBinary(BYTES, true),
  sendPrepared: (session) => session.sendPrepared(PreparedMessage.text('x')),
  'send a text': (session) => session.send('x'),
  'send an object': (session) => session.send({}),
  'send a generator': (session) =>
    session.send(
      (function* () {
        yield 'x';
      })(),
    ),
  sendStream: (session) => session.sendStream(['x']),
  'openTextStream, written and ended': (session) =>
    new Promise((resolve) => {
      session.openTextStream().on('error', resolve).on('close', resolve).end('x');
    }),
  'openBinaryStream, destroyed': (session) =>
    new Promise((resolve) => {
      const stream = session.openBinaryStream();
      stream.on('error', () => undefined).on('close', resolve);
      stream.destroy();
    }),
  sendPing: (session) => session.sendPing(),
  sendPong: (session) => session.sendPong(),
  close: (session) => session.close(4000, 'again'),
  disconnect: (session) => session.disconnect(),
  'join and leave': (session) => {
    session.join('topic');
    session.leave('topic');
  },
  properties: (session) => [
    session.id,
    session.isOpen,
    session.isSecure,
    session.remoteAddress,
    session.localAddress,
    session.upgradeRequest.headers,
    session.upgradeResponse.headers,
    session.pathParameters,
    session.principal,
    session.userProperties,
    session.signal.aborted,
    session.queuedBytes,
    session.topics,
    session.idleTimeout,
    session.maxTextMessageSize,
    session.maxBinaryMessageSize,
  ],
  'changed limits': (session) => {
    session.idleTimeout = 1_000;
    session.maxTextMessageSize = 1_000;
    session.maxBinaryMessageSize = 1_000;
  },
};

type Call = (session: Session) => unknown;

/** How a call is brought about in a state: what the endpoint does, and what the peer. */
interface State {
  readonly what: string;
  readonly endpoint: (call: Call) => object;
  readonly provoke: (peer: RawPeer, field: Beside) => unknown;
}

/** Runs a call while the state lasts; nothing that comes after matters to its outcome. */
const STATES: readonly State[] = [
  { what: 'in the connect handler', endpoint: (call) => ({ onWebSocketConnect: call }), provoke: () => undefined },
  {
    what: 'while it is open',
    endpoint: (call) => ({ onWebSocketText: call }),
    provoke: (peer) => peer.sendText('go'),
  },
  {
    what: 'in the middle of a text in parts',
    endpoint: (call) => ({
      onWebSocketText: (session: Session) => {
        void session.sendPartialText('a', false);
        return call(session);
      },
    }),
    provoke: (peer) => peer.sendText('go'),
  },
  {
    what: 'while a stream is open',
    endpoint: (call) => ({
      onWebSocketText: (session: Session) => {
        session
          .openTextStream()
          .on('error', () => undefined)
          .write('a');
        return call(session);
      },
    }),
    provoke: (peer) => peer.sendText('go'),
  },
  {
    what: 'after our Close',
    endpoint: (call) => ({
      onWebSocketText: (session: Session) => {
        session.close(4000);
        return call(session);
      },
    }),
    provoke: (peer) => peer.sendText('go'),
  },
  {
    what: 'after a disconnect',
    endpoint: (call) => ({
      onWebSocketText: (session: Session) => {
        session.disconnect();
        return call(session);
      },
    }),
    provoke: (peer) => peer.sendText('go'),
  },
  {
    what: "after the peer's Close was read",
    endpoint: (call) => ({
      onWebSocketText: async (session: Session) => {
        await new Promise((resolve) => session.signal.addEventListener('abort', resolve));
        return call(session);
      },
    }),
    provoke: (peer) => {
      peer.sendText('go');
      peer.sendClose(1000);
    },
  },
  {
    what: 'in the error handler',
    endpoint: (call) => ({ onWebSocketError: call }),
    provoke: (peer) => peer.sendFrame({ opcode: 3 }),
  },
  {
    what: 'in the close handler',
    endpoint: (call) => ({ onWebSocketClose: call }),
    provoke: (peer) => peer.sendClose(1000),
  },
  {
    what: 'in the close handler of a lost connection',
    endpoint: (call) => ({ onWebSocketClose: call }),
    provoke: (peer) => peer.reset(),
  },
  {
    what: 'long after the end',
    endpoint: (call) => ({
      onWebSocketClose: (session: Session) => void setImmediate(() => setImmediate(() => call(session))),
    }),
    provoke: (peer) => peer.reset(),
  },
  {
    what: 'while the container closes',
    endpoint: (call) => ({ onWebSocketClose: call }),
    provoke: (_peer, { container }) => void container.close({ timeout: 300 }),
  },
];

/** One of ours: those for arguments of the wrong type are TypeErrors with a code. */
const isTyped = (cause: Error) =>
  cause instanceof MoorageError || String((cause as NodeJS.ErrnoException).code).startsWith('MOORAGE_');

describe('A call of a session', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const { what, endpoint, provoke } of STATES) {
    for (const [name, call] of Object.entries(CALLS)) {
      it(`${what}: ${name} comes to something, or says by a typed error why not`, async () => {
        const outcome = deferred<unknown>();
        const calling = (session: Session): void => {
          // Ignored as well as awaited: neither may harm anybody.
          let second: unknown;
          try {
            void call(session);
            second = call(session);
          } catch (cause) {
            outcome.resolve(cause);
            return;
          }
          Promise.resolve(second).then(outcome.resolve, outcome.resolve);
        };
        const field = await beside((container) => container.addEndpoint('/faulty', unchecked(endpoint(calling))));
        const peer = tracked(await RawPeer.connect(field.target));
        peer.send(upgradeRequest({ path: '/faulty' }));
        await field.events.until(
          (event) => event.type === 'session-opened' && event.session.upgradeRequest.path === '/faulty',
        );
        provoke(peer, field);
        const cause = await outcome.promise;
        if (cause instanceof Error) expect(cause).to.satisfy(isTyped);
        if (what !== 'while the container closes') await field.isUnharmed();
      });
    }
  }
});
