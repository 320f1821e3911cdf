/**
 * The load generator for machines without a C compiler or epoll: the modes, options and JSON keys of wsload.c that the
 * runner uses. It costs about as much per message as the bare `net` server, so throughput is a lower bound there; the
 * server's own CPU time is the figure to read.
 *
 *   node node-generator.js echo|broadcast|idle|connect PORT PATH -c 100 -s 64 -p 1 -t text -d 0.8 -W 0.5 [-P PID] [-r] [-g]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildPayloads, upgradeRequest } from './payloads.js';
import { Peer } from './peer.js';
import { ReplyWalker } from './reply-walker.js';
import { usageOf } from './usage.js';

const text = (short: string, fallback: string) => ({ type: 'string', short, default: fallback }) as const;
const flag = (short: string) => ({ type: 'boolean', short, default: false }) as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: text('c', '100'),
    size: text('s', '64'),
    depth: text('p', '1'),
    type: text('t', 'binary'),
    seconds: text('d', '0.8'),
    warmup: text('W', '0.5'),
    pid: text('P', '0'),
    closing: text('x', 'fin'),
    raw: flag('r'),
    collect: flag('g'),
    json: flag('j'),
  },
});
const [mode = 'echo', portText, path = '/'] = positionals;
const port = Number(portText);
const pid = Number(values.pid);
const connections = Number(values.connections);
const depth = Number(values.depth);
const size = Number(values.size);

/** Handshakes under way at once. */
const AT_ONCE = 64;

const payloads = buildPayloads(values.type, size, depth);
const requests = Array.from({ length: 64 }, () => upgradeRequest(port, path));
const peers: Peer[] = [];

let messages = 0;
let latencies: number[] = [];
let firstError: string | undefined;

function fail(error: Error): void {
  firstError ??= error.message;
}

/** Opens every connection, a bounded number at once; `prepare` sets up what a peer does with what it receives. */
function openAll(prepare: (peer: Peer, index: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let open = 0;
    const next = (): void => {
      const index = peers.length;
      if (index === connections) return;
      const begun = performance.now();
      let settled = false;
      const settle = (): void => {
        if (settled) return;
        settled = true;
        if (++open === connections) resolve();
        else next();
      };
      const opened = (): void => {
        latencies.push(performance.now() - begun);
        settle();
      };
      const peer = new Peer(port, requests[index % requests.length] as (typeof requests)[0], opened, (error) => {
        fail(error);
        settle();
      });
      peers.push(peer);
      prepare(peer, index);
    };
    for (let i = 0; i < AT_ONCE; i++) next();
  });
}

/** Every connection sends its next `depth` messages when the last are all back. */
function prepareEcho(peer: Peer, index: number): () => void {
  let variant = index % payloads.count;
  let begun = 0;
  let back = 0;
  const bytesPerBatch = payloads.batch(0, depth).length;
  const start = (): void => {
    begun = performance.now();
    back = 0;
    const batch = payloads.batch(variant, depth);
    variant = (variant + depth) % payloads.count;
    peer.send(batch);
  };
  const batchDone = (): void => {
    latencies.push(performance.now() - begun);
    start();
  };
  if (values.raw) {
    peer.onBytes = (_, end) => {
      back += end;
      if (back > bytesPerBatch) throw new Error('more bytes than were sent');
      if (back < bytesPerBatch) return;
      messages += depth;
      batchDone();
    };
  } else {
    const walker = new ReplyWalker(payloads, variant, () => {
      messages++;
      // The batch that follows goes out when this read has been walked to its end, which is here.
      if (++back === depth) batchDone();
    });
    peer.onBytes = (bytes, end) => walker.push(bytes, 0, end);
  }
  return start;
}

/** The first connection sends; `depth` messages are on their way to everyone at any time. */
function broadcast(): { prepare: (peer: Peer) => void; start: () => void } {
  const sentAt: number[] = [];
  const received: number[] = [];
  let owed = depth;
  let sent = 0;
  const send = (): void => {
    if (owed === 0) return;
    const now = performance.now();
    for (let i = 0; i < owed; i++) {
      sentAt[(sent + i) % depth] = now;
      received[(sent + i) % depth] = 0;
    }
    const batch = payloads.batch(sent % payloads.count, owed);
    sent += owed;
    owed = 0;
    (peers[0] as Peer).send(batch);
  };
  return {
    prepare: (peer) => {
      let mine = 0;
      const walker = new ReplyWalker(payloads, 0, () => {
        if (mine >= sent) throw new Error('a message that was not sent');
        const slot = mine++ % depth;
        messages++;
        received[slot] = (received[slot] as number) + 1;
        if (received[slot] < connections) return;
        latencies.push(performance.now() - (sentAt[slot] as number));
        owed++;
      });
      peer.onBytes = (bytes, end) => {
        walker.push(bytes, 0, end);
        send();
      };
    },
    start: send,
  };
}

function p99(): number {
  const sorted = Float64Array.from(latencies).sort();
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN) * 1000;
}

/** The measured window, and what the server used in it. */
async function measure(unit: string): Promise<object> {
  await wait(Number(values.warmup) * 1000);
  messages = 0;
  latencies = [];
  const [cpu, own, begun] = [usageOf(pid)?.cpu, process.cpuUsage(), performance.now()];
  await wait(Number(values.seconds) * 1000);
  const seconds = (performance.now() - begun) / 1000;
  if (messages === 0) fail(new Error('nothing came back'));
  return { seconds, ...cost(unit, messages, cpu), ...ownBusy(own, seconds) };
}

function cost(unit: string, count: number, cpuBefore: number | undefined): object {
  const cpu = usageOf(pid)?.cpu;
  if (cpu === undefined || cpuBefore === undefined) return {};
  return { [`srv_us_per_${unit}`]: ((cpu - cpuBefore) / count) * 1e6 };
}

function ownBusy(since: NodeJS.CpuUsage, seconds: number): object {
  const { user, system } = process.cpuUsage(since);
  return { gen_cpu_pct: (user + system) / 1e4 / seconds };
}

async function settledMemory(): Promise<number> {
  if (values.collect && pid > 0) process.kill(pid, 'SIGUSR2');
  await wait(1000);
  return usageOf(pid)?.residentKb ?? Number.NaN;
}

async function runEcho(): Promise<object> {
  const starts: (() => void)[] = [];
  await openAll((peer, index) => starts.push(prepareEcho(peer, index)));
  for (const start of starts) start();
  const use = await measure('message');
  return { ...use, messages_per_s: perSecond(use), rtt: { p99_us: p99() } };
}

async function runBroadcast(): Promise<object> {
  const { prepare, start } = broadcast();
  await openAll(prepare);
  await wait(200);
  start();
  const use = await measure('delivery');
  return { ...use, deliveries_per_s: perSecond(use), complete: { p99_us: p99() } };
}

async function runIdle(): Promise<object> {
  const before = await settledMemory();
  const [cpu, own, begun] = [usageOf(pid)?.cpu, process.cpuUsage(), performance.now()];
  await openAll(() => {});
  const seconds = (performance.now() - begun) / 1000;
  const use = { open_s: seconds, ...cost('handshake', connections, cpu), ...ownBusy(own, seconds) };
  const handshake = { p99_us: p99() };
  const after = await settledMemory();
  return {
    ...use,
    handshake,
    handshakes_per_s: connections / seconds,
    bytes_per_connection: ((after - before) * 1024) / connections,
  };
}

/** Connections that come, are accepted and go again, `-c` at a time, until the measured window is over. */
async function runConnect(): Promise<object> {
  let over = false;
  const visit = (): Promise<void> =>
    new Promise((resolve) => {
      const began = performance.now();
      const opened = (): void => {
        messages++;
        latencies.push(performance.now() - began);
        peer.drop();
        resolve();
      };
      const peer = new Peer(port, requests[messages % requests.length] as (typeof requests)[0], opened, (error) => {
        fail(error);
        resolve();
      });
    });
  const one = async (): Promise<void> => {
    while (!over && firstError === undefined) await visit();
  };
  const visitors = Array.from({ length: connections }, one);
  const use = await measure('connection');
  over = true;
  await Promise.all(visitors);
  return { ...use, connections_per_s: perSecond(use), handshake: { p99_us: p99() } };
}

function perSecond(use: object): number {
  return messages / (use as { seconds: number }).seconds;
}

const runs = { echo: runEcho, broadcast: runBroadcast, idle: runIdle, connect: runConnect };
const result = await runs[mode as keyof typeof runs]();
for (const peer of peers) peer.drop();
console.log(JSON.stringify({ mode, ...result, ...(firstError === undefined ? {} : { first_error: firstError }) }));
process.exit(firstError === undefined ? 0 : 1);
