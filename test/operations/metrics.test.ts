import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import {
  CloseError,
  ConfigurationError,
  OnWebSocketMessage,
  PreparedMessage,
  refuse,
  Session,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { Metrics, metricsHandler, PROMETHEUS_CONTENT_TYPE } from 'moorage/operations';
import { TestBench } from 'moorage/testing';
import { EndpointMetrics } from '#moorage/operations/endpoint-metrics.js';
import { Histogram } from '#moorage/operations/histogram.js';
import { BoundedLabels } from '#moorage/operations/labels.js';
import { prometheusPage } from '#moorage/operations/prometheus.js';
import { afterTest, deferred, putAwayAfterEach } from '../server/serving.js';

let gate = deferred();

@WebSocket({ path: '/chat' })
class Chat {
  @OnWebSocketMessage
  async onText(session: Session, text: string): Promise<string | undefined> {
    if (text === 'wait') await gate.promise;
    if (text === 'fail') throw new TypeError('failing');
    if (text === 'leave') throw new CloseError(4007, 'mine');
    if (text === 'parts') {
      void session.sendPartialText('grü', false);
      void session.sendPartialText('n', true);
      return undefined;
    }
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): PreparedMessage {
    return PreparedMessage.binary(Buffer.concat([data, data]));
  }
}

/** The value of a series on a page, or undefined. */
function figure(page: string, series: string): number | undefined {
  const line = page.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('Metrics', () => {
  putAwayAfterEach();

  beforeEach(() => {
    gate = deferred();
  });

  const measured = (options: ConstructorParameters<typeof Metrics>[0] = {}, more: object = {}) => {
    const metrics = new Metrics(options);
    const bench = new TestBench({ instruments: [metrics], onEvent: () => {}, ...more });
    afterTest(() => bench.close());
    return { metrics, bench, of: (series: string) => figure(metrics.prometheusPage(), series) };
  };

  it('are an empty page before anything has happened', () => {
    expect(new Metrics().prometheusPage()).to.equal('');
  });

  it('count connections opened, open, and closed by their codes', async () => {
    const { bench, of } = measured();
    const peers = [await bench.connect(Chat), await bench.connect(Chat), await bench.connect(Chat)];
    expect(of('moorage_connections{endpoint="Chat"}')).to.equal(3);
    peers[0]?.sendClose(1000);
    peers[1]?.drop();
    await bench.settle();
    expect(of('moorage_connections{endpoint="Chat"}')).to.equal(1);
    expect(of('moorage_connections_opened_total{endpoint="Chat"}')).to.equal(3);
    expect(of('moorage_connections_closed_total{endpoint="Chat",code="1000"}')).to.equal(1);
    expect(of('moorage_connections_closed_total{endpoint="Chat",code="1006"}')).to.equal(1);
  });

  it('count refusals by their status', async () => {
    const { bench, of } = measured({}, { authorize: () => refuse(401) });
    bench.container.addEndpoint(Chat);
    for (const path of ['/chat', '/chat', '/nowhere']) await bench.connect(path).catch(() => {});
    expect(of('moorage_upgrades_refused_total{endpoint="Chat",status="401"}')).to.equal(2);
    expect(of('moorage_upgrades_refused_total{endpoint="WebSocketContainer",status="404"}')).to.equal(1);
    expect(of('moorage_connections_opened_total{endpoint="Chat"}')).to.equal(0);
    expect(of('moorage_upgrade_duration_seconds_count{endpoint="Chat"}')).to.equal(2);
  });

  it('count messages and bytes of either kind, both ways', async () => {
    const { bench, of } = measured();
    const peer = await bench.connect(Chat);
    peer.sendText('grün');
    await peer.expectText('grün');
    peer.sendBinary(Buffer.alloc(1_000));
    await peer.expectBinary(Buffer.alloc(2_000));
    peer.sendFrame({ opcode: 1, fin: false, payload: Buffer.from('par') });
    peer.sendFrame({ opcode: 0, payload: Buffer.from('ts') });
    await peer.expectText('grün');
    for (const [series, value] of [
      ['moorage_messages_received_total{endpoint="Chat",kind="text"}', 2],
      ['moorage_received_bytes_total{endpoint="Chat",kind="text"}', 10],
      ['moorage_messages_sent_total{endpoint="Chat",kind="text"}', 2],
      ['moorage_sent_bytes_total{endpoint="Chat",kind="text"}', 10],
      ['moorage_messages_received_total{endpoint="Chat",kind="binary"}', 1],
      ['moorage_received_bytes_total{endpoint="Chat",kind="binary"}', 1_000],
      ['moorage_messages_sent_total{endpoint="Chat",kind="binary"}', 1],
      ['moorage_sent_bytes_total{endpoint="Chat",kind="binary"}', 2_000],
    ] as const) {
      expect(of(series), series).to.equal(value);
    }
  });

  it('count the bytes of a compressed message as the endpoint gets them', async () => {
    const { bench, of } = measured({}, { compression: true });
    const peer = await bench.connect(Chat, { compression: true });
    peer.sendText('a'.repeat(5_000), { compress: true });
    await peer.expectText('a'.repeat(5_000));
    expect(of('moorage_received_bytes_total{endpoint="Chat",kind="text"}')).to.equal(5_000);
    expect(of('moorage_sent_bytes_total{endpoint="Chat",kind="text"}')).to.equal(5_000);
  });

  it('say what waits to be sent, in all and for the slowest', async () => {
    const { bench, of } = measured();
    const peers = [await bench.connect(Chat), await bench.connect(Chat)];
    for (const peer of peers) peer.stall();
    const sizes = [100_000, 300_000];
    let i = 0;
    for (const session of bench.sessions) void session.sendBinary(Buffer.alloc(sizes[i++] as number));
    await bench.settle();
    const queued = [...bench.sessions].map(({ queuedBytes }) => queuedBytes);
    expect(Math.max(...queued)).to.be.greaterThan(0);
    expect(of('moorage_send_queue_bytes{endpoint="Chat"}')).to.equal(queued.reduce((sum, each) => sum + each));
    expect(of('moorage_send_queue_max_bytes{endpoint="Chat"}')).to.equal(Math.max(...queued));
    for (const peer of peers) peer.resume();
  });

  it('count calls of handlers that run, and time them when they have settled', async () => {
    const { bench, of } = measured();
    const peer = await bench.connect(Chat);
    peer.sendText('wait');
    await peer.expectNothing();
    expect(of('moorage_handlers_running{endpoint="Chat"}')).to.equal(1);
    expect(of('moorage_handler_duration_seconds_count{endpoint="Chat",event="text"}')).to.equal(undefined);
    gate.resolve();
    await peer.expectText('wait');
    expect(of('moorage_handlers_running{endpoint="Chat"}')).to.equal(0);
    expect(of('moorage_handler_duration_seconds_count{endpoint="Chat",event="text"}')).to.equal(1);
    expect(of('moorage_handler_duration_seconds_sum{endpoint="Chat",event="text"}')).to.be.greaterThan(0);
    expect(of('moorage_handler_duration_seconds_bucket{endpoint="Chat",event="text",le="+Inf"}')).to.equal(1);
  });

  it('count errors by where they were and what they are', async () => {
    const { bench, of } = measured(
      {},
      {
        authorize: ({ queryString }: { queryString: string }) => {
          if (queryString === 'fail') throw new RangeError('no database');
          return true;
        },
      },
    );
    for (const text of ['fail', 'fail', 'leave']) {
      const peer = await bench.connect(Chat);
      peer.sendText(text);
      await bench.settle();
    }
    const peer = await bench.connect(Chat);
    peer.sendBytes(Buffer.from([0x81, 0x00])); // unmasked
    await bench.connect('/chat?fail').catch(() => {});
    await bench.settle();
    for (const [during, error, count] of [
      ['connection', 'TypeError', 2],
      ['connection', 'MOORAGE_CLOSED_BY_HANDLER', 1],
      ['connection', 'MOORAGE_MASK_REQUIRED', 1],
      ['authorize', 'RangeError', 1],
    ]) {
      const series = `moorage_errors_total{endpoint="Chat",during="${during}",error="${error}"}`;
      expect(of(series), series).to.equal(count);
    }
  });

  describe('keep their series few', () => {
    it('by putting close codes of applications together, but for those that are asked for', async () => {
      const { bench, of } = measured({ closeCodes: [4001] });
      for (const code of [3000, 3999, 4000, 4001, 4999]) {
        const peer = await bench.connect(Chat);
        peer.sendClose(code);
        await bench.settle();
      }
      expect(of('moorage_connections_closed_total{endpoint="Chat",code="3xxx"}')).to.equal(2);
      expect(of('moorage_connections_closed_total{endpoint="Chat",code="4xxx"}')).to.equal(2);
      expect(of('moorage_connections_closed_total{endpoint="Chat",code="4001"}')).to.equal(1);
    });

    it('by naming a hundred errors, and the rest other', () => {
      const labels = new BoundedLabels([]);
      const named = (name: string) => labels.error(Object.assign(new Error('x'), { name }));
      for (let i = 0; i < 100; i++) expect(named(`Error${i}`)).to.equal(`Error${i}`);
      expect(named('Error100')).to.equal('other');
      expect(named('Error7')).to.equal('Error7');
    });

    it('by calling errors by a code or a name, never by what they say', () => {
      const labels = new BoundedLabels([]);
      expect(labels.error(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).to.equal('ECONNRESET');
      expect(labels.error(Object.assign(new Error('x'), { code: 'user 17 is unknown' }))).to.equal('Error');
      expect(labels.error(Object.assign(new Error('x'), { name: 'a name\nwith a line' }))).to.equal('Error');
      expect(labels.error('thrown')).to.equal('not an Error');
      expect(labels.error(undefined)).to.equal('not an Error');
    });
  });

  it('are Prometheus’ text format', async () => {
    const endpoint = new EndpointMetrics('a "quoted" \\ name\nof two lines', new BoundedLabels([]), () => {
      const histogram = new Histogram([0.1, 1]);
      return { histogram, recorder: histogram };
    });
    const { recorder } = endpoint.durationsOf('text');
    for (const seconds of [0.1, 0.5, 7]) recorder.record(seconds);
    const label = 'endpoint="a \\"quoted\\" \\\\ name\\nof two lines"';
    const lines = prometheusPage([endpoint]).split('\n');
    expect(lines.slice(0, 3)).to.deep.equal([
      '# HELP moorage_connections Open connections.',
      '# TYPE moorage_connections gauge',
      `moorage_connections{${label}} 0`,
    ]);
    expect(lines.slice(-8)).to.deep.equal([
      '# HELP moorage_handler_duration_seconds Time that a method of an endpoint took, decoding included, until what it returned had settled.',
      '# TYPE moorage_handler_duration_seconds histogram',
      `moorage_handler_duration_seconds_bucket{${label},event="text",le="0.1"} 1`,
      `moorage_handler_duration_seconds_bucket{${label},event="text",le="1"} 2`,
      `moorage_handler_duration_seconds_bucket{${label},event="text",le="+Inf"} 3`,
      `moorage_handler_duration_seconds_sum{${label},event="text"} 7.6`,
      `moorage_handler_duration_seconds_count{${label},event="text"} 3`,
      '',
    ]);
    const syntax = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{([a-z]+="(\\.|[^"\\\n])*",?)+\} (\+Inf|[\d.e+-]+))$/;
    for (const line of lines.slice(0, -1)) expect(line).to.match(syntax);
  });

  it('are served with the right type', async () => {
    const metrics = new Metrics();
    const server = createServer(metricsHandler(metrics));
    const container = new WebSocketContainer({ server, instruments: [metrics] });
    container.addEndpoint(Chat);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const refused = await fetch(url, { headers: { Connection: 'keep-alive' } });
    expect(refused.status).to.equal(200);
    expect(refused.headers.get('content-type')).to.equal(PROMETHEUS_CONTENT_TYPE);
    expect(refused.headers.get('cache-control')).to.equal('no-store');
    expect(await refused.text()).to.equal('');
    const posted = await fetch(url, { method: 'POST', body: 'x' });
    expect(posted.status).to.equal(405);
    expect(posted.headers.get('allow')).to.equal('GET, HEAD');
    await container.close();
  });

  it('refuse options that can’t be', () => {
    for (const [options, message] of [
      [{ meters: 1 }, 'Did you mean meter?'],
      [{ meter: {} }, 'meter is an object. Accepted: a meter of OpenTelemetry'],
      [{ closeCodes: [1000] }, 'a list of close codes from 3000 to 4999'],
      [{ buckets: [] }, 'a list of seconds above 0, ascending'],
      [{ buckets: [2, 1] }, 'a list of seconds above 0, ascending'],
      [{ buckets: [0, 1] }, 'a list of seconds above 0, ascending'],
    ] as const) {
      expect(() => new Metrics(options as object), message).to.throw(ConfigurationError, message);
    }
  });
});
