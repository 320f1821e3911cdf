/**
 * The server under attack, in a process of its own. Says its port to its parent, and answers each message of it with a
 * `SelfReport`, for which it collects its garbage first; so it needs `--expose-gc`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { WebSocketContainer } from 'moorage';
import * as endpoints from './endpoints.js';
import type { SelfReport } from './messages.js';

// All that isn't said here has its default. Handlers that fail on purpose are no news.
const container = new WebSocketContainer({ handshakeTimeout: 2_000, onEvent: () => undefined });
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
container.addEndpoint('/blocks', endpoints.Blocking);

process.on('message', () => void report());
process.on('disconnect', () => process.exit());

const { port } = await container.listen(0, '127.0.0.1');
process.send?.(port);

async function report(): Promise<void> {
  // Finalizers run between turns, and what they free goes with the next collection.
  for (let round = 0; round < 3; round += 1) {
    await nextTurn();
    global.gc?.();
  }
  // Not `process.memoryUsage()`, which needs a file descriptor, and there may be none left.
  process.send?.({ heap: getHeapStatistics().used_heap_size, ...endpoints.counts } satisfies SelfReport);
}
