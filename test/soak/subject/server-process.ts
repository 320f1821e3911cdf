/**
 * The server of a soak, in a process of its own. Says its port to its parent, and answers each `SampleRequest`; so it needs
 * `--expose-gc`. With the argument `leak` its echo keeps something of each message for ever.
 */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocketContainer } from 'moorage';
import * as endpoints from './endpoints.js';
import type { Sample, SampleRequest } from './messages.js';

// Handlers that fail on purpose are no news. All that isn't said here has its default.
const container = new WebSocketContainer({ onEvent: () => undefined });
container.addEndpoint('/echo', process.argv[2] === 'leak' ? endpoints.LeakyEcho : endpoints.Echo);
container.addEndpoint('/deliberate', endpoints.Deliberate);
container.addEndpoint('/compressed', endpoints.Echo, { compression: { threshold: 0 } });
container.addEndpoint('/takeover', endpoints.Echo, { compression: { threshold: 0, contextTakeover: true } });
container.addEndpoint('/rooms/{name}', endpoints.roomOf(container));
container.addEndpoint('/upload', endpoints.Upload);
container.addEndpoint('/throws', endpoints.Throwing);
container.addEndpoint('/rejects', endpoints.Rejecting);

process.on('message', (request: SampleRequest) => void answer(request));
process.on('disconnect', () => process.exit());

// Node asks for stderr when the first socket is destroyed, and so makes a handle: let it stand from the beginning.
process.stderr.write('');

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let usage = { cpu: process.cpuUsage(), at: performance.now() };

const { port } = await container.listen(0, '127.0.0.1');
process.send?.(port);

async function answer({ collect }: SampleRequest): Promise<void> {
  // What was before the collection belongs to the load, not to the looking.
  const busy = { delay: delay.percentile(99) / 1e6, cpu: cpuShare() };
  if (collect) {
    // Finalizers run between turns, and what they free goes with the next collection.
    for (let round = 0; round < 2; round += 1) {
      globalThis.gc?.();
      await nextTurn();
    }
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo();
  process.send?.({
    collected: collect,
    heap: heapUsed,
    external,
    resident: rss,
    sessions: container.openSessions.size,
    descriptors: descriptors(),
    handles: handles.length,
    handleKinds: collect ? handles.sort().join(' ') : '',
    ...busy,
  } satisfies Omit<Sample, 'at'>);
  delay.reset();
  usage = { cpu: process.cpuUsage(), at: performance.now() };
}

function cpuShare(): number {
  const { user, system } = process.cpuUsage(usage.cpu);
  return (user + system) / 10 / Math.max(1, performance.now() - usage.at);
}

/** Linux and macOS tell. */
function descriptors(): number | undefined {
  for (const folder of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(folder).length - 1; // that of the reading itself
    } catch {}
  }
  return undefined;
}
