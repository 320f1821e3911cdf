/**
 * What each form of message costs within an endpoint, a connection's engine left out: nanoseconds from a frame handed
 * up to the method's return, the best of many short rounds, the forms in alternation in one process.
 *
 *     npm run build && npm run build:bench && node build/bench/forms.js
 */
import { json, OnWebSocketMessage, UpgradeRequest, UpgradeResponse, WebSocket } from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { EndpointHandler } from '#moorage/endpoint/endpoint-handler.js';
import { UpgradeRecord } from '#moorage/endpoint/upgrade-record.js';
import type { Channel, Settling } from '#moorage/engine/contract.js';
import { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { DEFAULT_LIMITS } from '#moorage/protocol/limits.js';

const ROUNDS = 60;
const MESSAGES = 20_000;

@WebSocket
class Whole {
  @OnWebSocketMessage('text') onText(_text: string) {}
}

@WebSocket
class Echo {
  @OnWebSocketMessage('text') onText(text: string) {
    return text;
  }
}

@WebSocket({ encoders: [json()] })
class EncodingEcho {
  @OnWebSocketMessage('text') onText(text: string) {
    return text;
  }
}

@WebSocket
class Partial {
  @OnWebSocketMessage('text-partial') onPart(_part: string, _last: boolean) {}
}

@WebSocket
class Stream {
  @OnWebSocketMessage('text-stream') async onText(text: AsyncIterable<string>) {
    for await (const _chunk of text);
  }
}

@WebSocket
class Unread {
  @OnWebSocketMessage('text-stream') onText(_text: AsyncIterable<string>) {}
}

@WebSocket
class WebStream {
  @OnWebSocketMessage('text-web-stream') async onText(text: AsyncIterable<string>) {
    for await (const _chunk of text);
  }
}

@WebSocket
class Decoded {
  @OnWebSocketMessage(json()) onMessage(_message: unknown) {}
}

@WebSocket
class Routed {
  @OnWebSocketMessage({ when: { type: 'a' } }) onA(_message: { readonly type: 'a' }) {}
  @OnWebSocketMessage({ when: { type: 'move' } }) onMove(_message: { readonly type: 'move' }) {}
  @OnWebSocketMessage('decoded') onOther(_message: unknown) {}
}

const CHANNEL = { isOpen: true, limits: DEFAULT_LIMITS, sendText: (_text: string) => undefined } as Channel;
const PAYLOAD = Buffer.from(`{"type":"move","x":1,"y":2,"text":"${'x'.repeat(29)}"}`);
const MESSAGE = new IncomingFrame(1, true, 0, PAYLOAD, 0, PAYLOAD.length, true, true, true);

type Receive = () => Settling;

function receiver(type: new () => object): Receive {
  const request = UpgradeRequest.from({ method: 'GET', url: '/', httpVersion: '1.1', rawHeaders: [], secure: false });
  const record = new UpgradeRecord(request, new UpgradeResponse(undefined, ''), {}, undefined);
  const handler = new EndpointHandler(compileEndpoint(type).table, new type(), record, {
    settings: { unhandled: 'close', onDecodeError: 'close' },
    report: () => undefined,
  });
  void handler.onConnect(CHANNEL);
  return () => handler.onData(MESSAGE);
}

async function time(receive: Receive, messages: number): Promise<number> {
  const start = process.hrtime.bigint();
  for (let count = 0; count < messages; count++) {
    const settling = receive();
    if (settling !== undefined) await settling;
  }
  return Number(process.hrtime.bigint() - start) / messages;
}

const forms: Readonly<Record<string, Receive>> = {
  'whole text': receiver(Whole),
  'whole text, echoed': receiver(Echo),
  'the same, with an encoder': receiver(EncodingEcho),
  'JSON.parse alone': () => void JSON.parse(PAYLOAD.toString('latin1')),
  'decoded (JSON)': receiver(Decoded),
  'decoded and routed': receiver(Routed),
  'in parts': receiver(Partial),
  'as a Readable, not read': receiver(Unread),
  'as a Readable': receiver(Stream),
  'as a ReadableStream': receiver(WebStream),
};

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, receive] of Object.entries(forms)) {
    const nanoseconds = await time(receive, name.includes('Readable') ? MESSAGES / 10 : MESSAGES);
    best.set(name, Math.min(best.get(name) ?? Infinity, nanoseconds));
  }
}
console.log(`${PAYLOAD.length} bytes of text, in one frame:`);
for (const [name, nanoseconds] of best) {
  console.log(`${name.padEnd(26)} ${nanoseconds.toFixed(0).padStart(7)} ns`);
}
