import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { ConfigurationError, OnWebSocketConnect, OnWebSocketMessage, refuse, Session, WebSocket } from 'moorage';
import { type HandlerSpans, Metrics, Traces } from 'moorage/operations';
import { TestBench } from 'moorage/testing';
import { afterTest, putAwayAfterEach } from '../server/serving.js';

// With OpenTelemetry's own API and SDK, as a user has them.

@WebSocket({ path: '/chat/{room}' })
class Chat {
  @OnWebSocketConnect
  onConnect(): void {}

  @OnWebSocketMessage
  async onText(_: Session, text: string): Promise<string> {
    if (text === 'fail') throw new TypeError('failing');
    const span = api.trace.getTracer('application').startSpan('database');
    await Promise.resolve();
    api.trace.getTracer('application').startSpan('cache').end();
    span.end();
    return text;
  }
}

describe('OpenTelemetry', () => {
  putAwayAfterEach();

  describe('metrics', () => {
    let exporter: InMemoryMetricExporter;
    let provider: MeterProvider;

    beforeEach(() => {
      exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
      provider = new MeterProvider({ readers: [reader] });
    });

    afterEach(() => provider.shutdown());

    /** Everything that was exported: name and attributes to value; of a histogram its count. */
    async function exported(): Promise<ReadonlyMap<string, number>> {
      await provider.forceFlush();
      const values = new Map<string, number>();
      const metrics =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      for (const { descriptor, dataPoints } of metrics) {
        for (const { attributes, value } of dataPoints) {
          const labels = Object.entries(attributes).map(([name, label]) => `${name}=${label}`);
          const count = typeof value === 'number' ? value : (value as { count: number }).count;
          values.set(`${descriptor.name} ${descriptor.unit} ${labels.join()}`, count);
        }
      }
      return values;
    }

    it('reach a meter, with their units', async () => {
      const metrics = new Metrics({ meter: provider.getMeter('moorage') });
      await using bench = new TestBench({ instruments: [metrics] });
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('hello');
      await peer.expectText('hello');
      await bench.connect('/nowhere').catch(() => {});
      const values = await exported();
      for (const [series, value] of [
        ['moorage.connections {connection} endpoint=Chat', 1],
        ['moorage.connections.opened {connection} endpoint=Chat', 1],
        ['moorage.upgrades.refused {upgrade} endpoint=WebSocketContainer,status=404', 1],
        ['moorage.messages.received {message} endpoint=Chat,kind=text', 1],
        ['moorage.received By endpoint=Chat,kind=text', 5],
        ['moorage.sent By endpoint=Chat,kind=text', 5],
        ['moorage.send_queue By endpoint=Chat', 0],
        ['moorage.handlers.running {call} endpoint=Chat', 0],
        ['moorage.handler.duration s endpoint=Chat,event=connect', 1],
        ['moorage.handler.duration s endpoint=Chat,event=text', 1],
        ['moorage.upgrade.duration s endpoint=Chat', 1],
      ] as const) {
        expect(values.get(series), series).to.equal(value);
      }
      expect(metrics.prometheusPage()).to.contain('moorage_messages_received_total{endpoint="Chat",kind="text"} 1\n');
    });

    it('have the bounds that were asked for', async () => {
      const metrics = new Metrics({ meter: provider.getMeter('moorage'), buckets: [0.5, 1] });
      await using bench = new TestBench({ instruments: [metrics] });
      await bench.connect(Chat, '/chat/blue');
      await provider.forceFlush();
      const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      const durations = found.find(({ descriptor }) => descriptor.name === 'moorage.handler.duration');
      expect(durations?.dataPoints[0]?.value).to.have.nested.property('buckets.boundaries').that.deep.equals([0.5, 1]);
    });
  });

  describe('traces', () => {
    const exporter = new InMemorySpanExporter();

    before(() => {
      api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
      api.trace.setGlobalTracerProvider(
        new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
      );
    });

    after(() => {
      api.trace.disable();
      api.propagation.disable();
      api.context.disable();
    });

    beforeEach(() => exporter.reset());

    const spans = (): Map<string, ReadableSpan> =>
      new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
    const parentOf = (span: ReadableSpan | undefined): string | undefined => span?.parentSpanContext?.spanId;
    const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

    const traced = (handlers?: HandlerSpans, more: object = {}): TestBench => {
      const traces = new Traces(handlers === undefined ? { api } : { api, handlers });
      const bench = new TestBench({ instruments: [traces], onEvent: () => {}, ...more });
      afterTest(() => bench.close());
      return bench;
    };

    it('have a span for the upgrade, a child of the caller’s', async () => {
      const bench = traced();
      const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const peer = await bench.connect(Chat, '/chat/blue?token=secret', {
        headers: { traceparent: caller, 'User-Agent': 'tests' },
      });
      const upgrade = spans().get('GET /chat/{room}');
      expect(upgrade?.spanContext().traceId).to.equal('0af7651916cd43dd8448eb211c80319c');
      expect(parentOf(upgrade)).to.equal('b7ad6b7169203331');
      expect(upgrade?.kind).to.equal(api.SpanKind.SERVER);
      expect(upgrade?.attributes).to.deep.equal({
        'http.request.method': 'GET',
        'url.path': '/chat/blue',
        'url.scheme': 'ws',
        'http.route': '/chat/{room}',
        'server.address': 'localhost',
        'network.peer.address': '127.0.0.1',
        'user_agent.original': 'tests',
        'http.response.status_code': 101,
        'moorage.endpoint': 'Chat',
        'moorage.session.id': peer.session.id,
      });
    });

    it('have a span for each call of a handler below it, and what the handler does below that', async () => {
      const bench = traced();
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('hello');
      await peer.expectText('hello');
      const found = spans();
      const upgrade = idOf(found.get('GET /chat/{room}'));
      const text = found.get('Chat text');
      expect(parentOf(found.get('Chat connect'))).to.equal(upgrade);
      expect(parentOf(text)).to.equal(upgrade);
      expect(text?.kind).to.equal(api.SpanKind.CONSUMER);
      expect(text?.attributes).to.include({ 'moorage.event': 'text', 'moorage.session.id': peer.session.id });
      expect(parentOf(found.get('database'))).to.equal(idOf(text));
      expect(parentOf(found.get('cache'))).to.equal(idOf(text));
    });

    it('have what a hook does below the upgrade', async () => {
      const bench = traced('child', {
        authorize: async () => {
          await Promise.resolve();
          api.trace.getTracer('application').startSpan('look-up').end();
          return true;
        },
      });
      await bench.connect(Chat, '/chat/blue');
      expect(parentOf(spans().get('look-up'))).to.equal(idOf(spans().get('GET /chat/{room}')));
    });

    it('say what a handler failed with', async () => {
      const bench = traced();
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('fail');
      await bench.settle();
      const text = spans().get('Chat text');
      expect(text?.status).to.deep.equal({ code: api.SpanStatusCode.ERROR, message: 'failing' });
      expect(text?.events[0]?.name).to.equal('exception');
      expect(text?.events[0]?.attributes).to.include({ 'exception.type': 'TypeError' });
    });

    it('say why an upgrade was refused', async () => {
      const bench = traced('child', {
        authorize({ queryString }: { queryString: string }) {
          if (queryString === 'fail') throw new Error('no database');
          return refuse(401);
        },
      });
      bench.container.addEndpoint(Chat);
      await bench.connect('/chat/blue').catch(() => {});
      const [refused] = exporter.getFinishedSpans();
      expect(refused?.attributes).to.include({
        'http.response.status_code': 401,
        'moorage.refusal': 'The authorize hook refused with 401',
      });
      expect(refused?.status.code).to.equal(api.SpanStatusCode.UNSET);
      await bench.connect('/chat/blue?fail').catch(() => {});
      expect(exporter.getFinishedSpans()[1]?.status.code).to.equal(api.SpanStatusCode.ERROR);
      await bench.connect('/nowhere').catch(() => {});
      expect(exporter.getFinishedSpans()[2]?.name).to.equal('GET');
    });

    it('can give each call of a handler a trace of its own, with a link to the upgrade', async () => {
      const bench = traced('linked');
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('hello');
      await peer.expectText('hello');
      const found = spans();
      const upgrade = found.get('GET /chat/{room}');
      const text = found.get('Chat text');
      expect(parentOf(text)).to.equal(undefined);
      expect(text?.spanContext().traceId).to.not.equal(upgrade?.spanContext().traceId);
      expect(text?.links.map(({ context }) => context.spanId)).to.deep.equal([idOf(upgrade)]);
      expect(parentOf(found.get('database'))).to.equal(idOf(text));
    });

    it('can do without spans for handlers', async () => {
      const bench = traced('none');
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('hello');
      await peer.expectText('hello');
      expect([...spans().keys()])
        .to.include('GET /chat/{room}')
        .and.not.include('Chat text');
    });

    it('begin a trace of their own where there is no propagation', async () => {
      const { trace, context } = api;
      await using bench = new TestBench({ instruments: [new Traces({ api: { trace, context } })] });
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await bench.connect(Chat, '/chat/blue', { headers: { traceparent } });
      expect(parentOf(spans().get('GET /chat/{room}'))).to.equal(undefined);
    });

    it('are made by the tracer that is given', async () => {
      const tracer = api.trace.getTracer('mine', '1.0');
      await using bench = new TestBench({ instruments: [new Traces({ api, tracer })] });
      await bench.connect(Chat, '/chat/blue');
      expect(spans().get('GET /chat/{room}')?.instrumentationScope.name).to.equal('mine');
    });

    it('refuse options that can’t be', () => {
      for (const [options, message] of [
        [undefined, 'options are undefined'],
        [{}, 'api is missing. Accepted: what `import * as api'],
        [{ api: { trace: {} } }, 'api is an object. Accepted: what `import * as api'],
        [{ api, handlers: 'all' }, "handlers is \"all\". Accepted: 'child', 'linked' or 'none'."],
      ] as const) {
        expect(() => new Traces(options as never)).to.throw(ConfigurationError, message);
      }
    });
  });
});
