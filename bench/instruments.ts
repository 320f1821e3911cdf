/**
 * What watching a container costs: nanoseconds for a text message of 64 bytes and its echo, through frame parser,
 * endpoint and outgoing queue, over a transport that is no network. The best of several rounds, the instruments in
 * alternation in one process. The first row has none.
 *
 *     npm run build && npm run build:bench && node build/bench/instruments.js
 */
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { type Instrument, OnWebSocketMessage, WebSocket, WebSocketContainer } from 'moorage';
import { Metrics, Traces, TrafficLog } from 'moorage/operations';

const ROUNDS = 15;
const CHUNKS = 100;
const MESSAGES = 200;

@WebSocket({ path: '/echo', stateless: true })
class Echo {
  @OnWebSocketMessage('text') onText(text: string) {
    return text;
  }
}

/** Takes everything, and keeps nothing. */
class Wire extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
}

/** Masked with zeros: what unmasking costs is not the question here. */
const FRAME = Buffer.concat([Buffer.from([0x81, 0x80 | 64, 0, 0, 0, 0]), Buffer.alloc(64, 'x')]);
const CHUNK = Buffer.concat(Array.from({ length: MESSAGES }, () => FRAME));
const REQUEST =
  'GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const api = { trace, context, propagation };

const CASES: Readonly<Record<string, readonly Instrument[]>> = {
  none: [],
  'one that wants nothing': [{ upgrade: () => undefined }],
  Metrics: [new Metrics()],
  'Metrics with a meter': [new Metrics({ meter: metrics.getMeter('bench') })],
  'Traces, not sampled': [new Traces({ api })],
  'TrafficLog, 256 bytes': [new TrafficLog({ write: () => {} })],
  'all three': [new Metrics(), new Traces({ api }), new TrafficLog({ write: () => {} })],
};

async function connect(instruments: readonly Instrument[]): Promise<Wire> {
  const server = createServer();
  const container = new WebSocketContainer({ server, instruments });
  container.addEndpoint(Echo);
  const wire = new Wire();
  server.emit('connection', wire);
  wire.push(REQUEST);
  while (container.openSessions.size === 0) await turn();
  return wire;
}

async function round(wire: Wire): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < CHUNKS; i++) {
    wire.push(CHUNK.subarray());
    await turn();
  }
  return ((performance.now() - began) * 1e6) / (CHUNKS * MESSAGES);
}

function turn(): Promise<void> {
  return new Promise(setImmediate);
}

const best = new Map<string, number>();
const wires = new Map<string, Wire>();
for (const [name, instruments] of Object.entries(CASES)) {
  wires.set(name, await connect(instruments));
}
for (let i = 0; i < ROUNDS; i++) {
  for (const [name, wire] of wires) {
    best.set(name, Math.min(best.get(name) ?? Infinity, await round(wire)));
  }
}
const [without = 0] = best.values();
for (const [name, time] of best) {
  console.log(`${name.padEnd(24)} ${time.toFixed(0).padStart(6)} ns  +${(time - without).toFixed(0)}`);
}
process.exit(0);
