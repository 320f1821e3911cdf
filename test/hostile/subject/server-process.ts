/** The server under attack, in a process of its own. Says its ports to its parent first. */
import { creator, refuse, type UpgradeRequest, WebSocketContainer } from 'moorage';
import { answerQuestions, sayReady } from './answering.js';
import * as conversing from './conversing.js';
import * as endpoints from './endpoints.js';
import { journalOf, noteEvent, noteUnder } from './journal.js';
import { standing } from './standing.js';
import { throwAnything } from './throw-anything.js';

const NEVER = new Promise<never>(() => undefined);
const SECRET = 'the secret of the hook';

/** What hooks do at paths that say so. */
const HOOKS: Readonly<Record<string, () => unknown>> = {
  refuses: () => refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' } }),
  'lets-nobody-in': () => undefined,
  throws: () => {
    throw new Error(SECRET);
  },
  rejects: () => Promise.reject(new Error(SECRET)),
  'throws-nothing': () => {
    throwAnything(undefined);
  },
  hangs: () => NEVER,
  'refuses-with-99': () => refuse(99),
  'splits-headers': () => refuse(403, { headers: { 'X-Split': 'a\r\nSet-Cookie: stolen=1' } }),
};

function authorize({ path }: UpgradeRequest): unknown {
  const [, kind = '', hook = ''] = path.split('/');
  return kind === 'authorize' ? HOOKS[hook]?.() : true;
}

// All that isn't said here has its default. Handlers that fail on purpose are no news.
const container = new WebSocketContainer({ handshakeTimeout: 2_000, authorize, onEvent: noteEvent });
container.addEndpoint('/echo', endpoints.Echo);
container.addEndpoint('/compressed', endpoints.Echo, { compression: true });
container.addEndpoint('/counted', endpoints.Counted);
container.addEndpoint('/sink', endpoints.Sink);
// A peer that vanishes while its handler is busy is only noticed by asking.
const asking = { keepAlive: { interval: 1_000, timeout: 4_000 } };
container.addEndpoint('/slow', endpoints.SlowSink, asking);
container.addEndpoint('/torrent', endpoints.Torrent, { keepAlive: false });
container.addEndpoint('/alive', endpoints.Counted, { keepAlive: { interval: 500, timeout: 500 } });
container.addEndpoint('/idle', endpoints.Counted, { idleTimeout: 1_000, keepAlive: false, closeTimeout: 500 });
container.addEndpoint('/throws', endpoints.Throwing);
container.addEndpoint('/rejects', endpoints.Rejecting);
container.addEndpoint('/never', endpoints.NeverSettling, asking);
container.addEndpoint('/never-connects', endpoints.NeverConnecting, asking);
container.addEndpoint('/throws-at-connect', endpoints.ThrowingAtConnect);
container.addEndpoint('/throws-at-close', endpoints.ThrowingAtClose);
container.addEndpoint('/blocks/{where}', endpoints.Blocking);

const briefly = { closeTimeout: 500 };
container.addEndpoint('/conversation', conversing.Conversing, briefly);
container.addEndpoint('/conversation/idle', conversing.Conversing, { ...briefly, idleTimeout: 500, keepAlive: false });
container.addEndpoint('/conversation/alive', conversing.Conversing, { keepAlive: { interval: 300, timeout: 300 } });
container.addEndpoint('/conversation/capped', conversing.Conversing, { maxQueuedBytes: 1024 });
container.addEndpoint('/conversation/few', conversing.Conversing, { maxFragments: 8 });
container.addEndpoint('/frames', conversing.SeeingFrames, briefly);
container.addEndpoint('/text-only', conversing.TextOnly, briefly);
container.addEndpoint('/text-only/ignoring', conversing.TextOnly, { unhandled: 'ignore' });
container.addEndpoint('/deciding', conversing.Deciding, briefly);
container.addEndpoint('/failing-at-the-end', conversing.FailingAtTheEnd, briefly);
container.addEndpoint('/greeting', conversing.Greeting);
container.addEndpoint('/one-at-a-time', conversing.OneAtATime);

container.addEndpoint('/authorize/{hook}', endpoints.Counted);
container.addEndpoint('/rooms/{room}', endpoints.Counted);
container.addEndpoint('/one', endpoints.Counted, { maxConnections: 1 });
container.addEndpoint('/subprotocols', endpoints.Echo, { subprotocols: ['chat.v2', 'chat.v1'] });
container.addEndpoint(
  '/creator/{hook}',
  creator((_request, response) => {
    const { hook = '' } = response.pathParameters;
    if (hook === 'unoffered-subprotocol') response.subprotocol = 'never.offered';
    if (hook === 'unknown-extension') response.extensions = ['x-unheard-of'];
    if (hook === 'injects') response.setHeader('X-Injected', 'a\r\nSet-Cookie: stolen=1');
    if (hook === 'chooses-a-number') return 42 as never;
    return (HOOKS[hook]?.() ?? endpoints.Counted) as typeof endpoints.Counted;
  }),
);

// One that can be closed without the well-behaved connection.
const second = new WebSocketContainer({ onEvent: noteEvent, keepAlive: false });
second.addEndpoint('/conversation', conversing.Conversing);
second.addEndpoint('/never', endpoints.NeverSettling);

const { port } = await container.listen(0, '127.0.0.1');
const { port: secondPort } = await second.listen(0, '127.0.0.1');

answerQuestions({
  standing: () => standing(endpoints.counts),
  journal: ({ name }) => journalOf(name),
  close: ({ timeout }) => {
    void second.close({ timeout }).then(() => noteUnder('container', 'closed'));
  },
});
sayReady({ port, secondPort });
